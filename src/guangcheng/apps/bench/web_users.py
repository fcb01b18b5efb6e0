"""The people of the load test, in a process of their own: ``python -m guangcheng.apps.bench.web_users`` reads a plan.

Each thinks (exponential), then opens a page (70 %), moves the map (25 %: what the browser has not got of the tiles
in view, three at a time) or does something (5 %: a note on a task, a problem, a month's file). Addresses and pauses
come from the seed. What is printed: one row per request and this process's own CPU.
"""

import html
import json
import math
import random
import re
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from typing import Any
from urllib.parse import urlencode

from guangcheng.apps.meter import cpu_seconds, seconds

MOVES, WRITES = 0.25, 0.05
"""Shares of all that people do; the rest are pages."""
WRITERS = ("reporter", "operator", "reviewer")
Row = tuple[float, str, float, int, int]
"""When it was asked (seconds since the start), kind, milliseconds, status (0: no answer), bytes."""
LISTS = (
    "/tasks/", "/tasks/board", "/tasks/calendar", "/tasks/matrix", "/problems/", "/targets/", "/scores/", "/meetings/",
    "/registers/", "/standards/", "/members/", "/cases/", "/projects/", "/plans/", "/bulletins/", "/public/",
    "/submissions/", "/monthly/", "/acceptance/", "/reminders/",
)  # fmt: skip
HEAD = "运营商,区域代码,月份,用户类型,速率档,客户类别,城乡,用户数\n"
ACROSS, DOWN, PX = 1280, 640, 512
"""The map in the browser; a vector tile is drawn 512 px wide."""
WIDEST, FIRST_ZOOM, DEEPEST = 8, 10, 17
ZOOM_IN, ZOOM_OUT = 0.30, 0.45
"""Of ten moves three go nearer, one and a half farther; the others drag."""
AT_ONCE = 3
"""Tiles one browser asks for at a time."""
KEPT_S = 300
"""How long a tile may be shown without asking again (its Cache-Control)."""
OK, FOUND, NOTHING = 200, 302, 204


@dataclass
class Browser:
    """One person's: cookies, one connection per lane, tiles kept as their Cache-Control allows."""

    host: str
    port: int
    began: float
    rows: list[Row] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    tiles: dict[str, float] = field(default_factory=dict)
    """By address, when it was got."""
    lines: dict[int, HTTPConnection] = field(default_factory=dict)

    def ask(
        self, kind: str, address: str, form: tuple[bytes, str] | None = None, lane: int = 0
    ) -> tuple[int, str, bytes]:
        """One request, measured until its last byte; ``form`` is a body and its type. Status, where it leads, body."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Accept-Encoding": "gzip", "Accept-Language": "zh-CN"}
        if form is not None:
            headers["Content-Type"] = form[1]
        line = self.lines.setdefault(lane, HTTPConnection(self.host, self.port, timeout=60))
        started = seconds()
        fresh = line.sock is None
        while True:
            try:
                line.request("GET" if form is None else "POST", address, None if form is None else form[0], headers)
                answer = line.getresponse()
                body = answer.read()
                break
            except (OSError, HTTPException) as fault:
                line.close()
                # as browsers do: a kept connection that the server closed before it answered is opened anew, once
                if fresh or not isinstance(fault, RemoteDisconnected | ConnectionResetError | BrokenPipeError):
                    self._note(kind, started, 0, 0)
                    return 0, "", b""
                fresh = True
        self._note(kind, started, answer.status, len(body))
        for given in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = given.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), body

    def close(self) -> None:
        """Let go of all connections."""
        for line in self.lines.values():
            line.close()

    def _note(self, kind: str, started: float, status: int, size: int) -> None:
        self.rows.append((round(started - self.began, 3), kind, round(1000 * (seconds() - started), 2), status, size))

    def post(self, kind: str, address: str, given: Mapping[str, str], file: bytes | None = None) -> tuple[int, str]:
        """Send a form as a browser does, with the token against forged requests."""
        told = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **given}
        form = urlencode(told).encode(), "application/x-www-form-urlencoded"
        status, location, _ = self.ask(kind, address, form if file is None else _with_file(told, file))
        return status, location


def _with_file(told: Mapping[str, str], file: bytes) -> tuple[bytes, str]:
    edge = "load-of-the-month"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{told[name]}\r\n' for name in told]
    parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="month.csv"\r\n\r\n')
    return "".join(parts).encode() + file + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


class Person(threading.Thread):
    """Somebody at work from sign-in to the end of the day."""

    def __init__(self, plan: Mapping[str, Any], number: int, began: float) -> None:
        super().__init__(daemon=True)
        self.plan, self.me, self.began = plan, plan["users"][number], began
        self.rng = random.Random(f"{plan['seed']}-{number}")  # noqa: S311 - a load, not a secret
        self.browser = Browser(plan["host"], plan["port"], began)
        self.pool = ThreadPoolExecutor(AT_ONCE)
        writers = sum(one["kind"] in WRITERS for one in plan["users"]) / len(plan["users"])
        self.writes = WRITES / writers if self.me["kind"] in WRITERS else 0.0
        self.tile, self.box, self.view = "", (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, FIRST_ZOOM)

    def run(self) -> None:
        """Sign in during the first moments, then work until the end."""
        time.sleep(self.rng.random() * self.plan["warm_s"] / 2)
        if not self.sign_in():
            return
        while True:
            time.sleep(self.rng.expovariate(1 / self.plan["think_s"]))
            if seconds() - self.began >= self.plan["warm_s"] + self.plan["seconds"]:
                return
            self.act()

    def sign_in(self) -> bool:
        """By the sign-in page; then the overview says where the map's tiles are."""
        self.browser.ask("sign-in page", "/login")
        told = {"username": self.me["name"], "password": self.plan["password"]}
        status, _ = self.browser.post("sign-in", "/login", told)
        page = self.browser.ask("page /", "/")[2].decode(errors="replace")
        tiles, bounds = re.search(r'data-tiles="([^"]+)"', page), re.search(r'data-bounds="([^"]+)"', page)
        if status != FOUND or tiles is None or bounds is None:
            self.browser.rows.append((0.0, "sign-in", 0.0, 0, 0))
            return False
        self.tile = html.unescape(tiles[1])
        west, south, east, north = map(float, bounds[1].split(","))
        self.box = west, south, east, north
        self.view = (west + east) / 2, (south + north) / 2, FIRST_ZOOM
        return True

    def act(self) -> None:
        """One thing a person does."""
        drawn = self.rng.random()
        if drawn < MOVES:
            self.move()
        elif drawn < MOVES + self.writes:
            self.write()
        else:
            self.page()

    def page(self) -> None:
        """Open a page: measuring pages as often as lists."""
        plan, rng = self.plan, self.rng
        measuring = (
            "/",
            f"/areas/{rng.choice(plan['areas'])}",
            f"/areas/{rng.choice(plan['areas'])}",
            f"/indicators/{plan['standard']}/{rng.choice(plan['indicators'])}",
            f"/tasks/{rng.choice(plan['tasks'])}",
        )
        address = rng.choice(measuring if rng.random() < 0.5 else LISTS)
        self.browser.ask(f"page /{address.split('/')[1]}", address)

    def move(self) -> None:
        """Drag or zoom, then ask for the tiles in view that are not at hand."""
        lon, lat, zoom = self.view
        turn = self.rng.random()
        zoom = min(DEEPEST, zoom + 1) if turn < ZOOM_IN else max(WIDEST, zoom - 1) if turn < ZOOM_OUT else zoom
        width = 360 / 2**zoom * ACROSS / PX
        lon += self.rng.uniform(-0.5, 0.5) * width
        lat += self.rng.uniform(-0.5, 0.5) * width * DOWN / ACROSS
        west, south, east, north = self.box
        self.view = min(max(lon, west), east), min(max(lat, south), north), zoom
        old = seconds() - KEPT_S
        wanted = [one for one in self._in_view() if self.browser.tiles.get(one, -math.inf) < old]
        list(self.pool.map(self._lane, range(1, 1 + AT_ONCE), (wanted[lane::AT_ONCE] for lane in range(AT_ONCE))))

    def _in_view(self) -> list[str]:
        lon, lat, zoom = self.view
        count = 1 << zoom
        x = (lon + 180) / 360 * count
        y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * count
        across, down = ACROSS / PX / 2, DOWN / PX / 2
        return [
            self.tile.format(z=zoom, x=column, y=row)
            for column in range(math.floor(x - across), math.floor(x + across) + 1)
            for row in range(math.floor(y - down), math.floor(y + down) + 1)
        ]

    def _lane(self, lane: int, addresses: list[str]) -> None:
        for address in addresses:
            if self.browser.ask("tile", address, lane=lane)[0] in (OK, NOTHING):
                self.browser.tiles[address] = seconds()

    def write(self) -> None:
        """What this person's role does, then the page it leads to."""
        rng, me, number = self.rng, self.me, self.rng.randrange(10**6)
        if me["kind"] == "operator":
            month = f"{rng.randrange(2000, 2018)}-{rng.randrange(1, 13):02d}"
            content = f"{HEAD}{me['operator']},{me['area']},{month},光纤,全部,家庭,全部,{number}\n".encode()
            told = {"month": month, "register": "subscriber_stats", "operator": me["operator"]}
            status, location = self.browser.post("write submission", "/submissions/", told, content)
        elif me["kind"] == "reporter":
            told = {"do": "raise", "raise-category": "duct", "raise-title": f"难题{number}", "raise-area": me["area"]}
            status, location = self.browser.post("write problem", "/problems/", told)
        else:
            told = {"do": "note", "note-words": f"进展{number}", "note-percent": str(number % 90)}
            status, location = self.browser.post("write note", f"/tasks/{rng.choice(self.plan['tasks'])}", told)
        if status == FOUND:
            self.browser.ask(f"page /{location.split('/')[1]}", location)


def work(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Let everybody work; what every request took, and the processor time of this process."""
    busy, began = cpu_seconds(), seconds()
    everybody = [Person(plan, number, began) for number in range(len(plan["users"]))]
    for one in everybody:
        one.start()
    for one in everybody:
        one.join()
        one.pool.shutdown()
        one.browser.close()
    return {"rows": [row for one in everybody for row in one.browser.rows], "cpu_s": round(cpu_seconds() - busy, 3)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(work(json.loads(sys.stdin.read()))))
