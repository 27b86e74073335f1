"""Programs that serve while they are measured, and what wrk sees of them (`apt-get install -y wrk`)."""

import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS, SECONDS = 32, 4


@dataclass(frozen=True)
class Load:
    """What wrk saw."""

    rate: float
    p99_ms: float


def wrk(address: str, *headers: str, connections: int = CONNECTIONS, script: Path | None = None) -> Load:
    """The script (Lua) may ask for other paths of the same server."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}", "--latency", "-H", "Accept-Encoding: gzip"]
    for header in headers:
        command += ["-H", header]
    if script is not None:
        command += ["-s", str(script)]
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True, timeout=60).stdout
    rate, p99 = re.search(r"Requests/sec:\s+([0-9.]+)", said), re.search(r"99%\s+([0-9.]+)(us|ms|s)", said)
    assert rate is not None
    assert p99 is not None, said
    return Load(float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Until it answers; somebody else may have taken its port, and would be measured in its place."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.1)
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended: is another program at {address}?")
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
    raise TimeoutError(address)
