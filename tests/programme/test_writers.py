"""Writers at once, each with a connection of its own: the chain of acts never forks, and no act is lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from guangcheng.base.errors import Refused
from guangcheng.programme.platform import ledger, organisations
from guangcheng.programme.platform.ledger import Anchor
from guangcheng.programme.platform.models import LedgerEntry, Organisation, User
from tests.people import TOP, Person, act

WRITERS, EACH = 8, 12


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each deed gave or raised; all begin together, each in a thread with its own connection."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        start.wait(30)
        try:
            return deed()
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_an_act_outside_a_transaction_is_a_fault_of_the_program(emptied: None, city_folder: object) -> None:
    with pytest.raises(RuntimeError):
        ledger.record(act(None, via="command"), "test.act", "thing:1")


def test_the_chain_never_forks(emptied: None, person: Person) -> None:
    """The very first entry, and all that follow, by eight writers at once."""
    user = person("administrator")

    def write(writer: int) -> Callable[[], list[Anchor]]:
        def deed() -> list[Anchor]:
            anchors = []
            for number in range(EACH):
                with transaction.atomic():
                    anchors.append(ledger.record(act(user), "test.act", f"thing:{writer}-{number}"))
            return anchors

        return deed

    answers = at_once(*(write(writer) for writer in range(WRITERS)))
    anchors = [anchor for found in answers for anchor in found]  # type: ignore[attr-defined]
    assert sorted(anchor.seq for anchor in anchors) == list(range(1, WRITERS * EACH + 1))
    assert LedgerEntry.objects.values("subject").distinct().count() == WRITERS * EACH
    assert ledger.verify(anchors) is None


def test_verifying_while_others_write(emptied: None, person: Person) -> None:
    """The chain is found whole at any moment, however fast it grows."""
    user = person("administrator")

    def write() -> None:
        for number in range(EACH):
            with transaction.atomic():
                ledger.record(act(user), "test.act", f"thing:{number}")

    def verify() -> list[object]:
        return [ledger.verify() for _ in range(EACH)]

    assert at_once(write, verify, write, verify) == [None, [None] * EACH] * 2


def test_the_same_body_twice_at_once(emptied: None, person: Person) -> None:
    """One founds it, the others are refused in words; only what happened is in the ledger."""
    user: User = person("administrator")

    def found() -> Organisation:
        return organisations.found_organisation(act(user), code="same", kind="other", name="同一单位", area=TOP)

    answers = at_once(*[found] * WRITERS)
    assert Counter(type(answer) for answer in answers) == {Organisation: 1, Refused: WRITERS - 1}
    assert Organisation.objects.count() == 1
    assert [entry.verb for entry in LedgerEntry.objects.all()] == ["organisation.found"]
    assert ledger.verify() is None
