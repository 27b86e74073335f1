"""Looking at the viewer in a test: pixels, places and words of the screen."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Page

MANHOLE = (106.698292, 10.770692)
"""Where the manhole stands, 200 m south of the check point."""
AT_MANHOLE = f"at=18.00/{MANHOLE[1]}/{MANHOLE[0]}"


def drawn(page: Page, clip: dict[str, float]) -> np.ndarray:
    """Pixels of a part of the screen, height × width × RGB."""
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")).astype(int)


def map_box(page: Page) -> dict[str, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return box


def click_middle(page: Page) -> None:
    box = map_box(page)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def text_of(page: Page, selector: str) -> str:
    return page.locator(selector).inner_text()


def readout(page: Page, name: str) -> str:
    if page.locator(".point-facts[open]").count() == 0:
        page.click(".point-facts summary")
    return text_of(page, f'[data-coordinate="{name}"] .coordinate-value')
