"""Asks the service over HTTP, and asks again when it is busy or the line breaks: every question here only reads."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
import urllib3
from urllib3.exceptions import HTTPError

from gis_server.client.errors import BandoError, Unreachable, error_of

AGAIN = frozenset({429, 502, 503, 504})
"""Answers after which the same question may be asked again."""
TIMEOUT = urllib3.Timeout(connect=10.0, read=300.0)
"""Seconds. The service makes a whole table before it sends the first byte."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
LONGEST_ADDRESS = 60_000
"""Characters of an address that servers still take."""
Value = str | int | float | None
Answer = urllib3.BaseHTTPResponse


@dataclass
class Patience:
    """How long to go on asking. Whatever comes through starts it anew."""

    most_s: float
    waited_s: float = 0.0
    times: int = 0

    def wait(self, error: BandoError, asked_s: float | None = None) -> None:
        """Sleep as long as the service asks for, else twice as long as before; raises what would take too long."""
        pause = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**self.times) if asked_s is None else asked_s
        if self.waited_s + pause > self.most_s:
            raise error
        time.sleep(pause)
        self.waited_s += max(pause, FIRST_WAIT_S)
        self.times += 1

    def renew(self) -> None:
        self.waited_s, self.times = 0.0, 0


@dataclass(frozen=True)
class Service:
    """Where the service is, who asks, and how patiently."""

    url: str
    key: str | None = field(repr=False)
    patience_s: float
    pool: urllib3.PoolManager = field(default_factory=urllib3.PoolManager, repr=False)

    def get(self, path: str, **parameters: Value) -> Any:
        """The JSON at a path; parameters that are None are left out."""
        return self._json("GET", self.address(path, parameters), None)

    def post(self, path: str, body: Mapping[str, Any], **parameters: Value) -> Any:
        return self._json("POST", self.address(path, parameters), json.dumps(body).encode())

    def post_table(self, path: str, body: Mapping[str, Any], **parameters: Value) -> tuple[pa.Table, int]:
        """The table that answers a question, and the release it is from."""
        address = self.address(path, {**parameters, "f": "arrow"})
        content, answer = self._whole("POST", address, json.dumps(body).encode())
        with pa.ipc.open_stream(content) as stream:
            return stream.read_all(), int(answer.headers["Bando-Release"])

    def address(self, path: str, parameters: Mapping[str, Value]) -> str:
        given = {name: value for name, value in parameters.items() if value is not None}
        query = urlencode(given, safe="(),:/", quote_via=quote)
        found = f"{self.url}{path}?{query}" if given else f"{self.url}{path}"
        if len(found) > LONGEST_ADDRESS:
            raise BandoError(
                "Truy vấn quá dài: hình có quá nhiều đỉnh. Hãy đơn giản hóa hình, hoặc dùng place().",
                "The query is too long: the shape has too many vertices. Simplify it, or use place().",
            )
        return found

    def opened(self, address: str, patience: Patience, **headers: str) -> Answer:
        """An answer whose body is still to be read, and to be given back with `release_conn`."""
        while True:
            try:
                answer = self._send("GET", address, None, headers)
            except HTTPError as error:
                patience.wait(self.unreachable(error))
                continue
            if answer.status not in AGAIN:
                return self._good(answer)
            _wait_for(answer, patience)

    def unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(
            f"Không đọc được từ {self.url} ({type(error).__name__}). Hãy kiểm tra địa chỉ (BANDO_URL) và mạng.",
            f"Nothing comes from {self.url} ({type(error).__name__}). Check the address (BANDO_URL) and the line.",
        )

    def _stranger(self) -> BandoError:
        return BandoError(
            f"{self.url} có trả lời, nhưng không phải là Bando. Hãy kiểm tra địa chỉ (BANDO_URL).",
            f"Something answers at {self.url}, but it is not Bando. Check the address (BANDO_URL).",
        )

    def _json(self, method: str, address: str, body: bytes | None) -> Any:
        content, _ = self._whole(method, address, body)
        return json.loads(content)

    def _whole(self, method: str, address: str, body: bytes | None) -> tuple[bytes, Answer]:
        patience = Patience(self.patience_s)
        while True:
            try:
                answer = self._send(method, address, body, {})
                content = answer.data
            except HTTPError as error:
                patience.wait(self.unreachable(error))
                continue
            if answer.status not in AGAIN:
                return content, self._good(answer)
            _wait_for(answer, patience)

    def _send(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Redirects are not followed: the key goes to the one address it was given for."""
        given = {**headers, **({"Bando-Key": self.key} if self.key else {})}
        if body is not None:
            given["Content-Type"] = "application/json"
        return self.pool.request(
            method,
            address,
            body=body,
            headers=given,
            timeout=TIMEOUT,
            retries=False,
            redirect=False,
            preload_content=False,
        )

    def _good(self, answer: Answer) -> Answer:
        if answer.status in (200, 206) and "Bando-Release" in answer.headers:
            return answer
        try:
            raise error_of(answer.status, answer.data) if answer.status >= 300 else self._stranger()
        finally:
            answer.release_conn()


def _wait_for(answer: Answer, patience: Patience) -> None:
    said = answer.headers.get("Retry-After", "")
    error = error_of(answer.status, answer.data)
    answer.release_conn()
    patience.wait(error, float(said) if said.isdecimal() else None)
