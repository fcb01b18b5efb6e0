"""A server killed amid writes loses no acknowledged act; a backup made meanwhile restores to the same chain."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.people import TOP

WRITES = 200
COMMAND = [sys.executable, "-m", "guangcheng"]


@pytest.fixture
def city(city_made: Path, tmp_path: Path) -> Path:
    import shutil

    folder = tmp_path / "served"
    shutil.copytree(city_made, folder)
    return folder


def run(*args: object) -> dict[str, Any]:
    done = subprocess.run([*COMMAND, *map(str, args), "--json"], capture_output=True, text=True, timeout=120)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(city: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server as a person starts it, in a process group of its own."""
    process = subprocess.Popen(
        [*COMMAND, "serve", str(city), "--port", str(port), "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def post(port: int, key: str, path: str, body: Mapping[str, object]) -> int:
    """Send one act; the answer's status, 0 when the server is gone."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_kill_and_backup(city: Path, tmp_path: Path) -> None:
    port = free_port()
    with served(city, port) as process:
        key = str(run("token", city, "admin", "--scope", "read", "--scope", "admin")["token"])
        known: list[str] = []
        backups: list[dict[str, Any]] = []

        def back_up() -> None:
            backups.append(run("backup", city, tmp_path / "copy.zip"))

        keeper = threading.Thread(target=back_up)
        for number in range(WRITES):
            code = f"body-{number:03d}"
            body = {"code": code, "kind": "other", "name": f"单位{number}", "area": TOP}
            if post(port, key, "/people/bodies", body) == 201:
                known.append(code)
            if number == WRITES // 2:
                keeper.start()
            if number == WRITES - 20:
                threading.Timer(0.05, lambda: os.killpg(process.pid, signal.SIGKILL)).start()
        keeper.join()
    assert WRITES // 2 < len(known) < WRITES
    checked = run("check", city)
    assert (checked["ledger"]["first_bad"], checked["ok"]) == (None, checked["ok"])
    port = free_port()
    with served(city, port):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/people/bodies?limit=500", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            there = {row["code"] for row in json.load(answer)["items"]}
    assert set(known) <= there
    restored = tmp_path / "restored"
    run("restore", tmp_path / "copy.zip", restored)
    copy = run("check", restored)["ledger"]
    assert copy["first_bad"] is None
    assert 0 < copy["seq"] <= checked["ledger"]["seq"]
    # the head of the copy is an entry of the original: an anchor proves it
    anchors = tmp_path / "anchors.txt"
    anchors.write_text(f"{copy['seq']}-{copy['hash']}\n")
    assert run("check", city, "--anchor", anchors)["ledger"]["first_bad"] is None
    anchors.write_text(f"{copy['seq']}-{'0' * 64}\n")
    assert run("check", city, "--anchor", anchors)["ledger"]["first_bad"] == copy["seq"]
    assert (restored / "ledger.key").stat().st_mode & 0o777 == 0o600


ZEROS = "0" * 64


def test_anchors_that_are_none(city: Path, tmp_path: Path) -> None:
    with served(city, free_port()):
        pass
    anchors = tmp_path / "anchors.txt"
    wrong = {
        b"\x89PNG\r\n\xff\xfe\x00\x00": 1,  # a picture
        f"\n1-{ZEROS}\n2-abc\n".encode(): 3,  # not the whole hash
        f"1-{ZEROS}\n".encode("utf-16"): 1,  # what some editors save
    }
    said = {}
    for content in wrong:
        anchors.write_bytes(content)
        command = [*COMMAND, "--lang", "en", "check", str(city), "--anchor", str(anchors)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        said[content] = (done.returncode, done.stderr.splitlines()[0])
    assert said == {
        content: (2, f"{anchors} › row {row}: this line is no sequence-hash pair") for content, row in wrong.items()
    }
