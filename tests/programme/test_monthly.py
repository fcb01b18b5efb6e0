"""The monthly report is frozen, corrected by a new version, received by both; its bytes never change."""

from collections.abc import Callable

import pytest

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.programme.monthly import verbs
from guangcheng.programme.monthly.models import Report
from guangcheng.programme.platform import attachments, ledger
from guangcheng.programme.platform.models import User
from tests.people import TOP, act

Make = Callable[..., User]


def frozen(user: User, why: str = "", pdf: bytes = b"%PDF-1.7 one") -> Report:
    made, _ = verbs.freeze(
        act(user),
        month="2018-06",
        standard="qingcheng-2017-all-optical",
        facts={"indicators": []},
        snapshots={"premises": "x"},
        files={"月报.pdf": pdf},
        printed=ledger.head(),
        why=why,
    )
    return made


def test_a_correction_is_a_new_version_and_the_old_one_stays(person: Make) -> None:
    reviewer = person("reviewer", TOP)
    first = frozen(reviewer)
    with pytest.raises(InputError, match="needs a reason"):
        frozen(reviewer)
    second = frozen(reviewer, why="漏了一个镇", pdf=b"%PDF-1.7 two")
    assert [first.version, second.version] == [1, 2]
    assert attachments.content_of(first.files.get()) == b"%PDF-1.7 one"
    assert second.head_seq > first.head_seq
    assert ledger.verify() is None


def test_an_old_head_is_refused(person: Make) -> None:
    reviewer = person("reviewer", TOP)
    old = ledger.head()
    frozen(reviewer)
    with pytest.raises(Refused, match="moved on"):
        verbs.freeze(
            act(reviewer), month="2018-07", standard="s", facts={}, snapshots={}, files={}, printed=old, why=""
        )


def test_both_recipients_receipt_once(person: Make) -> None:
    reviewer = person("reviewer", TOP)
    made = frozen(reviewer)
    for recipient in verbs.RECIPIENTS:
        verbs.receive(act(reviewer), made.pk, recipient=recipient)
    assert sorted(made.receipts.values_list("recipient", flat=True)) == sorted(verbs.RECIPIENTS)
    with pytest.raises(Refused):
        verbs.receive(act(reviewer), made.pk, recipient="regulator")
    with pytest.raises(InputError):
        verbs.receive(act(reviewer), made.pk, recipient="moon")


def test_who_may(person: Make) -> None:
    with pytest.raises(Denied):
        frozen(person("reporter", TOP))
    made = frozen(person("reviewer", TOP))
    with pytest.raises(Denied):
        verbs.publish(act(person("viewer", TOP)), made.pk)
    verbs.publish(act(person("approver", TOP)), made.pk)
    assert Report.objects.get().published
