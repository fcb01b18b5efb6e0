"""``guangcheng remind``: run by a timer, beside a served city or without; nothing is said twice."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.apps.cli.schemas import validate

FOUND = """
from pathlib import Path; import sys
from guangcheng.apps.web.start import programme_of
programme_of(Path(sys.argv[1]))
from guangcheng.programme.platform.models import Organisation
Organisation.objects.create(code="unicom-qc", kind="operator", area_code="441802")
"""
ENTRIES = """
from pathlib import Path; import sys
from guangcheng.apps.web.start import programme_of
programme_of(Path(sys.argv[1]))
from guangcheng.programme.platform import ledger
from guangcheng.programme.platform.models import LedgerEntry
assert ledger.verify() is None
print([(one.verb, one.actor) for one in LedgerEntry.objects.order_by("seq")])
"""


def python(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *map(str, args)], capture_output=True, text=True, timeout=120, check=False)


def test_a_timer_reminds_once(city_made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(city_made, folder)
    assert python("-c", FOUND, folder).returncode == 0
    told = []
    for _ in range(2):
        ran = python("-m", "guangcheng", "remind", folder, "--json")
        assert ran.returncode == 0, ran.stderr
        told.append(json.loads(ran.stdout))
        validate("remind", told[-1])
    assert [one["months"] for one in told] == [1, 0]
    assert {(one["tasks"], one["mail"]) for one in told} == {(0, False)}
    entries = python("-c", ENTRIES, folder).stdout.strip()
    assert entries == "[('reminder.write', 'system'), ('submission.remind', 'system')]"


def test_a_folder_that_is_no_city(tmp_path: Path) -> None:
    ran = python("-m", "guangcheng", "remind", tmp_path, "--lang", "en")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
