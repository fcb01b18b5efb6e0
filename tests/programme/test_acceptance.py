"""Acceptance: every step, every refusal, the two-person rule, and random walks that the ledger outlives."""

import datetime as dt
import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest

from guangcheng.base.days import WorkingCalendar
from guangcheng.base.errors import Denied, GuangchengError, InputError, Refused, WrongFormat
from guangcheng.programme.acceptance import cases, sites
from guangcheng.programme.acceptance.flow import ACCEPTANCE
from guangcheng.programme.acceptance.models import Case
from guangcheng.programme.platform import attachments, ledger
from guangcheng.programme.platform.acts import Act
from guangcheng.programme.platform.models import LedgerEntry, User
from guangcheng.programme.platform.workflow import hands
from tests.people import AT, OTHER_STREET, STREET, TOP, act

Make = Callable[..., User]
PREMISES = [(f"p{row}", "yes") for row in range(30)]


def evidence(verdict: str = "pass", level: str = "street", as_of: str = "2026-02-28") -> dict[str, Any]:
    return {
        "standard": "qingcheng-2017-all-optical",
        "standard_version": "1",
        "as_of": as_of,
        "snapshots": {"premises": "premises@2026-02-28-abc"},
        "verdict": verdict,
        "tests": [],
        "level": level,
        "name": "凤城街道",
    }


class People:
    """Everybody a case needs, in the right places."""

    def __init__(self, person: Make) -> None:
        self.street = person("reporter", STREET)
        self.bureau = person("reviewer", TOP)
        self.government = person("approver", TOP)

    def until(self, state: str, level: str = "street", area: str = STREET) -> Case:
        """A case brought to ``state`` the straight way."""
        reporter = act(self.street)
        case = cases.open_case(reporter, area=area, evidence=evidence(level=level))
        steps: list[tuple[str, Callable[[], object]]] = [
            ("submitted", lambda: cases.submit(reporter, case.pk)),
            ("review", lambda: cases.take(act(self.bureau), case.pk)),
            ("on_site", lambda: cases.draw(act(self.bureau), case.pk, premises=PREMISES, size=3)),
            ("reviewed", lambda: self.visit_all(case)),
            ("collated", lambda: cases.collate(act(self.bureau), case.pk)),
            ("approved", lambda: cases.approve(act(self.government), case.pk)),
            ("notice", lambda: self.announce(case)),
            ("unopposed", lambda: cases.close_notice(act(self.bureau, AT + dt.timedelta(days=30)), case.pk)),
            ("awarded", lambda: cases.award(act(self.government), case.pk, place="街道办事处门口")),
        ]
        for name, step in steps:
            if self.now(case) == state:
                break
            step()
            assert self.now(case) == name
        return Case.objects.get(pk=case.pk)

    def now(self, case: Case) -> str:
        return Case.objects.get(pk=case.pk).state

    def visit_all(self, case: Case) -> None:
        for item in case.sample.all():
            cases.visited(act(self.bureau), case.pk, item.pk, found="yes")
        cases.pass_review(act(self.bureau), case.pk)

    def announce(self, case: Case) -> None:
        cases.announce(act(self.bureau), case.pk, objection_days=5, calendar=WorkingCalendar())


@pytest.fixture
def people(person: Make) -> People:
    return People(person)


def test_from_the_self_check_to_the_plaque(people: People) -> None:
    case = people.until("awarded")
    assert (case.plaque_number, case.public) == ("GC-2026-0001", True)
    # 2 March 2026 is a Monday: the fifth working day after it
    assert (case.notice_from, case.notice_until) == (dt.date(2026, 3, 2), dt.date(2026, 3, 9))
    assert ledger.verify() is None


def test_a_case_that_fails_its_self_check_cannot_be_submitted(people: People) -> None:
    case = cases.open_case(act(people.street), area=STREET, evidence=evidence("fail"))
    with pytest.raises(Refused, match="did not pass"):
        cases.submit(act(people.street), case.pk)
    cases.self_check(act(people.street), case.pk, evidence=evidence())
    cases.submit(act(people.street), case.pk)
    assert people.now(case) == "submitted"


def test_one_live_case_per_place_and_standard(people: People) -> None:
    case = people.until("collated")
    with pytest.raises(Refused):
        cases.open_case(act(people.street), area=STREET, evidence=evidence())
    cases.refuse(act(people.government), case.pk, reason="材料不实")
    assert cases.open_case(act(people.street), area=STREET, evidence=evidence()).pk != case.pk


def test_only_the_own_area(people: People, person: Make) -> None:
    with pytest.raises(Denied):
        cases.open_case(act(people.street), area=OTHER_STREET, evidence=evidence())
    case = people.until("submitted")
    with pytest.raises(Denied):
        cases.take(act(person("reviewer", OTHER_STREET)), case.pk)


def test_the_two_person_rule(people: People, person: Make) -> None:
    both = person("reporter", STREET, name="both")
    both.grants.create(role="reviewer", area_code=TOP)
    both.grants.create(role="approver", area_code=TOP)
    case = cases.open_case(act(both), area=STREET, evidence=evidence())
    cases.submit(act(both), case.pk)
    with pytest.raises(Denied, match="second person"):
        cases.take(act(both), case.pk)
    cases.take(act(people.bureau), case.pk)
    assert [step.name for step in ACCEPTANCE.open_to(act(both), Case.objects.get(pk=case.pk))] == []


def test_a_return_needs_a_reason_and_comes_back(people: People) -> None:
    case = people.until("review")
    with pytest.raises(InputError, match="reason"):
        cases.send_back(act(people.bureau), case.pk, reason="  ")
    cases.send_back(act(people.bureau), case.pk, reason="缺少两个小区的接入点")
    cases.self_check(act(people.street), case.pk, evidence=evidence(as_of="2026-03-01"))
    cases.submit(act(people.street), case.pk)
    assert Case.objects.get(pk=case.pk).evidence["as_of"] == "2026-03-01"


def test_the_sample_is_drawn_again_from_its_seed(people: People) -> None:
    case = people.until("on_site")
    drawn = [(item.premises_id, item.claimed) for item in case.sample.all()]
    entry = LedgerEntry.objects.get(subject=case.subject, verb="acceptance.draw")
    seed = cases.seed_of(case, ledger.Anchor(entry.seq, entry.hash), AT.date())
    assert case.sample_seed == seed
    assert drawn == cases.sample_of(list(reversed(PREMISES)), 3, seed)
    told = ledger.facts_of(LedgerEntry.objects.get(subject=case.subject, verb="acceptance.sample"))
    assert told == {"seed": seed, "from": f"{entry.seq}-{entry.hash}", "premises": [name for name, _ in drawn]}
    assert (
        ledger.facts_of(entry)["list_sha256"]
        == hashlib.sha256(ledger.canonical({"premises": sorted(PREMISES)}).encode()).hexdigest()
    )
    with pytest.raises(Refused):
        cases.pass_review(act(people.bureau), case.pk)
    first = case.sample.first()
    assert first is not None
    for item in case.sample.all():
        cases.visited(act(people.bureau), case.pk, item.pk, found="no" if item == first else "yes")
    with pytest.raises(Refused, match="1 lack what the register claims"):
        cases.pass_review(act(people.bureau), case.pk)


def test_too_large_a_sample_is_refused(people: People) -> None:
    case = people.until("review")
    with pytest.raises(Refused):
        cases.draw(act(people.bureau), case.pk, premises=PREMISES, size=31)


def test_objections_stop_the_award(people: People) -> None:
    case = people.until("notice")
    later = AT + dt.timedelta(days=30)
    with pytest.raises(Refused, match="runs until"):
        cases.close_notice(act(people.bureau), case.pk)
    one = cases.object_to(AT, AT.date(), case.pk, text="我们小区没有光纤")
    with pytest.raises(Refused, match="without an answer"):
        cases.close_notice(act(people.bureau, later), case.pk)
    cases.answer(act(people.bureau), case.pk, one.pk, text="已核实，三月已接通")
    cases.close_notice(act(people.bureau, later), case.pk)
    with pytest.raises(Refused):
        cases.object_to(later, later.date(), case.pk, text="晚了")


def test_an_upheld_objection_returns_the_case(people: People) -> None:
    case = people.until("notice")
    cases.object_to(AT, AT.date(), case.pk, text="不实")
    cases.uphold(act(people.bureau), case.pk, reason="属实")
    assert people.now(case) == "returned"
    assert [one.state for one in case.objections.all()] == ["upheld"]


def test_a_district_is_announced_and_gets_no_plaque(people: People, person: Make) -> None:
    people.street = person("reporter", TOP)
    case = people.until("unopposed", level="district", area=TOP)
    with pytest.raises(Refused, match="C-09"):
        cases.award(act(people.government), case.pk, place="x")
    cases.publish(act(people.government), case.pk)
    done = Case.objects.get(pk=case.pk)
    assert (done.state, done.plaque_number, done.public) == ("noticed_only", "", True)


def test_early_finishers_are_flagged(people: People) -> None:
    early = cases.open_case(act(people.street), area=STREET, evidence=evidence(), due=dt.date(2026, 6, 30))
    assert early.early
    late = cases.self_check(act(people.street), early.pk, evidence=evidence(), due=dt.date(2026, 2, 28))
    assert not late.early


def test_the_yearly_re_check_and_the_withdrawal(people: People) -> None:
    case = people.until("awarded")
    cases.check_again(act(people.bureau), case.pk, evidence=evidence("fail"))
    with pytest.raises(Refused):
        cases.check_again(act(people.bureau), case.pk, evidence=evidence())
    assert people.now(case) == "awarded"
    cases.withdraw(act(people.government), case.pk, reason="复核未达标")
    done = Case.objects.get(pk=case.pk)
    assert (done.state, done.withdrawn_why, done.public) == ("withdrawn", "复核未达标", False)


def test_early_is_decided_by_the_day_of_approval(people: People, person: Make) -> None:
    """Passed in time by its data, approved too late: not early any more (001 三(四): approval before the milestone)."""
    for name, days, early in (("in time", 20, True), ("too late", 0, False)):
        due = AT.date() + dt.timedelta(days=days)
        case = cases.open_case(act(people.street), area=STREET, place=name, evidence=evidence(), due=due)
        assert case.early
        cases.submit(act(people.street), case.pk)
        cases.take(act(people.bureau), case.pk)
        cases.draw(act(people.bureau), case.pk, premises=PREMISES, size=1)
        people.visit_all(case)
        cases.collate(act(people.bureau), case.pk)
        cases.approve(act(people.government), case.pk)
        assert Case.objects.get(pk=case.pk).early is early


def test_photographs_of_a_visit_are_kept_by_hash(people: People) -> None:
    case = people.until("on_site")
    item = case.sample.first()
    assert item is not None
    png = b"\x89PNG\r\n\x1a\n" + b"1" * 20
    cases.visited(act(people.bureau), case.pk, item.pk, found="yes", photos=[("门口.png", png), ("../../x.PNG", png)])
    assert [one.name for one in item.photos] == ["门口.png", "x.PNG"]
    assert {one.digest for one in item.photos} == {hashlib.sha256(png).hexdigest()}
    assert [attachments.content_of(one) for one in item.photos] == [png, png]
    for name, content in (("a.pdf", b"%PDF-1.7"), ("a.jpg", png), ("a.exe", b"MZ"), ("a.png", b"")):
        with pytest.raises((WrongFormat, InputError)):
            cases.visited(act(people.bureau), case.pk, item.pk, found="no", photos=[(name, content)])
    big = png + bytes(cases.LARGEST_PHOTO)
    with pytest.raises(InputError, match="bytes"):
        cases.visited(act(people.bureau), case.pk, item.pk, found="no", photos=[("a.png", big)])
    # nothing of a refused visit is kept
    assert case.sample.get(pk=item.pk).found == "yes"
    assert item.photos.count() == 2


def all_tries(people: People, case: Case, doing: Act, seed: int) -> list[Callable[[], object]]:
    """Every verb of the straight way, by whoever is acting."""
    return [
        lambda: cases.self_check(doing, case.pk, evidence=evidence()),
        lambda: cases.submit(doing, case.pk),
        lambda: cases.take(doing, case.pk),
        lambda: cases.send_back(doing, case.pk, reason="x"),
        lambda: cases.draw(doing, case.pk, premises=PREMISES, size=1 + seed % 3),
        lambda: people.visit_all(case),
        lambda: cases.collate(doing, case.pk),
        lambda: cases.approve(doing, case.pk),
        lambda: cases.announce(doing, case.pk, objection_days=1, calendar=WorkingCalendar()),
        lambda: cases.close_notice(doing, case.pk),
        lambda: cases.award(doing, case.pk, place="门口"),
    ]


def test_random_walks_keep_to_the_table(people: People) -> None:
    """Whatever anybody tries, states change by the table alone, no plaque comes without approval, the chain holds."""
    rng = random.Random(5)
    edges = {(source, step.target) for step in ACCEPTANCE.transitions for source in step.sources}
    case = cases.open_case(act(people.street), area=STREET, evidence=evidence())
    everybody = [people.street, people.bureau, people.government]
    for turn in range(400):
        who, at = rng.choice(everybody), AT + dt.timedelta(days=turn)
        doing = act(who, at)
        before = people.now(case)
        try:
            rng.choice(all_tries(people, case, doing, turn))()
        except GuangchengError:
            assert people.now(case) == before
            continue
        after = people.now(case)
        assert after == before or (before, after) in edges
        if after == "awarded":
            break
    done = Case.objects.get(pk=case.pk)
    assert done.state == "awarded"
    assert {"submit", "take", "pass_review", "approve", "award"} <= set(done.steps)
    assert len({name for step in ("submit", "pass_review", "approve") for name in hands(done, step)}) == 3
    assert ledger.verify() is None


def test_demonstration_sites_are_counted_when_named(people: People) -> None:
    made = sites.propose(act(people.street), name="桥北小区", kind="estate", area=STREET)
    with pytest.raises(Refused):
        sites.propose(act(people.street), name="桥北小区", kind="estate", area=STREET)
    assert sites.counts(TOP) == {}
    sites.move(act(people.bureau), made.pk, "start")
    sites.move(act(people.government), made.pk, "name")
    assert sites.counts(STREET) == sites.counts(TOP) == {"estate": 1}
    assert sites.counts(OTHER_STREET) == {}
    with pytest.raises(InputError):
        sites.move(act(people.bureau), made.pk, "end")
    sites.move(act(people.bureau), made.pk, "end", reason="拆迁")
    assert sites.counts(TOP) == {}


def test_who_applied_neither_visits_nor_answers(people: People) -> None:
    for role in ("inspector", "reviewer"):
        people.street.grants.create(role=role, area_code=TOP)
    case = people.until("on_site")
    item = case.sample.first()
    assert item is not None
    with pytest.raises(Denied):
        cases.visited(act(people.street), case.pk, item.pk, found="yes")
    people.visit_all(case)
    cases.collate(act(people.bureau), case.pk)
    cases.approve(act(people.government), case.pk)
    people.announce(case)
    one = cases.object_to(AT, AT.date(), case.pk, text="不实")
    with pytest.raises(Denied):
        cases.answer(act(people.street), case.pk, one.pk, text="属实")
    cases.answer(act(people.bureau), case.pk, one.pk, text="已核实")
    with pytest.raises(Denied):
        cases.close_notice(act(people.street, AT + dt.timedelta(days=30)), case.pk)


def test_more_than_the_register_says_keeps_no_review_from_passing(people: People) -> None:
    """Claimed no or unknown and found yes: noted to mend the register; claimed yes and found no: not passed."""
    case = people.until("review")
    said = [("a", "no"), ("b", "unknown"), ("c", "yes"), ("d", "no")]
    cases.draw(act(people.bureau), case.pk, premises=said, size=4)
    for item in case.sample.all():
        cases.visited(act(people.bureau), case.pk, item.pk, found="no" if item.premises_id in "cd" else "yes")
    with pytest.raises(Refused, match="1 lack"):
        cases.pass_review(act(people.bureau), case.pk)
    cases.visited(act(people.bureau), case.pk, case.sample.get(premises_id="c").pk, found="yes")
    cases.pass_review(act(people.bureau), case.pk)
    told = ledger.facts_of(LedgerEntry.objects.get(subject=case.subject, verb="acceptance.pass_review"))
    assert (told["visited"], told["register_to_mend"]) == (4, ["a", "b"])


def test_another_case_or_day_draws_another_sample(people: People) -> None:
    """Nobody who takes part chooses the seed, and nobody can know it before the draw is recorded."""
    case = people.until("on_site")
    first = set(case.sample.values_list("premises_id", flat=True))
    seen = {case.sample_seed}
    for turn in range(4):
        cases.send_back(act(people.bureau), case.pk, reason="再看")
        cases.self_check(act(people.street), case.pk, evidence=evidence())
        cases.submit(act(people.street), case.pk)
        cases.take(act(people.bureau), case.pk)
        cases.draw(act(people.bureau, AT + dt.timedelta(days=turn)), case.pk, premises=PREMISES, size=3)
        seen.add(Case.objects.get(pk=case.pk).sample_seed)
    assert len(seen) == 5
    assert len(first) == 3


def test_nobody_who_applied_in_any_round_decides(people: People, person: Make) -> None:
    """Who opened, checked again or submitted, in whichever round, takes no step of the review, nor approves."""
    rounds = [person("reporter", STREET, name=name) for name in ("opens", "checks", "submits")]
    for one in rounds:
        one.grants.create(role="reviewer", area_code=TOP)
        one.grants.create(role="approver", area_code=TOP)
    opens, checks, submits = rounds
    case = cases.open_case(act(opens), area=STREET, evidence=evidence())
    cases.submit(act(submits), case.pk)
    cases.take(act(people.bureau), case.pk)
    cases.send_back(act(people.bureau), case.pk, reason="补")
    cases.self_check(act(checks), case.pk, evidence=evidence())
    cases.submit(act(people.street), case.pk)
    for one in rounds:
        assert [step.name for step in ACCEPTANCE.open_to(act(one), Case.objects.get(pk=case.pk))] == []
        with pytest.raises(Denied, match="second person"):
            cases.take(act(one), case.pk)
    cases.take(act(people.bureau), case.pk)
    cases.draw(act(people.bureau), case.pk, premises=PREMISES, size=1)
    people.visit_all(case)
    cases.collate(act(people.bureau), case.pk)
    for one in rounds:
        with pytest.raises(Denied, match="second person"):
            cases.approve(act(one), case.pk)
    cases.approve(act(people.government), case.pk)


def test_a_case_of_an_earlier_version_knows_its_last_hand(people: People) -> None:
    """Rows written before everybody was kept hold one name per step."""
    case = people.until("submitted")
    Case.objects.filter(pk=case.pk).update(steps={"submit": people.bureau.username})
    with pytest.raises(Denied):
        cases.take(act(people.bureau), case.pk)


def test_an_estate_applies_from_its_street(people: People, person: Make) -> None:
    told = evidence(level="estate") | {"name": "桥北小区"}
    with pytest.raises(Denied):
        cases.open_case(act(person("reporter", OTHER_STREET)), area=STREET, place="P0001", evidence=told)
    case = cases.open_case(act(people.street), area=STREET, place="P0001", evidence=told)
    with pytest.raises(Refused):
        cases.open_case(act(people.street), area=STREET, place="P0001", evidence=told)
    # its street and another estate of it are other places
    assert cases.open_case(act(people.street), area=STREET, evidence=evidence()).place_code == STREET
    other = cases.open_case(act(people.street), area=STREET, place="P0002", evidence=told)
    assert {one.place_code for one in Case.objects.filter(area_code=STREET)} == {"P0001", "P0002", STREET}
    cases.submit(act(people.street), case.pk)
    assert (people.now(case), people.now(other)) == ("submitted", "checked")


def test_an_accepted_place_is_to_be_re_checked_each_year(people: People) -> None:
    case = people.until("awarded")
    assert case.recheck_due == dt.date(2027, 12, 31)
    cases.check_again(act(people.bureau, AT + dt.timedelta(days=365)), case.pk, evidence=evidence())
    assert Case.objects.get(pk=case.pk).recheck_due == dt.date(2028, 12, 31)
    cases.withdraw(act(people.government), case.pk, reason="停用")
    assert Case.objects.get(pk=case.pk).recheck_due is None
