"""Runs a command from a process that holds next to nothing: what the kernel tells of a command's memory begins with the
memory of whoever starts it. `watched.py FILE COMMAND …`: seconds, MiB and processor seconds into the file, as JSON."""

import json
import os
import sys
import time

if __name__ == "__main__":
    target, *command = sys.argv[1:]
    started = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds, cpu_s = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
    with open(target, "w", encoding="utf-8") as file:
        json.dump({"seconds": seconds, "peak_mib": usage.ru_maxrss / 1024, "cpu_s": cpu_s}, file)
    sys.exit(os.waitstatus_to_exitcode(status))
