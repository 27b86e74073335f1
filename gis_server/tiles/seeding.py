"""Draws tiles ahead, in a process of its own: those that hold anything, and those around them on the way down."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg_pool import ConnectionPool
