"""The programme 50 people work in: ``python -m guangcheng.apps.bench.web_setup FOLDER USERS`` prints who they are.

Bodies, people and tasks are made by the programme's own verbs, once; a folder that has them is used as it is.
"""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from guangcheng.apps.demo.scale import STANDARD
from guangcheng.apps.web.start import programme_of

PASSWORD = "load-at-the-office-7"  # noqa: S105 - of a made-up city
OPERATORS = ("telecom", "mobile", "unicom")
PATTERN = (
    "reporter",
    "operator",
    "reviewer",
    "reporter",
    "viewer",
    "reporter",
    "approver",
    "operator",
    "inspector",
    "reporter",
)
"""Who the people are, in turn; ``operator`` is a reporter of an operator's body."""
PLACES = 400
"""Areas the people look at."""


def set_up(folder: Path, users: int) -> dict[str, Any]:
    """Users (name, kind, area, operator), and what there is to look at: standard, indicators, areas, tasks."""
    programme_of(folder)
    from guangcheng.programme.platform import scope
    from guangcheng.programme.platform.models import User
    from guangcheng.programme.tasks.models import Task
    from guangcheng.standards import library

    areas = sorted(code for code, (_, _, level) in scope.areas().items() if level in ("township", "admin_village"))
    towns = [code for code, (_, _, level) in sorted(scope.areas().items()) if level == "township"]
    people = [_person(number, towns) for number in range(users)]
    known = set(User.objects.values_list("username", flat=True))
    if missing := [one for one in people if one["name"] not in known]:
        _enter(missing, towns)
    standard = library.load(STANDARD)
    return {
        "password": PASSWORD,
        "users": people,
        "standard": STANDARD,
        "indicators": sorted(standard.indicators),
        "areas": areas[:: max(1, len(areas) // PLACES)],
        "tasks": list(Task.objects.order_by("pk").values_list("pk", flat=True)),
    }


def _person(number: int, towns: list[str]) -> dict[str, str]:
    kind = PATTERN[number % len(PATTERN)]
    operator = OPERATORS[number % len(OPERATORS)] if kind == "operator" else ""
    area = towns[number % len(towns)]
    return {"name": f"post-{number:02d}", "kind": kind, "area": area, "operator": operator}


def _enter(people: list[dict[str, str]], towns: list[str]) -> None:
    from guangcheng.programme.platform import organisations, scope
    from guangcheng.programme.platform.acts import Act
    from guangcheng.programme.platform.models import Organisation
    from guangcheng.programme.platform.roles import Role
    from guangcheng.programme.tasks import programmes

    act = Act(actor=None, at=dt.datetime.now(tz=dt.UTC), via="command")
    organisations.first_administrator(act)
    if not Organisation.objects.exists():
        for code in OPERATORS:
            organisations.found_organisation(act, code=code, kind="operator", name=code, area=scope.top())
        for code in towns:
            organisations.found_organisation(act, code=f"town-{code}", kind="town", name=code, area=code)
        programmes.begin(act, STANDARD)
    for one in people:
        own = one["operator"] or (f"town-{one['area']}" if one["kind"] == "reporter" else "")
        body = Organisation.objects.filter(code=own).first()
        user, _ = organisations.add_user(act, username=one["name"], organisation=body)
        role = Role.REPORTER if one["kind"] == "operator" else Role(one["kind"])
        organisations.grant(act, user, role, area=one["area"] if one["kind"] == "reporter" else scope.top())
        organisations.change_password(act, user, PASSWORD)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(set_up(Path(sys.argv[1]), int(sys.argv[2]))))
