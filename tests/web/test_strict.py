"""Parameters that nobody asked for are refused, and ten thousand of them in no time."""

import time

import pytest
from fastapi import Request

from gis_server.errors import BadRequest
from gis_server.web.strict import refuse_unknown


def asked(query: str) -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []})


async def test_what_stands_twice_is_named() -> None:
    with pytest.raises(BadRequest, match="more than once: b"):
        await refuse_unknown(asked("a=1&b=2&b=3"))
    await refuse_unknown(asked("a=1&b=2"))


async def test_a_crowd_of_parameters_is_refused_in_no_time() -> None:
    """Each was counted among all: 30,000 in one address kept everybody waiting."""
    began = time.perf_counter()
    with pytest.raises(BadRequest, match="more than 200"):
        await refuse_unknown(asked("a&" * 30_000))
    assert time.perf_counter() - began < 1
