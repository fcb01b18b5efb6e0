"""The one table of words for everything an evaluation can say: used by reports and by the doors.

Symbols stand beside words wherever a colour is used, so that a grey print and a colour-blind reader lose nothing.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from guangcheng.base.packaged import packaged_rows
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import AreaVerdict, Status, Verdict

__all__ = [
    "BASES",
    "COMPARATORS",
    "FLAGS",
    "GAP_KINDS",
    "HARDNESS",
    "LEVELS",
    "OK",
    "STATUSES",
    "STATUS_SYMBOLS",
    "UNITS",
    "VERDICTS",
    "VERDICT_SYMBOLS",
    "level_key",
    "ok_word",
    "requirement",
    "status_word",
    "symbol_and_word",
    "unit_word",
    "value_said",
    "with_unit",
    "word_of",
]

VERDICTS: Mapping[Verdict, Text] = MappingProxyType(
    {
        Verdict.PASS: Text("达标", "pass"),
        Verdict.PASS_WITH_REMARK: Text("达标（参考值未达）", "pass with remark"),
        Verdict.FAIL: Text("未达标", "fail"),
        Verdict.NO_DATA: Text("数据不足", "no data"),
        Verdict.NOT_APPLICABLE: Text("不适用", "not applicable"),
        Verdict.OUT_OF_SCOPE: Text("不在范围", "out of scope"),
    }
)
"""Words of the verdicts, best first; reports keep this order."""

VERDICT_SYMBOLS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.PASS: "●",
        Verdict.PASS_WITH_REMARK: "◆",
        Verdict.FAIL: "▲",
        Verdict.NO_DATA: "□",
        Verdict.NOT_APPLICABLE: "×",
        Verdict.OUT_OF_SCOPE: "·",
    }
)
"""The same shapes as on the map."""

STATUSES: Mapping[Status, Text] = MappingProxyType(
    {
        Status.MET: Text("已达到", "met"),
        Status.ON_TRACK: Text("按进度", "on track"),
        Status.BEHIND: Text("滞后", "behind"),
        Status.MISSED: Text("到期未达", "missed"),
        Status.NO_DATA: Text("数据不足", "no data"),
        Status.DISPUTED: Text("有争议", "disputed"),
        Status.REPORTED: Text("仅列示", "reported"),
    }
)

STATUS_SYMBOLS: Mapping[Status, str] = MappingProxyType(
    {
        Status.MET: "●",
        Status.ON_TRACK: "◆",
        Status.BEHIND: "△",
        Status.MISSED: "▲",
        Status.NO_DATA: "□",
        Status.DISPUTED: "※",
        Status.REPORTED: "·",
    }
)

LEVELS: Mapping[str, Text] = MappingProxyType(
    {
        "city": Text("市", "city"),
        "district": Text("区县", "district"),
        "township": Text("街镇", "township"),
        "street": Text("街道", "street"),
        "town": Text("镇", "town"),
        "other": Text("其他单位", "other unit"),
        "admin_village": Text("行政村", "administrative village"),
        "community": Text("社区", "community"),
        "natural_village": Text("自然村", "natural village"),
        "estate": Text("小区", "estate"),
    }
)
"""Levels from the top down; a township is shown by its subtype (street, town, other)."""

BASES: Mapping[Basis, Text] = MappingProxyType(
    {
        Basis.TEXT: Text("文件原文", "text of the document"),
        Basis.PRODUCT_DEFAULT: Text("产品默认", "product default"),
        Basis.LOCAL: Text("本地设定", "local setting"),
        Basis.CLAIM: Text("企业申报", "operator's claim"),
    }
)

HARDNESS: Mapping[bool, Text] = MappingProxyType({True: Text("硬性", "hard"), False: Text("参考", "reference")})

OK: Mapping[bool | None, Text] = MappingProxyType(
    {True: Text("符合", "met"), False: Text("不符合", "not met"), None: Text("无法判定", "cannot tell")}
)

COMPARATORS: Mapping[str, str] = MappingProxyType({">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "="})

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "个": "",
        "万户": "×10⁴ households",
        "万人": "×10⁴ people",
        "万个": "×10⁴",
        "个/万人": "per 10⁴ people",
        "元": "yuan",
        "工作日": "working days",
        "月": "months",
        "次/月": "per month",
        "次/年": "per year",
        "年": "years",
        "万台": "×10⁴ units",
        "万座": "×10⁴ sites",
        "亿个": "×10⁸",
        "亿户": "×10⁸ households",
        "亿元": "×10⁸ yuan",
        "名": "people",
        "家": "companies",
        "项": "items",
        "分": "points",
        "百分点": "percentage points",
    }
)
"""English for the units the documents write in Chinese; things counted have theirs in ``coverage.measured.THINGS``.

A unit in neither table (%, Mbps) is the same in both languages.
"""

FLAGS: Mapping[str, Text] = MappingProxyType(
    {
        "contradicted": Text("文件内前后矛盾", "contradicted in its own document"),
        "inconsistent_basis": Text("文件内口径不一致", "inconsistent basis in the document"),
        "target_equals_baseline": Text("目标等于基期值", "target equals the baseline"),
        "target_by_default": Text("目标日期为产品默认", "target date is a product default"),
    }
)
"""Named warnings of an indicator; a flag not listed is shown as it is."""

GAP_KINDS: Mapping[str, Text] = MappingProxyType(
    {
        "missing_register": Text("缺少台账", "register missing"),
        "missing_households": Text("缺少户数", "household count missing"),
        "missing_point": Text("缺少坐标", "position missing"),
        "missing_settlement": Text("缺少主要聚居地", "main settlement missing"),
        "missing_population": Text("缺少人口数", "population missing"),
        "statistics": Text("缺少统计数据", "statistics missing"),
        "parent": Text("上级区域不明", "area above unknown"),
        "subtype": Text("街镇类别未填", "kind of township not given"),
        "unknown_area": Text("所属区域不明", "area unknown"),
    }
)
"""Kinds of data gaps; a kind not listed is shown as it is."""


def level_key(area: AreaVerdict) -> str:
    """Name the level a person would: a township by its subtype, everything else by its level."""
    if area.level == "township" and area.subtype in LEVELS:
        return str(area.subtype)
    return area.level


def symbol_and_word(verdict: Verdict, lang: Lang) -> str:
    """``▲ 未达标``: never a colour alone."""
    return f"{VERDICT_SYMBOLS[verdict]} {VERDICTS[verdict].in_(lang)}"


def status_word(status: Status, lang: Lang) -> str:
    """``△ 滞后``: never a colour alone."""
    return f"{STATUS_SYMBOLS[status]} {STATUSES[status].in_(lang)}"


def ok_word(ok: bool | None, lang: Lang) -> str:
    """Say whether one test is met, in a word."""
    return OK[ok].in_(lang)


def unit_word(unit: str, lang: Lang) -> str:
    """Give the unit in ``lang``; counting words such as 个 vanish in English."""
    from guangcheng.coverage.measured import THINGS

    if lang == "zh":
        return unit
    return THINGS[unit].en if unit in THINGS else UNITS.get(unit, unit)


def requirement(comparator: str | None, threshold: str | None, unit: str, lang: Lang) -> str:
    """``≥90%``, ``≥4 个``; an empty string where nothing is demanded."""
    if threshold is None:
        return ""
    sign = COMPARATORS.get(comparator or "", comparator or "")
    return f"{sign}{with_unit(threshold, unit, lang)}"


_ONE: Mapping[str, str] = MappingProxyType(
    {"streets and towns": "street or town", "premises": "premises", "companies": "company", "people": "person"}
)
"""English for one of what is counted, where it is not the word without its last s."""


def with_unit(value: str, unit: str, lang: Lang) -> str:
    """``90%`` without a blank, ``4 个`` with one; one thing is singular in English."""
    word = unit_word(unit, lang)
    if lang == "en" and value == "1" and word != unit and not word.startswith("×"):
        word = _ONE.get(word, word.removesuffix("s"))
    return f"{value}{word}" if word == "%" else f"{value} {word}".rstrip()


@cache
def readings() -> Mapping[str, Text]:
    """The words for values by which a parameter names a reading of the text (``readings.csv``)."""
    rows = packaged_rows("guangcheng.reporting", "readings.csv")
    return {row["value"]: Text(zh=row["zh"], en=row["en"]) for row in rows}


def reading(value: str, lang: Lang) -> str:
    """A parameter's value in words; what the table does not know (another document's words) is shown as it is."""
    return word_of(readings(), value, lang)


def word_of(table: Mapping[str, Text], key: str, lang: Lang) -> str:
    """Look ``key`` up in one of the tables above; a key the table does not know is shown as it is."""
    return table[key].in_(lang) if key in table else key


_SAID: Mapping[str, Text] = MappingProxyType(
    {
        **{verdict.value: text for verdict, text in VERDICTS.items()},
        **{status.value: text for status, text in STATUSES.items() if status.value != "no_data"},
        "yes": Text("是", "yes"),
        "no": Text("否", "no"),
        "unknown": Text("不清楚", "unknown"),
        "out": Text("不在范围", "out of scope"),
        "urban": Text("城市", "urban"),
        "rural": Text("农村", "rural"),
        "active": Text("计分", "scored"),
        "superseded": Text("已被取代", "superseded"),
    }
)
"""Words for the codes a derivation's values are made of."""


def value_said(value: str, lang: Lang) -> str:
    """A derivation's value in words: ``13/15 = 86.6 % · no`` ends in 否, 15 工作日 in working days."""
    return " · ".join(_SAID[part].in_(lang) if part in _SAID else _counted(part, lang) for part in value.split(" · "))


def _counted(part: str, lang: Lang) -> str:
    """A number with its unit in ``lang``; anything else as it is."""
    number, blank, unit = part.rpartition(" ")
    if not blank or not number[-1:].isdigit():
        return part
    return f"{number} {unit_word(unit, lang)}".rstrip()
