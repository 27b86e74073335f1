"""The image cannot be built here (no engine runs): what can drift without one is checked in its files."""

import re
from pathlib import Path

import yaml

from gis_server.settings import Settings

HOME = Path(__file__).parent.parent
DOCKERFILE = (HOME / "docker" / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((HOME / "docker" / "compose.yaml").read_text())


def test_the_image_copies_files_that_exist_and_that_the_context_keeps():
    ignored = set((HOME / ".dockerignore").read_text().split())
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (HOME / source).exists(), source
            assert source not in ignored


def test_the_image_runs_as_no_root_the_command_of_a_plain_machine():
    assert re.search(r"^USER bando$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.rstrip().endswith('CMD ["bando", "serve"]')


def test_every_base_image_is_pinned_and_nothing_is_fetched_unverified():
    images = [*re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE), COMPOSE["services"]["postgis"]["image"]]
    assert all(":" in image and not image.endswith(":latest") for image in images)
    assert not re.search(r"\b(curl|wget)\b|--no-check|-k ", DOCKERFILE)


def test_compose_sets_settings_that_exist():
    names = {f"BANDO_{name.upper()}" for name in Settings.model_fields}
    given = set(COMPOSE["services"]["bando"]["environment"]) | set(re.findall(r"(BANDO_[A-Z_]+)=", DOCKERFILE))
    assert given <= names
