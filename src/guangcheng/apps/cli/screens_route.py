"""What a person sees of reach along the streets: beside the straight line, never instead of it."""

from collections.abc import Iterator

from guangcheng.apps.cli.screens import SHOWN_NOT_PASSED, words_of
from guangcheng.base.text import Lang
from guangcheng.coverage.by_route import ByRoute
from guangcheng.coverage.results import AreaVerdict, Evaluation
from guangcheng.reporting import words
from guangcheng.reporting.tables import render

_NAMED = 5
"""How many premises a line names; ``--json`` has them all."""


def by_route(straight: Evaluation, found: ByRoute, lang: Lang) -> str:
    """Totals, the places whose verdict would differ, and what lies off the streets."""
    parts = [_totals(found, lang), _places(straight, found, lang), *_left_out(found, lang)]
    return "\n\n" + "\n\n".join(part for part in parts if part)


def _totals(found: ByRoute, lang: Lang) -> str:
    times = "—" if found.detour is None else f"{found.detour:.2f}"
    return words_of(
        f"沿道路量距离（供规划参考，以上结论仍按直线）：{found.premises} 个驻地中，直线可达 {found.straight}，"
        f"沿道路可达 {found.route}，不能判定 {found.unknown}；{found.streets} 条路段，路程与直线之比中位数 {times}",
        f"along the streets (for planning; the verdicts above stay by the straight line): of {found.premises} "
        f"premises {found.straight} are reached by the line, {found.route} along the streets, {found.unknown} cannot "
        f"be told; {found.streets} streets, median of street over line {times}",
        lang,
    )


def _places(straight: Evaluation, found: ByRoute, lang: Lang) -> str:
    """Districts and townships, and below them what would be judged otherwise."""
    there = {place.code: place for place in (*found.evaluation.areas, *found.evaluation.estates)}
    pairs = [(place, there[place.code]) for place in (*straight.areas, *straight.estates)]
    high = [pair for pair in pairs if pair[0].level in ("district", "township")]
    low = [pair for pair in pairs if pair not in high and pair[0].verdict != pair[1].verdict]
    if not high and not low:
        return ""
    head = [
        words_of(*column, lang)
        for column in (
            ("代码", "code"),
            ("名称", "name"),
            ("层级", "level"),
            ("硬性指标·直线", "hard test, line"),
            ("硬性指标·沿道路", "hard test, streets"),
            ("结论·直线", "verdict, line"),
            ("沿道路将为", "would be by streets"),
        )
    ]
    rows = [
        [
            one.code,
            one.name,
            words.LEVELS[words.level_key(one)].in_(lang),
            _hard(one),
            _hard(other),
            words.symbol_and_word(one.verdict, lang),
            words.symbol_and_word(other.verdict, lang),
        ]
        for one, other in (*high, *low[:SHOWN_NOT_PASSED])
    ]
    more = len(low) - SHOWN_NOT_PASSED
    rest = words_of(f"\n……另有 {more} 处结论不同，见 --json", f"\n… and {more} more differ, see --json", lang)
    return render(head, rows, max_width=40) + (rest if more > 0 else "")


def _hard(place: AreaVerdict) -> str:
    counts = [
        "—" if test.numerator is None else f"{test.numerator}/{test.denominator}" for test in place.tests if test.hard
    ]
    return "  ".join(counts)


def _left_out(found: ByRoute, lang: Lang) -> Iterator[str]:
    metres = f"{found.limit_m:g}"
    if found.off_street:
        shown = _shown(found.off_street, lang)
        yield words_of(
            f"离道路超过 {metres} 米、无法沿道路判定的驻地 {len(found.off_street)} 个：{shown}",
            f"{len(found.off_street)} premises are further than {metres} m from every street: {shown}",
            lang,
        )
    if found.points_off_street:
        shown = _shown(found.points_off_street, lang)
        yield words_of(
            f"离道路超过 {metres} 米、沿道路不能到达的接入点 {len(found.points_off_street)} 个：{shown}",
            f"{len(found.points_off_street)} access points are further than {metres} m from every street: {shown}",
            lang,
        )


def _shown(ids: tuple[str, ...], lang: Lang) -> str:
    more = words_of(" 等（见 --json）", " … (see --json)", lang) if len(ids) > _NAMED else ""
    return words_of("、", ", ", lang).join(ids[:_NAMED]) + more
