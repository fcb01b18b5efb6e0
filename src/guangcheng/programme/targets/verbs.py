"""Take up a standard, set a target anew, split it to areas with the totals checked."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from guangcheng.base.errors import InputError, Refused
from guangcheng.base.text import Text
from guangcheng.programme.members.verbs import OFFICE
from guangcheng.programme.platform import ledger, scope
from guangcheng.programme.platform.acts import Act, allow
from guangcheng.programme.platform.organisations import known_area
from guangcheng.programme.targets.models import Programme, Target, plain
from guangcheng.registers.city import STANDARDS_NAME
from guangcheng.standards import library
from guangcheng.standards.model import Indicator, Standard
from guangcheng.standards.model import Target as Dated

SEEDS = (
    "qinzhou-2015-broadband",
    "qingcheng-2017-all-optical",
    "guangzhou-2012-convergence",
    "liangjiang-2022-gigabit",
)
"""The founding documents 000 to 003: their programmes come ready."""

ADDED_UP = frozenset({"万户", "户", "万个", "个", "万人", "人"})
"""Units whose values of the parts add up to the whole's; the others (ratios, speeds, prices) hold for each part."""


def standard_of(standard_id: str) -> Standard:
    """A standard of the library or of the city's own folder; ``NotFound`` lists the known ones."""
    return library.load(standard_id, scope.the_city().folder / STANDARDS_NAME)


def offered() -> list[tuple[str, Text]]:
    """The standards a programme can be made from, the four founding documents first: id and title."""
    known = library.ids(scope.the_city().folder / STANDARDS_NAME)
    rest = [one for one in known if one not in SEEDS]
    loaded = [(one, standard_of(one)) for one in (*SEEDS, *rest)]
    return [(one, Text(found.title.zh, found.title.en)) for one, found in loaded if found.tasks or _dated(found)]


def _dated(standard: Standard) -> bool:
    return any(indicator.targets for indicator in standard.indicators.values())


@transaction.atomic
def take_up(act: Act, standard_id: str, *, area: str | None = None) -> Programme:
    """Make the programme of a standard with all its dated targets; ``Refused`` when the area has it already."""
    where = area or scope.top()
    allow(act, OFFICE, area=where)
    known_area(where)
    standard = standard_of(standard_id)
    if Programme.objects.filter(standard_id=standard_id, area_code=where).exists():
        raise Refused(
            Text(f"“{standard.title.zh}”已经立项", f"“{standard.title.en}” is taken up already"),
            mend=Text("到目标页看它", "see it on the page of targets"),
        )
    made = Programme.objects.create(
        standard_id=standard_id,
        version=standard.version,
        title_zh=standard.title.zh,
        title_en=standard.title.en,
        area_code=where,
        started_on=act.day,
    )
    targets = [
        _target(made, name, indicator, dated)
        for name, indicator in standard.indicators.items()
        for dated in indicator.targets
    ]
    Target.objects.bulk_create(targets)
    ledger.record(act, "programme.take_up", made.subject, area=where, facts={"targets": len(targets)})
    return made


def _target(programme: Programme, name: str, indicator: Indicator, dated: Dated) -> Target:
    return Target(
        programme=programme,
        indicator=name,
        name_zh=indicator.name.zh,
        name_en=indicator.name.en,
        unit="" if indicator.unit in ("qualitative", "—") else indicator.unit,
        comparator=dated.comparator or indicator.comparator or "",
        area_code=programme.area_code,
        value=None if dated.value is None else Decimal(str(dated.value)),
        value_words=dated.value_text or "",
        date=dated.date,
        role=dated.role,
        status=dated.status.value,
        each=(indicator.each_level or "") if indicator.scope == "each" else "",
        hardness=indicator.hardness,
        clause=f"{dated.source.document} {dated.source.clause}",
    )


@transaction.atomic
def set_anew(act: Act, target: Target, *, value: Decimal, reason: str) -> Target:
    """Give a target another value, with the reason; the old one is retired with its parts and stays in the record."""
    allow(act, OFFICE, area=target.area_code)
    in_range(value)
    old = _live(target)
    if not reason.strip():
        raise InputError(
            Text("调整目标要写明理由", "a changed target needs a reason"),
            mend=Text("写清依据的文件或决定", "name the document or decision"),
        )
    if old.parent_id is not None:
        raise Refused(
            Text("这是分解来的目标", "this target is a part of another"),
            mend=Text("从上级目标重新分解", "split the whole target again"),
        )
    _retire(act, old)
    fresh = Target.objects.get(pk=old.pk)
    fresh.pk, fresh.value, fresh.value_words, fresh.retired_on = None, value, "", None
    fresh._state.adding = True
    fresh.save()
    told = {"from": old.value, "to": value, "reason": reason.strip(), "was": old.pk}
    ledger.record(act, "target.set_anew", fresh.subject, area=fresh.area_code, facts=told)
    return fresh


def in_range(value: Decimal, places: int = 6) -> None:
    """``InputError`` for a number the tables cannot hold exactly: 10¹² or more, or more decimals than ``places``."""
    if not value.is_finite() or abs(value) >= 10**12 or value != round(value, places):
        raise InputError(
            Text(f"数 {value} 太大或小数位太多", f"{value} is too large or has too many decimals"),
            mend=Text(f"小于一万亿，小数不超过 {places} 位", f"below 10¹², with {places} decimals at most"),
        )


@transaction.atomic
def split(act: Act, target: Target, shares: Mapping[str, Decimal]) -> list[Target]:
    """Split a target to areas below it; an earlier split is retired.

    Counts must add up to the whole exactly; a ratio, speed or price must for each area be at least as strict as the
    whole's. ``InputError`` names the difference or the area; ``Refused`` for words, retired or superseded targets.
    """
    allow(act, OFFICE, area=target.area_code)
    whole = _live(target)
    if whole.value is None or whole.status == "superseded":
        raise Refused(
            Text("这一目标没有可分解的数", "this target has no number to split"),
            mend=Text("选有数值、未被替代的目标", "choose a target with a number that is not superseded"),
        )
    for share in shares.values():
        in_range(share)
    _areas_of(whole, shares)
    _totals(whole, whole.value, shares)
    for part in whole.parts.filter(retired_on=None):
        _retire(act, part)
    made = [_part(whole, area, value) for area, value in sorted(shares.items())]
    Target.objects.bulk_create(made)
    told = {"shares": {area: plain(value) for area, value in sorted(shares.items())}}
    ledger.record(act, "target.split", whole.subject, area=whole.area_code, facts=told)
    return list(whole.parts.filter(retired_on=None))


def _live(target: Target) -> Target:
    held = Target.objects.select_for_update().get(pk=target.pk)
    if held.retired_on is not None:
        raise Refused(
            Text("这一目标已被新的取代", "this target was replaced"), mend=Text("打开新的那一条", "open the new one")
        )
    return held


def _retire(act: Act, target: Target) -> None:
    for part in target.parts.filter(retired_on=None):
        _retire(act, part)
    Target.objects.filter(pk=target.pk).update(retired_on=act.day)


def _areas_of(whole: Target, shares: Mapping[str, Decimal]) -> None:
    for code in shares:
        known_area(code)
        if code == whole.area_code or not scope.within(code, whole.area_code):
            raise _wrong_area(code, "不在这一目标的区域之内", "does not lie within the target's area")
        if any(other != code and scope.within(code, other) for other in shares):
            raise _wrong_area(code, "与另一个区域重叠", "lies within another of the areas")
    if not shares:
        raise InputError(
            Text("没有填任何区域", "no area was given"), mend=Text("至少填一个区域的数", "give one area a number")
        )


def _wrong_area(code: str, zh: str, en: str) -> InputError:
    name = scope.area_name(code)
    return InputError(
        Text(f"{name}（{code}）{zh}", f"{name} ({code}) {en}"),
        mend=Text("只填同一层的下级区域", "give areas of one level below it"),
    )


def _totals(whole: Target, value: Decimal, shares: Mapping[str, Decimal]) -> None:
    if whole.unit in ADDED_UP and not whole.each:
        total = sum(shares.values(), Decimal(0))
        if total != value or min(shares.values()) < 0:
            raise InputError(
                Text(
                    f"各区域合计 {plain(total)}，总目标 {plain(value)}，相差 {plain(total - value)} {whole.unit}",
                    f"the parts make {plain(total)}, the whole is {plain(value)}: {plain(total - value)} apart",
                ),
                mend=Text("改到合计等于总目标，各数不为负", "make them add up to the whole, none below zero"),
            )
        return
    for code, share in shares.items():
        if not _as_strict(whole.comparator, share, value):
            raise _wrong_area(
                code,
                f"的 {plain(share)} 比总目标 {whole.shown} 宽",
                f"has {plain(share)}, which is laxer than the whole's {whole.shown}",
            )


def _as_strict(comparator: str, share: Decimal, value: Decimal) -> bool:
    if comparator in ("<=", "<"):
        return share <= value
    return share == value if comparator == "=" else share >= value


def _part(whole: Target, area: str, value: Decimal) -> Target:
    same = ("programme", "indicator", "name_zh", "name_en", "unit", "comparator", "date", "role", "status")
    more = {name: getattr(whole, name) for name in (*same, "hardness", "clause")}
    return Target(parent=whole, area_code=area, value=value, **more)
