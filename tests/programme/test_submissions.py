"""Monthly submissions: checked line by line, returned and mended, accepted by a second person, missing ones told."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from guangcheng.base.errors import Denied, InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.models import Organisation, User
from guangcheng.programme.submissions import checks, verbs
from guangcheng.programme.submissions.models import Reminder, Submission
from tests.people import AT, STREET, TOP, act

Make = Callable[..., User]
HEAD = "运营商,区域代码,月份,用户类型,速率档,客户类别,城乡,用户数\n"


def line(subscribers: object, area: str = STREET, month: str = "2018-07", operator: str = "中国联通") -> str:
    return f"{operator},{area},{month},光纤,全部,家庭,全部,{subscribers}\n"


@pytest.fixture
def unicom(body: Callable[..., Organisation]) -> Organisation:
    return body("unicom-qc", "operator")


@pytest.fixture
def reporter(person: Make, unicom: Organisation) -> User:
    return person("reporter", TOP, body=unicom)


@pytest.fixture
def reviewer(person: Make) -> User:
    return person("reviewer", TOP)


def handed(user: User, text: str, month: str = "2018-07") -> Submission:
    return verbs.hand_in(
        act(user), month=month, register="subscriber_stats", operator="unicom", name="七月.csv", content=text.encode()
    )


def rules(one: Submission) -> list[tuple[str, str]]:
    return [(found["rule"], found["severity"]) for found in one.findings if found["rule"].startswith("M")]


def wrong(one: Submission) -> list[tuple[str, str]]:
    return [(rule, severity) for rule, severity in rules(one) if severity == "error"]


def test_a_month_is_handed_in_submitted_and_accepted(reporter: User, reviewer: User, city_folder: Path) -> None:
    one = handed(reporter, HEAD + line(5))
    assert (one.state, one.version, one.errors) == ("draft", 1, [])
    before = scope.the_city().registers.latest("subscriber_stats")
    verbs.submit(act(reporter), one.pk)
    done, anchor = verbs.accept(act(reviewer), one.pk)
    after = scope.the_city().registers.latest("subscriber_stats")
    assert (done.state, done.result["added"], str(after)) == ("accepted", 1, done.result["snapshot"])
    assert before != after
    assert ledger.verify([anchor]) is None


def test_what_is_wrong_is_found_line_by_line(reporter: User) -> None:
    text = HEAD + line("很多") + line(7, area="999999999") + line(8)
    one = handed(reporter, text)
    assert len(one.errors) >= 2
    assert {"第2行" in found["where"] or "第3行" in found["where"] for found in one.errors} == {True}
    with pytest.raises(Refused, match="errors are left"):
        verbs.submit(act(reporter), one.pk)


def test_a_file_that_is_none_is_a_finding_not_a_crash(reporter: User) -> None:
    one = handed(reporter, "这不是表格\n")
    assert [found["severity"] for found in one.findings] == ["error"]


def test_jumps_and_missing_lines_are_asked_about(reporter: User, reviewer: User) -> None:
    first = handed(reporter, HEAD + line(1000) + line(60, area=TOP), month="2018-07")
    verbs.submit(act(reporter), first.pk)
    verbs.accept(act(reviewer), first.pk)
    second = handed(reporter, HEAD + line(500, month="2018-08"), month="2018-08")
    assert rules(second) == [("M-02", "warning"), ("M-03", "warning")]
    verbs.submit(act(reporter), second.pk)


def test_rows_of_another_operator_and_an_empty_month_are_errors(reporter: User) -> None:
    assert rules(handed(reporter, HEAD + line(5, operator="中国广电"))) == [("M-05", "error"), ("M-06", "error")]


def test_rows_of_an_operator_already_in_the_register_cannot_be_changed(reporter: User) -> None:
    held = scope.the_city().view(checks.month_end("2018-07")).table("subscriber_stats").to_pylist()
    assert "telecom" in {row["operator"] for row in held}
    assert wrong(handed(reporter, HEAD + line(5) + line(1, operator="中国电信"))) == [("M-05", "error")]


def test_another_month_is_not_changed_in_passing(reporter: User) -> None:
    assert wrong(handed(reporter, HEAD + line(5) + line(6, month="2018-05"))) == [("M-07", "error")]


@pytest.mark.parametrize(("parts", "found"), [((30, 40), []), ((60, 41), [("M-08", "error")])])
def test_parts_add_up_to_no_more_than_the_total(reporter: User, parts: tuple[int, int], found: list[object]) -> None:
    fast, slow = (
        line(number).replace("全部", tier, 1) for number, tier in zip(parts, ("千兆", "100-500M"), strict=True)
    )
    assert wrong(handed(reporter, HEAD + line(100) + fast + slow)) == found


def test_an_accepted_month_is_corrected_by_returning_it(reporter: User, reviewer: User) -> None:
    one = handed(reporter, HEAD + line(5))
    verbs.submit(act(reporter), one.pk)
    verbs.accept(act(reviewer), one.pk)
    verbs.send_back(act(reviewer), one.pk, reason="企业来函更正")
    two = handed(reporter, HEAD + line(6))
    verbs.submit(act(reporter), two.pk)
    done, _ = verbs.accept(act(reviewer), two.pk)
    assert (done.version, done.result["changed"]) == (2, 1)


def test_a_fault_knows_its_line(reporter: User) -> None:
    one = handed(reporter, HEAD + line(5) + line("很多"))
    told = [(found["row"], found["where"][:5]) for found in one.errors if not found["rule"].startswith("M")]
    assert told == [(3, "七月.cs")]


def test_a_returned_month_comes_back_as_the_next_version(reporter: User, reviewer: User) -> None:
    one = handed(reporter, HEAD + line(5))
    verbs.submit(act(reporter), one.pk)
    with pytest.raises(Refused, match="submitted already"):
        handed(reporter, HEAD + line(6))
    with pytest.raises(InputError):
        verbs.send_back(act(reviewer), one.pk, reason="")
    verbs.send_back(act(reviewer), one.pk, reason="凤城街道少报")
    two = handed(reporter, HEAD + line(6))
    assert (two.version, Submission.objects.get(pk=one.pk).reason) == (2, "凤城街道少报")


def test_nobody_accepts_their_own(person: Make, unicom: Organisation) -> None:
    both = person("reporter", TOP, name="both", body=unicom)
    both.grants.create(role="reviewer", area_code=TOP)
    one = handed(both, HEAD + line(5))
    verbs.submit(act(both), one.pk)
    with pytest.raises(Denied, match="second person"):
        verbs.accept(act(both), one.pk)
    assert Submission.objects.get(pk=one.pk).state == "submitted"


def test_only_the_own_body_submits(reporter: User, person: Make, body: Callable[..., Organisation]) -> None:
    one = handed(reporter, HEAD + line(5))
    other = person("reporter", TOP, name="other", body=body("telecom-qc", "operator"))
    with pytest.raises(Denied):
        verbs.submit(act(other), one.pk)
    with pytest.raises(Denied):
        handed(person("reporter", TOP, name="nobody"), HEAD + line(5))


def test_who_is_missing_is_reminded(
    reporter: User, reviewer: User, unicom: Organisation, body: Callable[..., Organisation]
) -> None:
    telecom = body("telecom-qc", "operator")
    reporter.email = "report@unicom.example"
    reporter.save()
    assert [one.code for one, _ in verbs.missing("2018-07")] == ["telecom-qc", "unicom-qc"]
    sent: list[tuple[str, str]] = []

    def send(address: str, subject: Text, words: Text) -> None:
        sent.append((address, subject.en))

    with pytest.raises(InputError, match="no month"):
        verbs.remind(act(reviewer), month="2018-13", send=send)
    assert len(verbs.remind(act(reviewer), month="2018-07", send=send)) == 2
    assert sent == [("report@unicom.example", "2018-07: monthly statistics are due")]
    # the same day says nothing twice, the next day may
    assert verbs.remind(act(reviewer), month="2018-07", send=send) == []
    assert len(sent) == 1
    assert len(verbs.remind(act(reviewer, AT + dt.timedelta(days=1)), month="2018-07", send=send)) == 2
    one = handed(reporter, HEAD + line(5))
    verbs.submit(act(reporter), one.pk)
    assert verbs.missing("2018-07") == [(telecom, "subscriber_stats")]


def test_the_last_month_is_reminded_of_by_itself(reporter: User, unicom: Organisation) -> None:
    """A daily timer reminds each body once in seven days; a mail not sent is tried again the same day."""
    reporter.email = "report@unicom.example"
    reporter.save()
    tries: list[str] = []

    def fails(_address: str, _subject: Text, _words: Text) -> None:
        tries.append("failed")
        raise Refused(Text("邮件没有发出", "not sent"), mend=Text("再试", "try again"))

    def sends(address: str, _subject: Text, _words: Text) -> None:
        tries.append(address)

    def timer(days: int) -> Act:
        return act(None, dt.datetime(2018, 8, 1, 0, 30, tzinfo=dt.UTC) + dt.timedelta(days=days), "command")

    with pytest.raises(Refused):
        verbs.remind_due(timer(0), fails)
    assert [one.month for one in Reminder.objects.all()] == ["2018-07"]
    assert verbs.remind_due(timer(0), sends) == []
    assert verbs.remind_due(timer(0), sends) == []
    assert tries == ["failed", "report@unicom.example"]
    written = [day for day in range(1, 31) if verbs.remind_due(timer(day), sends)]
    assert written == [7, 14, 21, 28]
    assert {one.sent_to for one in Reminder.objects.all()} == {1}
    one = handed(reporter, HEAD + line(5))
    verbs.submit(act(reporter), one.pk)
    assert verbs.remind_due(timer(30), sends) == []
    # August is owed from 1 September on
    assert [one.month for one in verbs.remind_due(timer(31), sends)] == ["2018-08"]
    with pytest.raises(Denied):
        verbs.remind_due(act(reporter), sends)


def test_a_wrong_month_is_refused(reporter: User) -> None:
    with pytest.raises(InputError):
        handed(reporter, HEAD + line(5), month="2018-13")


def test_months_end() -> None:
    assert [checks.month_end(month).isoformat() for month in ("2024-02", "2018-12", "2018-07")] == [
        "2024-02-29",
        "2018-12-31",
        "2018-07-31",
    ]
