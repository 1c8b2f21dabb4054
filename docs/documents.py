"""Write the README's pictures of a finished sweep: python docs/documents.py [RESULTS].

documents.png has thumbnails of its documents, map.png is the report's map of what is lost where.
Needs Chromium and pdftoppm (poppler-utils), as the tests do.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

WIDTH, HEIGHT, GAP = 330, 427, 12  # pixels of a thumbnail, as US letter, and between two
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


def screenshot(page: Path, picture: Path, width: int, height: int, scale: float = 1) -> None:
    """Take a picture of a page of so many CSS pixels."""
    options = [f"--window-size={width},{height}", f"--screenshot={picture}"]
    options += [f"--force-device-scale-factor={scale}", "--virtual-time-budget=20000"]
    command = [*CHROMIUM, *options, page.resolve().as_uri()]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def thumbnails(results: Path, folder: Path) -> list[Path]:
    """Pictures of the first pages, in the order in which a reader opens them."""
    [submission] = results.glob("submission/*_HW9.pdf")
    for name, pdf in (("a", submission), ("b", results / "comparison/comparison_report.pdf")):
        command = ["pdftoppm", "-r", "100", "-png", "-singlefile", "-l", "1", pdf, folder / name]
        subprocess.run(command, check=True)
    screenshot(results / "report.html", folder / "c.png", 1000, 1294)
    screenshot(results / "comparison/explorer.html", folder / "d.png", 1000, 1294)
    return [folder / f"{name}.png" for name in "abcd"]


def draw_map(results: Path, picture: Path) -> None:
    """Turn the report's figure into a PNG."""
    figure = results / "comparison/figures/map.svg"
    width, height = re.findall(r'(?:width|height)="([\d.]+)pt"', figure.read_text("utf-8"))[:2]
    screenshot(figure, picture, round(float(width) * 4 / 3), round(float(height) * 4 / 3), 1.5)
    Image.open(picture).convert("RGB").save(picture, optimize=True)


if __name__ == "__main__":
    results = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
    sheet = Image.new("RGB", (4 * WIDTH + 3 * GAP, HEIGHT), "white")
    with tempfile.TemporaryDirectory() as folder:
        for place, path in enumerate(thumbnails(results, Path(folder))):
            picture = ImageOps.fit(
                Image.open(path).convert("RGB"), (WIDTH - 2, HEIGHT - 2), centering=(0.5, 0)
            )
            sheet.paste(ImageOps.expand(picture, 1, "#bbbbbb"), (place * (WIDTH + GAP), 0))
    sheet.quantize(64).save(Path(__file__).with_suffix(".png"), optimize=True)
    draw_map(results, Path(__file__).with_name("map.png"))
