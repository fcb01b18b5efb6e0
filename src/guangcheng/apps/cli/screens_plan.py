"""What a person sees of a plan laid over the registers: what passes today, and what passes with it."""

from collections.abc import Sequence

from guangcheng.apps.cli.screens import SHOWN_NOT_PASSED, words_of
from guangcheng.apps.with_plan import After, Given, Level, Uncounted
from guangcheng.base.text import Lang
from guangcheng.reporting import words
from guangcheng.reporting.tables import render

_SAME_LEVEL = 8
"""How many newly passing places of one level are named; ``--json`` has them all."""


def with_plan(given: Given, after: After, left: Sequence[Uncounted], lang: Lang) -> str:
    """The plan, then per level before and after, who is new, which indicators change, what is connected in vain."""
    parts = [_plan(given, lang), _levels(after.levels, lang)]
    for one in after.levels:
        parts += _named(one, lang)
    parts += [_indicators(after, lang), _uncounted(given, left, lang)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _plan(given: Given, lang: Lang) -> str:
    points, ports = given.ports
    return words_of(
        f"连同方案“{given.name}”里的 {points:,} 个接入点、{ports:,} 个端口，不是现状",
        f"with the {points:,} access points ({ports:,} ports) of the plan “{given.name}”: not what stands today",
        lang,
    )


def _levels(levels: Sequence[Level], lang: Lang) -> str:
    heads = (
        ("层级", "level"),
        ("参评", "judged"),
        ("现状达标", "pass today"),
        ("建成后达标", "pass with the plan"),
        ("新达标", "newly"),
    )
    rows = [
        [
            words.LEVELS[one.level].in_(lang),
            str(one.places),
            str(one.before),
            str(one.after),
            f"+{len(one.newly)}" + (f" −{len(one.no_longer)}" if one.no_longer else ""),
        ]
        for one in levels
        if one.places
    ]
    return render([words_of(*head, lang) for head in heads], rows, align=["left", "right", "right", "right", "right"])


def _named(one: Level, lang: Lang) -> list[str]:
    told = []
    level = words.LEVELS[one.level].in_(lang)
    for places, zh, en in (
        (one.newly, "新达标", "newly passing"),
        (one.no_longer, "不再达标", "no longer passing"),
    ):
        if places:
            names = ("、" if lang == "zh" else ", ").join(place.name or place.code for place in places[:_SAME_LEVEL])
            rest = len(places) - _SAME_LEVEL
            more = words_of(f"，另有 {rest} 个", f", and {rest} more", lang) if rest > 0 else ""
            colon = words_of("：", ": ", lang)
            told.append(f"{words_of(zh, en, lang)} · {level}{colon}{names}{more}")
    return told


def _indicators(after: After, lang: Lang) -> str:
    heads = (("编号", "id"), ("指标", "indicator"), ("区域", "area"), ("现状", "today"), ("建成后", "with the plan"))

    def said(value: str | None, unit: str, status: str) -> str:
        return f"{'—' if value is None else words.with_unit(value, unit, lang)} {status}"

    rows = [
        [
            new.id,
            new.name.in_(lang),
            new.area,
            said(old.value, old.unit, words.status_word(old.status, lang)),
            said(new.value, new.unit, words.status_word(new.status, lang)),
        ]
        for old, new in after.indicators
    ]
    return render([words_of(*head, lang) for head in heads], rows) if rows else ""


def _uncounted(given: Given, left: Sequence[Uncounted], lang: Lang) -> str:
    if not left or given.connected is None:
        return ""
    names = [
        words_of(f"{one.premises}（{one.words.zh}）", f"{one.premises} ({one.words.en})", lang)
        for one in left[:SHOWN_NOT_PASSED]
    ]
    of, many = f"{len(given.connected):,}", f"{len(left):,}"
    return words_of(
        f"方案接通的 {of} 个驻地里，有 {many} 个按标准仍不算可接入（最先不满足的条件）：{'、'.join(names)}",
        f"of the {of} premises the plan connects {many} still do not count by the standard "
        f"(the condition that fails first): {', '.join(names)}",
        lang,
    )
