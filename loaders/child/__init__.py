"""Reading in a child process: no network, few drivers, bounded memory and time; rows come back as Arrow IPC."""
