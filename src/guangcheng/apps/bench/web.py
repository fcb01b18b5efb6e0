"""50 people at the pages of a city of 1,000,000 premises: how long they wait, what the server spends.

Server, people and this program are three processes, so that the people's own work is told apart from the server's.
"""

import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guangcheng.apps.demo.scale import synthetic_city
from guangcheng.apps.demo.write import write_city
from guangcheng.apps.meter import MIB, seconds
from guangcheng.base.errors import Refused
from guangcheng.base.progress import SILENT, Progress
from guangcheng.base.text import Text

Result = dict[str, Any]

PREMISES, ACCESS_POINTS, VILLAGES = 1_000_000, 100_000, 5_000
USERS, MINUTES, THINK_S, WARM_S = 50, 10.0, 5.0, 40.0
TARGETS = {"pages_p95_ms": 300.0, "tiles_p95_ms": 100.0, "errors": 0}
"""What is promised on two cores."""
GROUPS = ("page", "tile", "write")
START_S, READY_S = 120, 600
COMPUTING, FIRST_FAULT = 202, 400
CITY_SEED = 1
MADE_NAME = "bench-web.json"
"""Marks a folder whose city this bench made."""
LOG_NAME = "server.log"
"""What the server said, in the city's folder."""


def run_web_bench(
    folder: Path,
    *,
    premises: int = PREMISES,
    users: int = USERS,
    minutes: float = MINUTES,
    seed: int = 1,
    warm_s: float = WARM_S,
    progress: Progress = SILENT,
) -> Result:
    """Make the city and its programme in ``folder`` unless they are there, serve it, let people work, measure.

    A first ``warm_s`` seconds (sign-in, caches) are not counted except for sign-ins. ``kinds`` and ``groups`` (page,
    tile, write) hold count, errors (no answer, or a status of 400 and more), ``computing`` (the page said that a figure
    is still being worked out) and p50, p95, p99 and maximum in milliseconds; ``server`` processor seconds, share of
    the machine, milliseconds of it per request, largest resident memory; ``generator_cpu_s`` what the people's
    process spent. ``met`` says whether the targets were met. ``seed`` is that of the people; the city has its own.
    ``Refused`` for a folder of something else, another city of this bench included.
    """
    progress.start("bench web", 4)
    built_s = _city(folder, premises)
    progress.advance()
    plan = _child("web_setup", None, str(folder), str(users))
    progress.advance()
    with _served(folder, plan["password"], plan["users"][0]["name"]) as server:
        progress.advance()
        plan |= {"host": "127.0.0.1", "port": server.port, "seed": seed, "think_s": THINK_S}
        plan |= {"warm_s": warm_s, "seconds": 60 * minutes}
        worked, spent = _watched(plan, server.group, warm_s, 60 * minutes)
        progress.advance()
    progress.finish()
    counted = [row for row in worked["rows"] if row[0] >= warm_s or row[1].startswith("sign-in")]
    groups = {name: _measured([row for row in counted if row[1].split()[0] == name]) for name in GROUPS}
    errors = sum(_wrong(row) for row in counted)
    reached = {"pages_p95_ms": groups["page"]["p95_ms"], "tiles_p95_ms": groups["tile"]["p95_ms"], "errors": errors}
    requests = sum(group["count"] for group in groups.values())
    return {
        "premises": premises,
        "users": users,
        "minutes": minutes,
        "think_s": THINK_S,
        "seed": seed,
        "cores": os.cpu_count(),
        "built_s": built_s,
        "first_figure_s": server.ready_s,
        "requests": requests,
        "errors": errors,
        "groups": groups,
        "kinds": {kind: _measured([row for row in counted if row[1] == kind]) for kind in _kinds(counted)},
        "server": spent | {"cpu_ms_per_request": round(1000 * spent["cpu_s"] / max(1, requests), 2)},
        "generator_cpu_s": worked["cpu_s"],
        "targets": TARGETS,
        "met": all(reached[name] is not None and reached[name] <= most for name, most in TARGETS.items()),
    }


def _city(folder: Path, premises: int) -> float | None:
    """Build the city unless this bench built it earlier; the seconds it took. Nobody else's city is touched."""
    asked = {"premises": premises, "city_seed": CITY_SEED}
    made = folder / MADE_NAME
    if made.is_file():
        if (found := json.loads(made.read_text())) != asked:
            raise Refused(
                Text(f"{folder} 里的城市是另一座：{found}", f"the city in {folder} is another one: {found}"),
                mend=Text("换一个文件夹，或给出同样的 --premises", "name another folder, or the same --premises"),
            )
        return None
    if folder.is_dir() and any(folder.iterdir()):
        raise Refused(
            Text(f"{folder} 里有别的东西", f"{folder} holds something else"),
            mend=Text("换一个空文件夹，或上次测量留下的", "name an empty folder, or the one of an earlier measurement"),
        )
    started = seconds()
    share = premises / PREMISES
    points, villages = (max(least, round(share * whole)) for least, whole in ((50, ACCESS_POINTS), (10, VILLAGES)))
    write_city(folder, synthetic_city(premises, points, villages, CITY_SEED))
    made.write_text(json.dumps(asked) + "\n")
    return round(seconds() - started, 1)


def _child(name: str, given: str | None, *arguments: str) -> Result:
    command = [sys.executable, "-m", f"guangcheng.apps.bench.{name}", *arguments]
    done = subprocess.run(command, input=given, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    found: Result = json.loads(done.stdout)
    return found


@dataclass(frozen=True, slots=True)
class _Server:
    port: int
    group: int
    """Its process group: the command and all it starts."""
    ready_s: float
    """From the command to the first figure on a page."""


@contextmanager
def _served(folder: Path, password: str, user: str) -> Iterator[_Server]:
    """The server as a person starts it, ready when the overview shows figures."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    started = seconds()
    command = [sys.executable, "-m", "guangcheng", "serve", str(folder), "--port", str(port), "--json"]
    with (folder / LOG_NAME).open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)  # noqa: S603
    try:
        _wait_for_figures(port, password, user)
        yield _Server(port, process.pid, round(seconds() - started, 1))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def _wait_for_figures(port: int, password: str, user: str) -> None:
    from guangcheng.apps.bench.web_users import Browser

    _until(START_S, lambda: _answers(port))
    with closing(Browser("127.0.0.1", port, seconds())) as browser:
        browser.ask("sign-in", "/login")
        browser.post("sign-in", "/login", {"username": user, "password": password})
        _until(READY_S, lambda: browser.ask("page", "/")[0] not in (COMPUTING, 0))


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False


def _until(limit_s: float, there: Any) -> None:
    end = seconds() + limit_s
    while not there():
        if seconds() > end:
            raise Refused(
                Text(f"服务器 {limit_s:g} 秒内没有准备好", f"the server was not ready in {limit_s:g} seconds"),
                mend=Text(f"看城市文件夹里的 {LOG_NAME}", f"see {LOG_NAME} in the folder of the city"),
            )
        time.sleep(0.3)


def _watched(plan: Mapping[str, Any], group: int, warm_s: float, long_s: float) -> tuple[Result, Result]:
    """Let the people work in their process, and read meanwhile what the server spends after the first moments."""
    command = [sys.executable, "-m", "guangcheng.apps.bench.web_users"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as people:  # noqa: S603
        began = seconds()
        assert people.stdin is not None  # noqa: S101 - asked for above
        people.stdin.write(json.dumps(plan))
        people.stdin.close()
        people.stdin = None
        time.sleep(warm_s)
        before, largest = cpu_of(group), 0.0
        while seconds() - began < warm_s + long_s:
            largest = max(largest, resident_of(group))
            time.sleep(min(1.0, max(0.05, warm_s + long_s - (seconds() - began))))
        spent = cpu_of(group) - before
        said, _ = people.communicate()
    server = {
        "cpu_s": round(spent, 2),
        "cpu_share": round(spent / long_s / (os.cpu_count() or 1), 3),
        "resident_mib": round(largest / MIB),
    }
    return json.loads(said), server


def _members(group: int) -> Iterator[tuple[list[str], Path]]:
    """Fields of ``/proc/PID/stat`` after the name, for every process of a group."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[2]) == group:
            yield fields, path


def cpu_of(group: int) -> float:
    """Processor seconds of a process group up to now (Linux; 0 elsewhere)."""
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(int(fields[11]) + int(fields[12]) for fields, _ in _members(group)) / ticks


def resident_of(group: int) -> float:
    """Resident bytes of a process group (Linux; 0 elsewhere); pages two of them share count twice."""
    return float(sum(int(fields[21]) for fields, _ in _members(group)) * os.sysconf("SC_PAGE_SIZE"))


Row = Sequence[Any]
"""See ``web_users.Row``."""


def _kinds(rows: Iterable[Row]) -> list[str]:
    return sorted({row[1] for row in rows})


def _wrong(row: Row) -> bool:
    return bool(row[3] == 0 or row[3] >= FIRST_FAULT)


def _measured(rows: Sequence[Row]) -> Result:
    times = sorted(row[2] for row in rows)
    return {
        "count": len(rows),
        "errors": sum(_wrong(row) for row in rows),
        "computing": sum(row[3] == COMPUTING for row in rows),
        "p50_ms": quantile(times, 0.50),
        "p95_ms": quantile(times, 0.95),
        "p99_ms": quantile(times, 0.99),
        "max_ms": times[-1] if times else None,
    }


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest of the ordered values that ``share`` of them do not exceed (nearest rank); none of no values."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
