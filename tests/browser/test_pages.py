"""The report and the explorer in a browser: by mouse, by keyboard, on a phone."""

import json
import os
import shutil

import pytest
from explorer_page import page as explorer_page

pytestmark = pytest.mark.browser
playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = (1200, 850), (375, 800)
CATEGORIES = ("Results", "Comparison", "Tables", "Runs", "Method", "Cost")
# A warning that Snakemake's page gives at every start, because it has Tailwind inside.
KNOWN_MESSAGE = "cdn.tailwindcss.com should not be used in production"


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium found; install it (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser):
    """Open a file. Errors, warnings and requests to the network fail the test at its end."""
    wrong, pages = [], []

    def note(message):
        if KNOWN_MESSAGE not in message.text and message.type in ("error", "warning"):
            wrong.append(message.text)

    def opened(path, size, **more):
        width, height = size
        page = browser.new_page(viewport={"width": width, "height": height}, **more)
        page.on("console", note)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:", "blob:")) or wrong.append(request.url)
            ),
        )
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert not wrong


@pytest.fixture(scope="module")
def explorer(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer_page(), encoding="utf-8")
    return path


def cell(page, panel, figure="path"):
    return page.locator(f".panel >> nth={panel} >> .{figure} canvas").get_attribute("data-cell")


def grey(page, panel):
    canvas = page.locator(f".panel >> nth={panel} >> .path canvas")
    return canvas.evaluate("c => c.getContext('2d').getImageData(14, 14, 1, 1).data[0]")


def ready(page):
    page.wait_for_function("document.querySelector('canvas').dataset.cell")
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_slider_shows_the_cell_of_its_frame(open_page, explorer, size):
    page = ready(open_page(explorer, size))
    # It opens half way between different digits, at the first size and the chosen one. Each size
    # has 6 lines of cells.
    assert (cell(page, 0), cell(page, 1)) == ("32,3", "32,9")
    slider = page.locator("#t")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert cell(page, 0) == "33,3" and page.locator("#at").inner_text() == "t = 33/64"
    page.keyboard.press("Home")
    assert cell(page, 1) == "0,9"
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    assert cell(page, 1) == "64,9"
    assert abs(grey(page, 1) - (255 - 64 * 3 - 1)) <= 9
    page.locator("h1").click()  # the arrow keys work without focus
    page.keyboard.press("ArrowLeft")
    assert cell(page, 1) == "63,9"
    assert cell(page, 1, "transport") == "8,15"
    assert cell(page, 1, "fade") == "66,9"  # the second decoded end, over the first


def test_menus_select_kind_row_and_latent_size(open_page, explorer):
    page = ready(open_page(explorer, DESKTOP))
    page.select_option("#kind", "same")
    assert cell(page, 0) == "32,0"
    page.select_option("#row", "2")
    assert (cell(page, 0), cell(page, 1)) == ("32,2", "32,8")
    page.locator(".size >> nth=0").select_option(label="16 (seed 5)")
    assert cell(page, 0) == "32,8"
    assert "path" in page.locator(".steps-key >> nth=0").inner_text()
    assert page.get_by_label("quality").first.get_attribute("value") == "0.75"


def test_the_address_restores_what_is_shown(open_page, explorer):
    page = ready(open_page(explorer, DESKTOP))
    page.select_option("#kind", "same")
    page.select_option("#row", "2")
    page.locator(".size >> nth=0").select_option(label="16 (seed 5)")
    page.locator("#t").focus()
    page.keyboard.press("ArrowRight")
    address = page.url
    assert address.endswith("#kind=same&row=2&t=33&of=vae%2F16&of=vae%2F16")
    page.goto("about:blank")
    page.goto(address)
    ready(page)
    assert (cell(page, 0), cell(page, 1)) == ("33,8", "33,8")


def test_it_plays_until_it_is_paused(open_page, explorer):
    page = ready(open_page(explorer, DESKTOP))
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("+document.getElementById('t').value > 36")
    page.get_by_role("button", name="Pause").click()
    before = page.locator("#t").input_value()
    page.wait_for_timeout(300)
    assert page.locator("#t").input_value() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_explorer_fits_its_window_and_can_be_read(open_page, explorer, size, scheme):
    page = ready(open_page(explorer, size, color_scheme=scheme))
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    style = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor] }"
    ink, paper = (
        [int(part) for part in colour.strip("rgb()").split(",")[:3]]
        for colour in page.locator("body").evaluate(style)
    )
    assert abs(sum(ink) - sum(paper)) > 450
    canvases = page.locator("canvas")
    assert min(canvases.nth(k).bounding_box()["width"] for k in range(4)) >= 60


@pytest.mark.parametrize(
    ("size", "categories"),
    [(DESKTOP, CATEGORIES), (PHONE, CATEGORIES[:1])],
    ids=["desktop", "phone"],
)
def test_every_category_of_the_report_opens(open_page, sweep, size, categories):
    page = open_page(sweep / "results/report.html", size)
    for category in categories:
        page.reload()
        page.get_by_text(category, exact=True).last.click()
        page.get_by_text(category, exact=True).first.wait_for()
    assert page.get_by_text("How well do the codes").count() == 1
    made = json.loads(page.locator("pre", has_text='"commit"').inner_text())
    assert made == json.loads((sweep / "results/sweep.json").read_text(encoding="utf-8"))
    assert made["configuration"].startswith("SHA-256 ") and "snakemake" in made["command"]


def test_the_report_opens_the_explorer_and_shows_pictures_whole(open_page, sweep):
    page = open_page(sweep / "results/report.html", DESKTOP)
    page.get_by_text("interpolation explorer").first.click()
    frame = page.frame_locator("iframe")
    frame.locator("#at", has_text="t = 32/64").wait_for()
    page.reload()
    page.get_by_text("same digit figure").first.click()
    picture = page.locator("img[src^='data:image/png']").last
    picture.wait_for()
    box = picture.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= DESKTOP[0]
    assert box["y"] >= 0 and box["y"] + box["height"] <= DESKTOP[1]


def test_a_table_is_sorted_filtered_and_opens_pictures(open_page, sweep):
    page = open_page(sweep / "results/report.html", DESKTOP)
    page.get_by_text("table of runs").first.click()
    frame = page.frame_locator("iframe")
    assert frame.locator("tbody td").first.inner_text() == "same · different · paths"
    frame.get_by_text("more columns: scroll right").wait_for()
    frame.locator(".scroll").evaluate("view => view.scrollTo(view.scrollWidth, 0)")
    frame.get_by_text("more columns: scroll right").wait_for(state="hidden")
    sizes = frame.locator("tbody tr:visible td:nth-child(3)")
    heading = frame.get_by_role("button", name="latent size")
    heading.click()
    assert sizes.all_inner_texts() == ["2", "2", "4", "4", "16", "16"]
    heading.click()
    assert sizes.first.inner_text() == "16"
    frame.locator("#filter").fill("16 ok")
    assert sizes.all_inner_texts() == ["16", "16"]
    assert frame.locator("#shown").inner_text() == "2 of 6"
    frame.get_by_role("link", name="different").first.click()
    page.locator("img[src^='data:image/png']").last.wait_for()
    assert page.locator("iframe").count() == 0


def test_the_report_as_a_folder_opens_the_paths_of_a_row(open_page, sweep, tmp_path):
    sweep.snakemake("--report", str(tmp_path / "report.zip"))
    shutil.unpack_archive(tmp_path / "report.zip", tmp_path)
    page = open_page(tmp_path / "report/report.html", DESKTOP)
    page.get_by_text("table of latent sizes").first.click()
    frame = page.frame_locator("iframe")
    frame.locator("tbody tr").nth(1).get_by_role("link", name="paths").click()
    frame.locator("#at", has_text="t = 32/64").wait_for()
    shown = frame.locator(".size").evaluate_all("all => all.map(e => e.selectedOptions[0].text)")
    assert [words.split()[0] for words in shown] == ["4", "16"]
