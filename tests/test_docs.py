"""Documentation cannot drift: commands, options, layer keys, settings, routes, links and generated files."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main

from gis_server.app import create_app
from gis_server.catalog.model import LayerFile
from gis_server.catalog.schema import outdated
from gis_server.cli.main import build
from gis_server.settings import Settings

HOME = Path(__file__).parent.parent
PAGES = [HOME / "README.md", HOME / "CHANGELOG.md", *sorted((HOME / "docs").rglob("*.md"))]
TEXT = "\n".join(page.read_text() for page in PAGES)
BOTH_LANGUAGES = pytest.mark.parametrize(
    "page", ["vi/can-bo-gis.md vi/lap-trinh-vien.md", "en/gis-staff.md en/portal-developer.md"]
)


def commands(command: Any, name: str = "bando") -> dict[str, Any]:
    """`bando db start` → its click command."""
    members = getattr(command, "commands", None)
    if members is None:
        return {name: command}
    found: dict[str, Any] = {}
    for word, member in members.items():
        found |= commands(member, f"{name} {word}")
    return found


COMMANDS = commands(typer.main.get_command(build()))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_and_explains_itself_in_both_languages(name):
    assert f"{name}" in TEXT
    assert " · " in (COMMANDS[name].help or ""), "help is Vietnamese · English"


def test_every_command_in_the_docs_exists_with_its_options():
    for line in re.findall(r"(?:^|`)(bando [a-z][^`#\n]+)", TEXT, re.MULTILINE):
        words = line.split()
        if any(known.startswith(f"{line.strip()} ") for known in COMMANDS):
            continue  # a noun, such as `bando db`
        name = max((known for known in COMMANDS if f"{line} ".startswith(f"{known} ")), key=len, default=None)
        assert name, f"the docs name an unknown command: {line}"
        options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        given = words[: words.index("--")] if "--" in words else words
        for option in (word for word in given if word.startswith("--") and word != "--help"):
            assert option in options, f"{name} has no {option}"


def test_every_make_target_in_the_docs_exists():
    targets = set(re.findall(r"^([a-z]+):", (HOME / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", TEXT)) <= targets


@BOTH_LANGUAGES
def test_every_layer_key_is_documented(page):
    text = "".join((HOME / "docs" / name).read_text() for name in page.split())
    assert {key for key in LayerFile.model_fields if f"| `{key}` |" not in text} == set()


@BOTH_LANGUAGES
def test_every_route_is_documented(page):
    text = "".join((HOME / "docs" / name).read_text() for name in page.split())
    routes = create_app(Settings()).openapi()["paths"]
    assert {route for route in routes if f"`{route}`" not in text} == set()


def test_every_setting_is_documented():
    text = (HOME / "docs" / "operations.md").read_text()
    assert {name for name in Settings.model_fields if f"`BANDO_{name.upper()}`" not in text} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_every_figure_has_its_command_and_every_benchmark_its_figure():
    page = (HOME / "docs" / "benchmarks.md").read_text()
    commands = [line.rpartition(" | ")[2] for line in page.splitlines() if line.startswith("| ")]
    assert not [command for command in commands if "by hand" in command or "of its own" in command]
    there = {path.stem for path in (HOME / "benchmarks").glob("*.py") if "def bench(" in path.read_text()}
    assert set(re.findall(r"python -m benchmarks\.(\w+)", page)) <= there
    told = {
        word
        for words in re.findall(r"python -m benchmarks[. ]([\w ]+)`?|\((\w+)\)", page)
        for word in " ".join(words).split()
    }
    assert there <= told


def test_the_editors_schemas_are_fresh():
    assert outdated(HOME / "layers" / "_schema") == [], "run `bando layers --schema`"


def test_the_readme_fits_one_sitting():
    assert len((HOME / "README.md").read_text().splitlines()) <= 150


def test_no_generated_noise_in_git():
    tracked = subprocess.run(["git", "ls-files"], cwd=HOME, capture_output=True, text=True, check=True).stdout.split()
    big = [name for name in tracked if (HOME / name).exists() and (HOME / name).stat().st_size > 600_000]
    assert big == []
