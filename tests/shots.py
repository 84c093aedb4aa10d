"""`python -m tests.shots`: the pictures of docs/img, taken from the built pages by headless Chromium."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from tests.browsing import ARGUMENTS, CHROMIUM, served

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "img"
MOST_BYTES = 150_000


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page, the size of the window, and how the page is looked at."""

    name: str
    page: str
    width: int
    height: int
    scheme: str = "light"
    media: str = "screen"


SHOTS = [
    Shot("index-zh", "index.html", 1280, 900),
    Shot("index-en", "index.en.html", 1280, 900),
    Shot("phone", "index.html", 390, 844),
    Shot("brief", "330000/brief.zh.html", 688, 1024, media="print"),  # A4 within its margins
    Shot("targets", "330000/targets.zh.html", 1280, 900),
    Shot("wallchart", "330000/wallchart.zh.html", 1527, 1062, media="print"),  # A3 within its margins
    Shot("peak-dark", "330000/peak.en.html", 1280, 900, scheme="dark"),
]


def take(browser: Any, address: str, shot: Shot) -> bytes:
    """Return a picture as PNG, with as many colours as fit into its size."""
    scale = 2 if shot.width < 500 else 1
    tab = browser.new_page(
        viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme, device_scale_factor=scale
    )
    tab.goto(f"{address}/{shot.page}")
    tab.emulate_media(media=shot.media, color_scheme=shot.scheme)
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    tab.close()
    if shot.media == "print":  # the margin of the sheet
        picture = ImageOps.expand(picture, 40, "white")
    for colours in (256, 128, 64, 32, 16):
        content = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
        if content.tell() <= MOST_BYTES:
            break
    return content.getvalue()


def main() -> None:
    """Take every picture."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, served(ROOT / "reports") as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in SHOTS:
            content = take(browser, address, shot)
            (FOLDER / f"{shot.name}.png").write_bytes(content)
            print(f"{shot.name}.png  {len(content) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
