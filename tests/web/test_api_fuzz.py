"""schemathesis over the OpenAPI document: no 5xx, and answers of documented statuses, kinds and shapes."""

import subprocess
import sys
from pathlib import Path

from tests.live import Wire
from tests.serving import City

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
"""Not that whatever the document allows is accepted: which tile lies within its zoom, OpenAPI cannot say."""
EXAMPLES, SEED, LIMIT_S = 12, 20261122, 180


def test_no_question_breaks_the_service_and_answers_are_what_the_document_says(
    whole_city: City, wire: Wire, tmp_path: Path
) -> None:
    with wire(whole_city.database, anonymous_view="full") as running:
        program = Path(sys.executable).with_name("schemathesis")
        command = [str(program), "run", f"{running.address}/api", "--checks", ",".join(CHECKS), "--seed", str(SEED)]
        command += ["--phases", "examples,coverage,fuzzing", "-n", str(EXAMPLES), "--request-timeout", "20"]
        command += ["--exclude-path", "/events", "--continue-on-failure", "--no-shrink", "--no-color"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
