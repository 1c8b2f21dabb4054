"""Write docs/documents.png, thumbnails of a sweep's documents: python docs/documents.py [RESULTS].

Needs Chromium and pdftoppm (poppler-utils), as the tests do.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

WIDTH, HEIGHT, GAP = 330, 427, 12  # pixels of a thumbnail, as US letter, and between two
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


def pictures(results: Path, folder: Path) -> list[Path]:
    """Pictures of the first pages, in the order in which a reader opens them."""
    [submission] = results.glob("submission/*_HW9.pdf")
    for name, pdf in (("a", submission), ("b", results / "comparison/comparison_report.pdf")):
        command = ["pdftoppm", "-r", "100", "-png", "-singlefile", "-l", "1", pdf, folder / name]
        subprocess.run(command, check=True)
    pages = {"c": results / "report.html", "d": results / "comparison/explorer.html"}
    for name, page in pages.items():
        screenshot = ["--window-size=1000,1294", f"--screenshot={folder / name}.png"]
        wait = "--virtual-time-budget=20000"
        command = [*CHROMIUM, *screenshot, wait, page.resolve().as_uri()]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return [folder / f"{name}.png" for name in "abcd"]


if __name__ == "__main__":
    results = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
    sheet = Image.new("RGB", (4 * WIDTH + 3 * GAP, HEIGHT), "white")
    with tempfile.TemporaryDirectory() as folder:
        for place, path in enumerate(pictures(results, Path(folder))):
            picture = ImageOps.fit(Image.open(path).convert("RGB"), (WIDTH - 2, HEIGHT - 2))
            sheet.paste(ImageOps.expand(picture, 1, "#bbbbbb"), (place * (WIDTH + GAP), 0))
    sheet.quantize(64).save(Path(__file__).with_suffix(".png"), optimize=True)
