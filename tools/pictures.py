"""Draws the pictures of the guide (`make pictures`): the tutorial's pages of the sample city, all of it synthetic."""

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

HOME = Path(__file__).parent.parent
PICTURES = HOME / "docs" / "pictures"
SCREEN = Console(stderr=True, highlight=False)
SWITCHES = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
DESK, PHONE = (1280, 800), (390, 760)
STEPS = (
    "sample --out mau",
    "load mau",
    "sample --out giao --damage",
    "check giao/van_phong_dang_ky_dat_dai --out ket_qua",
    "load giao/trung_tam_ha_tang_ky_thuat --hold",
    "drafts 1 --map thay_doi.html",
)
WOULD_BE_REFUSED = 3


def main() -> None:
    """Makes them all; a few minutes, mostly the sample city."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bando-anh-") as made, sync_playwright() as playwright:
        folder = Path(made)
        folder.chmod(0o755)
        for step in STEPS:
            _bando(folder, step)
        _bando(folder, "db stop")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        _photograph(browser, folder)
        browser.close()


def _bando(folder: Path, words: str) -> None:
    environment = {**os.environ, "BANDO_STATE": str(folder / "state"), "PYTHONPATH": str(HOME)}
    command = [sys.executable, "-m", "gis_server.cli.main", *words.split()]
    SCREEN.print("bando", words)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if done.returncode not in (0, WOULD_BE_REFUSED):
        sys.exit(done.stderr.decode() or done.stdout.decode())


def _photograph(browser: Browser, folder: Path) -> None:
    report, changes = folder / "ket_qua" / "bao_cao.html", folder / "thay_doi.html"
    with _opened(browser, report, DESK) as page:
        _save(page, "bao_cao")
        page.select_option("#code", "COV-01")
        page.locator("#list button").first.click()
        page.evaluate("document.querySelector('.filters').scrollIntoView()")
        _save(page, "phat_hien")
    with _opened(browser, report, PHONE) as page:
        page.select_option("#code", "COV-01")
        page.locator("#list button").first.click()
        _save(page, "dien_thoai")
    with _opened(browser, changes, DESK) as page:
        page.locator("tr[data-layer='drainage.tuyen_cong']").click()
        page.locator("#list button").first.click()
        page.click("[data-map=out]")
        _save(page, "thay_doi")


@contextmanager
def _opened(browser: Browser, file: Path, size: tuple[int, int]) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="vi-VN", reduced_motion="reduce")
    page.goto(file.as_uri())
    page.wait_for_selector("canvas[data-drawn]")
    yield page
    page.close()


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    image = Image.open(io.BytesIO(page.screenshot()))
    image.convert("RGB").save(PICTURES / f"{name}.webp", quality=82, method=6)
    SCREEN.print(f"  {name}.webp {(PICTURES / f'{name}.webp').stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
