"""PostgreSQL's settings for this machine: memory and cores decide, nobody has to."""

import os
from collections.abc import Mapping
from pathlib import Path

from gis_server.db.binaries import Binaries
from gis_server.db.place import Place

MB = 1024 * 1024


def server_settings(place: Place, binaries: Binaries, extra: Mapping[str, str]) -> dict[str, str]:
    """Everything `bando.conf` says; `extra` wins."""
    return {**_door(place), **_memory(memory_bytes() // MB), **_work(os.cpu_count() or 1, binaries), **extra}


def conf_text(settings: Mapping[str, str]) -> str:
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return "# Written by bando at every start; changes here are lost.\n" + "\n".join(lines) + "\n"


def memory_bytes() -> int:
    """Memory this process may use: the machine's, or less when a container says so."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    try:
        text = limit.read_text().strip()
    except OSError:
        return machine
    return min(machine, int(text)) if text.isdigit() else machine


def _door(place: Place) -> dict[str, str]:
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "log_destination": "stderr",
        "logging_collector": "on",
        "log_directory": str(place.log),
        "log_filename": "postgres-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_timezone": "Asia/Ho_Chi_Minh",
        "timezone": "UTC",
    }


def _memory(machine_mb: int) -> dict[str, str]:
    return {
        "shared_buffers": f"{_between(128, machine_mb // 5, 8192)}MB",
        "effective_cache_size": f"{max(256, machine_mb * 3 // 5)}MB",
        "work_mem": f"{_between(8, machine_mb // 500, 64)}MB",
        "maintenance_work_mem": f"{_between(64, machine_mb // 24, 1024)}MB",
        "wal_buffers": "16MB",
        "min_wal_size": "256MB",
        "max_wal_size": f"{_between(1024, machine_mb // 6, 8192)}MB",
    }


def _work(cores: int, binaries: Binaries) -> dict[str, str]:
    return {
        "jit": "off",
        "wal_compression": "lz4" if "--with-lz4" in binaries.configured else "on",
        "wal_level": "minimal",  # one machine, no replicas: new indexes need not be written twice
        "max_wal_senders": "0",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "max_worker_processes": str(max(8, cores)),
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": str(_between(1, cores // 2, 4)),
        "max_parallel_maintenance_workers": str(_between(1, cores // 2, 4)),
    }


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))
