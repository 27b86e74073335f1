"""What a reading child gives up before it opens anything: the network, other programs, most drivers, most memory."""

import ctypes
import platform
import resource
import sys

# Linux' numbers of socket, io_uring_setup, execve, execveat; a child that reads files needs none of them.
_REFUSED_CALLS = {"x86_64": (41, 425, 59, 322), "aarch64": (198, 425, 221, 281)}
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER_MODE = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _PERMISSION_DENIED = 0x7FFF0000, 0x00050000 | 13

STACK_BYTES = 4 << 20
"""What needs more of it dies here, not in the parent, which has more."""
DRIVERS = frozenset(
    {
        "ESRI Shapefile",
        "MapInfo File",
        "DGN",
        "DXF",
        "GML",
        "LIBKML",
        "KML",
        "GeoJSON",
        "GeoJSONSeq",
        "ESRIJSON",
        "TopoJSON",
        "GPKG",
        "OpenFileGDB",
        "FlatGeobuf",
        "MEM",
    }
)


def bound(memory_bytes: int, cpu_seconds: int) -> None:
    """Memory (address space) and processor time that the kernel grants at most; half the usual stack; no core files."""
    for what, most in (
        (resource.RLIMIT_STACK, STACK_BYTES),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def leave_drivers_out() -> None:
    """Only file formats that offices deliver; nothing that follows references (VRT, WFS, OAPIF, HTTP, …)."""
    import pyogrio
    from pyogrio._ogr import _register_drivers

    others = sorted(set(pyogrio.list_drivers()) - DRIVERS)
    pyogrio.set_gdal_config_options(
        {
            "GDAL_SKIP": ",".join(others),
            "GML_SKIP_RESOLVE_ELEMS": "ALL",
            "GML_DOWNLOAD_SCHEMA": "NO",
            "OGR_SQLITE_LOAD_EXTENSIONS": "",
            "SQLITE_LIST_ALL_TABLES": "NO",
        }
    )
    _register_drivers()
    left = set(pyogrio.list_drivers()) - DRIVERS
    if left:
        raise RuntimeError(f"drivers that should be gone: {', '.join(sorted(left))}")


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def close_network() -> bool:
    """From here on the kernel refuses sockets and other programs to this process; False where it cannot (not Linux)."""
    calls = _REFUSED_CALLS.get(platform.machine())
    if sys.platform != "linux" or calls is None:
        return False
    jumps = [(_JUMP_IF_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    code = [(_LOAD, 0, 0, 0), *jumps, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _PERMISSION_DENIED)]
    instructions = (_Instruction * len(code))(*(_Instruction(*one) for one in code))
    program = _Program(len(code), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    refused = refused or libc.prctl(_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0)
    return not refused
