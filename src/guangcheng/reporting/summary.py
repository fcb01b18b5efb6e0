"""What a reader of an evaluation asks first, drawn from its values: how many, which not, what would help.

Nothing here judges: verdicts and statuses are taken as given and only counted, ordered and put into words.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import AreaVerdict, DataGap, Evaluation, IndicatorResult, Status, TestResult, Verdict
from guangcheng.registers.schema import schema
from guangcheng.reporting.words import LEVELS, VERDICTS, level_key, requirement, with_unit

if TYPE_CHECKING:
    from guangcheng.coverage.gaps import Fewest

NO_WAYS: Mapping[str, "Fewest"] = MappingProxyType({})
LEVEL_ORDER = tuple(LEVELS)
TOWNSHIPS = ("street", "town", "township", "other")
VILLAGES = ("admin_village", "community")


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many places of one level have each verdict (only verdicts that occur, best first)."""

    level: str
    verdicts: Mapping[Verdict, int]

    @property
    def total(self) -> int:
        """All places of the level, whatever their verdict."""
        return sum(self.verdicts.values())

    @property
    def judged(self) -> int:
        """Places that count: all but ``not_applicable`` and ``out_of_scope``."""
        return sum(n for verdict, n in self.verdicts.items() if verdict in _COUNTED)

    @property
    def passed(self) -> int:
        """Places that pass, with or without remark."""
        return sum(n for verdict, n in self.verdicts.items() if verdict.passed)


_COUNTED = frozenset({Verdict.PASS, Verdict.PASS_WITH_REMARK, Verdict.FAIL, Verdict.NO_DATA})


@dataclass(frozen=True, slots=True)
class NotPassed:
    """One place that fails or lacks data, the tests behind it, why, and what would help."""

    area: AreaVerdict
    tests: tuple[TestResult, ...]
    reasons: tuple[Text, ...]
    remedies: tuple[Text, ...]


def ordered_areas(evaluation: Evaluation) -> tuple[AreaVerdict, ...]:
    """Give areas, then estates, from the top level down and by code."""
    every = (*evaluation.areas, *evaluation.estates)
    return tuple(sorted(every, key=lambda area: (_rank(level_key(area)), area.code)))


def _rank(level: str) -> int:
    return LEVEL_ORDER.index(level) if level in LEVEL_ORDER else len(LEVEL_ORDER)


def of_levels(evaluation: Evaluation, levels: Iterable[str]) -> tuple[AreaVerdict, ...]:
    """Give the areas (and estates) whose shown level is one of ``levels``, by level and code."""
    wanted = frozenset(levels)
    return tuple(area for area in ordered_areas(evaluation) if level_key(area) in wanted)


def level_counts(evaluation: Evaluation) -> tuple[LevelCount, ...]:
    """Count verdicts per level, from the top down; levels without places are left out."""
    seen: dict[str, Counter[Verdict]] = {}
    for area in ordered_areas(evaluation):
        seen.setdefault(level_key(area), Counter())[area.verdict] += 1
    return tuple(
        LevelCount(level, {verdict: counter[verdict] for verdict in VERDICTS if counter[verdict]})
        for level, counter in seen.items()
    )


def status_counts(indicators: Sequence[IndicatorResult]) -> Mapping[Status, int]:
    """Count indicator results per status, in the order of :class:`Status`; only statuses that occur."""
    counter = Counter(result.status for result in indicators)
    return {status: counter[status] for status in Status if counter[status]}


def names(evaluation: Evaluation, city_name: str = "") -> Mapping[str, str]:
    """Name of every area and estate by code; the whole is called ``city_name`` where no verdict names it."""
    whole = {evaluation.area: city_name} if city_name else {}
    return {**whole, **{area.code: area.name for area in (*evaluation.areas, *evaluation.estates)}}


def ancestors(evaluation: Evaluation) -> Mapping[str, tuple[AreaVerdict, ...]]:
    """Chain of areas above each area or estate, nearest first; a broken or circular chain just ends."""
    by_code = {area.code: area for area in evaluation.areas}
    chains: dict[str, tuple[AreaVerdict, ...]] = {}
    for area in (*evaluation.areas, *evaluation.estates):
        chain: list[AreaVerdict] = []
        above = by_code.get(area.parent or "")
        while above is not None and above not in chain and above is not area:
            chain.append(above)
            above = by_code.get(above.parent or "")
        chains[area.code] = tuple(chain)
    return chains


def digest(evaluation: Evaluation) -> str:
    """One short fingerprint (16 hex digits) of the snapshots an evaluation stands on, to print on a title page.

    SHA-256 over ``register as-of hash`` lines in register order; the full hashes stand in the basis section.
    """
    lines = [f"{ref.register} {ref.as_of.isoformat()} {ref.hash}" for _, ref in sorted(evaluation.snapshots.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def not_passed(evaluation: Evaluation, ways: Mapping[str, "Fewest"] = NO_WAYS) -> tuple[NotPassed, ...]:
    """List places that fail or lack data, from the top level down, each with what would make it pass."""
    found, places = [], by_code(evaluation)
    for area in ordered_areas(evaluation):
        if area.verdict not in (Verdict.FAIL, Verdict.NO_DATA):
            continue
        tests = tuple(test for test in area.tests if test.hard and test.ok is not True)
        way = ways.get(area.code)
        first = () if way is None else (way_sentence(places, way),)
        remedies = (*first, *(remedy(test) for test in tests))
        found.append(NotPassed(area, tests, area.reasons, remedies))
    return tuple(found)


def by_code(evaluation: Evaluation) -> Mapping[str, AreaVerdict]:
    """Every area and estate by its code."""
    return {area.code: area for area in (*evaluation.areas, *evaluation.estates)}


def way_sentence(places: Mapping[str, AreaVerdict], way: "Fewest") -> Text:
    """Say what the fewest additions are, as ``coverage.gaps`` found them: villages and premises by name.

    ``places`` are the areas by code (:func:`by_code`).
    """
    if way.villages is None or way.premises is None:
        return Text("仅靠建设不能达标，须先补齐数据", "building alone cannot make it pass: complete the data first")
    if way.villages == 0:
        return Text(
            zh=f"最少再使 {way.premises} 处驻地具备能力即可达标：{_listed(way.premises_names, '、', '等')}",
            en=f"passes once {way.premises} more premises are capable: {_listed(way.premises_names, ', ', ' …')}",
        )
    groups: dict[str, list[str]] = {}
    for code in way.village_codes:
        village = places.get(code)
        above = places.get((village.parent if village else None) or "")
        groups.setdefault(above.name if above else "", []).append(village.name if village else code)
    zh = [f"{above}（{_listed(members, '、', '等')}）" for above, members in groups.items()]
    en = [f"{above} ({_listed(members, ', ', ' …')})" for above, members in groups.items()]
    return Text(
        zh=f"最少再建成 {way.villages} 个自然村即可达标，涉及驻地 {way.premises} 处：{_listed(zh, '、', '等')}",
        en=f"passes with as few as {way.villages} more natural villages, {way.premises} premises in all: "
        f"{_listed(en, ', ', ' …')}",
    )


def concerned(gap: DataGap, names: Mapping[str, str], lang: Lang) -> str:
    """Call what a gap is about by name: a register by its title, an area as in ``names``; empty where none is known."""
    return schema(gap.where).title.in_(lang) if gap.kind == "missing_register" else names.get(gap.where, "")


_NAMED = 12


def _listed(words: Sequence[str], comma: str, more: str) -> str:
    return comma.join(words[:_NAMED]) + (more if len(words) > _NAMED else "")


def remedy(test: TestResult) -> Text:
    """Say what is missing for one unmet test; missing data is asked for before anything is built."""
    if test.ok is None and test.unknown:
        return Text(
            zh=f"补齐 {test.unknown} 个未知对象的数据（共 {test.denominator} 个）后重新评估",
            en=f"complete the data of {test.unknown} of {test.denominator} members, then evaluate again",
        )
    if test.ok is None or not test.denominator:
        return Text(zh="补齐数据后重新评估", en="complete the data, then evaluate again")
    need = needed(test)
    if need is None or test.numerator is None or need > test.denominator:
        zh, en = (requirement(test.comparator, test.threshold, test.unit, lang) for lang in ("zh", "en"))
        return Text(
            zh=f"现值 {with_unit(test.value or '—', test.unit, 'zh')}，要求 {zh}",
            en=f"{with_unit(test.value or '—', test.unit, 'en')} now, {en} required",
        )
    return Text(
        zh=f"现有 {test.numerator}/{test.denominator}，至少须 {need} 个，还差 {need - test.numerator} 个",
        en=f"{test.numerator} of {test.denominator} now, at least {need} needed, {need - test.numerator} short",
    )


def needed(test: TestResult) -> int | None:
    """Smallest numerator that reaches a ``>=`` percentage of the denominator; ``None`` for any other kind of test."""
    threshold = exact(test.threshold)
    if test.unit != "%" or test.comparator != ">=" or test.denominator is None or threshold is None:
        return None
    return -((-threshold * test.denominator) // 100)


def exact(value: str | int | None) -> Fraction | None:
    """Read a decimal string exactly; ``None`` for missing values and for words."""
    if value is None:
        return None
    try:
        return Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        return None


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """``text`` without characters that no XML document may hold; a file's name for a place can carry any."""
    return _FORBIDDEN.sub("", text)
