"""Every part in a real browser under the strict policy: axe finds nothing, map and charts draw, nothing is refused."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from tools import assets

from guangcheng.reporting.style import STATUS_LOOKS, VERDICT_LOOKS, Look
from guangcheng.reporting.tiles import TileSet, tile_set
from guangcheng.reporting.words import STATUS_SYMBOLS, VERDICT_SYMBOLS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "src" / "guangcheng" / "apps" / "web" / "static"
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "worker-src 'self'; connect-src 'self'"
)
WIDE = """[...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table-scroll, .map-table, .map'))
  .map(e => e.outerHTML.slice(0, 80))"""
VIOLATIONS = """;axe.run().then(found => JSON.stringify(found.violations.map(
  one => [one.id, one.nodes.map(node => node.target.join(' ') + ': ' + node.failureSummary)])))"""
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

browser = pytest.mark.skipif(
    not (CHROMIUM.exists() and not any(assets.missing(item) for item in assets.read_lock())),
    reason="needs Debian's package chromium and `make assets`",
)


def test_looks_have_the_colours_and_shapes_of_the_reports() -> None:
    css = (STATIC / "app" / "app.css").read_text(encoding="utf-8")
    found = {}
    for names, fill, tint, shape in re.findall(
        r"^(\.look-[^{]+)\{ --fill: (\S+); --tint: (\S+); --on-tint: \S+; --shape: \"(.)\"; \}", css, re.MULTILINE
    ):
        found.update({name: (fill.upper(), tint.upper(), shape) for name in re.findall(r"\.look-(\w+)", names)})
    looks: dict[str, Look] = {key.value: look for key, look in [*VERDICT_LOOKS.items(), *STATUS_LOOKS.items()]}
    symbols = {key.value: sign for key, sign in [*VERDICT_SYMBOLS.items(), *STATUS_SYMBOLS.items()]}
    assert found == {key: (look.fill.upper(), look.tint.upper(), symbols[key]) for key, look in looks.items()}


def rendered(lang: str) -> str:
    command = [sys.executable, "-m", "tests.apps.web_front.render", lang]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_inline_and_data_is_escaped(lang: str) -> None:
    page = rendered(lang)
    assert re.findall(r"\sstyle=|\son\w+=|<style|javascript:", page) == []
    assert re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))[^>]*>", page) == []
    assert "&lt;script&gt;alert(1)" in page


@pytest.fixture(scope="module")
def tiles() -> TileSet:
    rng = np.random.default_rng(7)
    x = 12_579_000 + rng.uniform(0, 12_000, 600)
    y = 2_714_000 + rng.uniform(0, 6_000, 600)
    category = rng.integers(0, 3, 600).astype(np.uint8)
    return tile_set(x, y, category, pa.array([f"P{n}" for n in range(600)]), ["pass", "fail", "no_data"])


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


def geojson() -> str:
    keys = ("pass", "pass_with_remark", "fail", "no_data")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [113.0 + 0.02 * step, 23.7]},
            "properties": {"name": "<b>甲</b>", "verdict": key, "url": "/a/"},
        }
        for step, key in enumerate(keys)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@browser
@pytest.mark.parametrize(("lang", "width", "height"), [("zh", 1366, 900), ("en", 1366, 900), ("zh", 390, 844)])
def test_every_part_in_the_browser(
    chromium: "Browser", tiles: TileSet, lang: str, width: int, height: int, tmp_path: Path
) -> None:
    html = rendered(lang)

    def answer(route: "Route") -> None:
        path = route.request.url.partition("://")[2].partition("/")[2].partition("?")[0]
        if path == "":
            route.fulfill(
                body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
            )
        elif path == "areas.geojson":
            route.fulfill(body=geojson(), content_type="application/json")
        elif path.startswith("tiles/"):
            zoom, column, row = (int(part) for part in re.findall(r"\d+", path))
            route.fulfill(body=tiles.tile(zoom, column, row), content_type="application/vnd.mapbox-vector-tile")
        elif path.startswith("static/"):
            file = STATIC / path.removeprefix("static/")
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        else:
            route.fulfill(status=404, body=path)

    page = chromium.new_page(viewport={"width": width, "height": height})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.context.route("**/*", answer)
    page.goto("http://guangcheng.test/")
    page.wait_for_selector("[data-map][data-state=ready]", timeout=60_000)
    assert page.locator("[data-chart] canvas").count() == 2
    map_canvas = page.locator(".maplibregl-canvas")
    page.locator("[data-show]").first.click()
    page.wait_for_timeout(900)
    map_canvas.focus()
    page.keyboard.press("Enter")
    popup = page.locator(".maplibregl-popup-content")
    popup.wait_for()
    assert popup.locator("strong").inner_text() == "<b>甲</b>"
    page.keyboard.press("Escape")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert page.evaluate(WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [text for text in said if "GPU stall" not in text and "GL Driver" not in text] == []
    found = json.loads(page.evaluate(AXE.read_text(encoding="utf-8") + VIOLATIONS))
    assert found == []
    page.close()
