"""Quantities as policy texts write them: number, unit and comparator, with what had to be repaired.

A quantity is literal: 4.5万个 stays 4.5 with the unit 万个. Rules bring lengths and money to metres and yuan
(:func:`in_base_units`). Numbers that count nothing (clause numbers, 4G, GB 50846-2012, years) are masked beforehand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

Kind = Literal["share", "count", "rate", "length", "area", "time", "money", "score", "times"]
Relation = Literal[">=", ">", "=", "<=", "<", "range"]
Number = int | float

_UNITS: dict[Kind, str] = {
    "share": "个百分点 百分点 % ‰",
    "rate": """兆比特每秒 吉比特每秒 太比特每秒 兆比特/秒 吉比特/秒 太比特/秒 Tbit/s Gbit/s Mbit/s kbit/s
        Tbps Gbps Mbps Kbps Tb/s Gb/s Mb/s TB/s GB/s MB/s TB GB MB 兆 T G M""",
    "money": "万亿元 亿美元 亿元 万元 美元 元",
    "time": "个工作日 工作日 个自然日 自然日 个小时 小时 分钟 个月 毫秒 ms 秒 周 月 日 天 年",
    "length": "芯公里 皮长公里 沟公里 管程公里 管孔公里 公里 千米 海里 厘米 毫米 km cm mm 米",
    "area": "平方公里 平方千米 平方米 ㎡ 亩",
    "score": "分",
    "times": "倍",
    "count": """个标准机架 标准机架 个机架 机架 个端口 端口 人次 个 家 名 户 人 台 座 项 处 条 所 套 部 件 次
        种 类 架 辆 张 栋 幢 村 线 芯 路 孔 场 篇 款 起 批 对 根 块 间 吨 EFLOPS PFLOPS TFLOPS PB EB dBm dB
        千瓦时 千瓦 kW MW 瓦 W MHz GHz kHz V/m""",
}
_KIND_OF: dict[str, Kind] = {word: kind for kind, words in _UNITS.items() for word in words.split()}
_SAME = """Mbps 兆比特每秒 兆比特/秒 Mbit/s Mb/s 兆 M MB
Gbps 吉比特每秒 吉比特/秒 Gbit/s Gb/s G GB
Tbps 太比特每秒 太比特/秒 Tbit/s Tb/s T TB
Kbps kbit/s
工作日 个工作日
日 个自然日 自然日 天
小时 个小时
月 个月
公里 千米 km
厘米 cm
毫米 mm
平方米 ㎡
平方公里 平方千米
百分点 个百分点
架 个标准机架 标准机架 个机架 机架
个 个端口 端口
毫秒 ms"""
_CANONICAL = {word: line.split()[0] for line in _SAME.splitlines() for word in line.split()[1:]}
_BARE_RATES = frozenset({"兆", "T", "G", "M", "TB", "GB", "MB"})
_BASE: dict[str, tuple[str, float]] = {
    "公里": ("m", 1000),
    "米": ("m", 1),
    "厘米": ("m", 0.01),
    "毫米": ("m", 0.001),
    "万元": ("元", 10_000),
    "亿元": ("元", 10**8),
    "万亿元": ("元", 10**12),
}

_DIGITS = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,12}(?:\.\d{1,6})?"
_CHINESE = r"[零〇一二两三四五六七八九十百千]{1,14}(?:点[零〇一二三四五六七八九]{1,6})?"
_UNIT = "|".join(re.escape(word) for word in sorted(_KIND_OF, key=len, reverse=True))
_PER = r"(?:/(?:万人|百户|千人|平方公里|平方米|户|人|年|月|度|千瓦时|秒))?"
_AFTER = r"(?:\([^()]{0,24}\))?\s*(?P<post>\(?含?\)?及?以上|及?以下|以内|之内|内|左右|上下)?"

_ONE = re.compile(
    rf"(?P<pre>[≥≧≤≦><]=?\s*)?(?:(?P<hundredth>[百千]分之)(?P<share>{_CHINESE}|{_DIGITS})"
    rf"|(?P<tenths>[一二三四五六七八九])成(?=以上|的|左右|以|，|。|;|$)"
    rf"|(?P<number>{_DIGITS}|{_CHINESE})\s?(?P<more>余|多)?(?P<size>百万|千万|万|亿)?(?P<more2>余|多)?\s?"
    rf"(?P<unit>(?:{_UNIT}){_PER})?){_AFTER}"
)
_RANGE = re.compile(
    rf"(?P<a>{_DIGITS}|{_CHINESE})(?P<asize>万|亿)?(?P<aunit>{_UNIT})?(?:以上|以下)?(?:—{{1,2}}|-|~|至|到|以上)"
    rf"(?:不超过)?(?P<b>{_DIGITS}|{_CHINESE})(?P<bsize>万|亿)?(?P<bunit>{_UNIT})(?P<post>以下|以内|之间)?"
)
_BROKEN_POINT = re.compile(r"(?<=\d)。(?=\d{1,2}\s?(?:万|亿|%|个|家|户|座|台|分|倍|米|公里|元|Mbps|Gbps|兆))")

_WORDS_BEFORE: tuple[tuple[str, Relation], ...] = (
    (r"不(?:得|应|能|宜)?(?:低于|少于|小于|短于)|不(?:得|应)?(?:低|少|小)于以下水平", ">="),
    (r"不(?:得|应|能|宜)?(?:超过|高于|大于|多于|长于|超出)|控制在|最[多高长大]|至多|上限为?|封顶", "<="),
    (r"超过|突破|高于|大于|多于|逾|超出?", ">"),
    (r"低于|少于|小于|不足|未满|不到", "<"),
    (r"至少|最少|最低|下限为?|起码", ">="),
)
_BEFORE = tuple(
    (re.compile(rf"(?:{words})(?:为|到|在|达|可|要|应)?(?:约|近)?\s*$"), rel) for words, rel in _WORDS_BEFORE
)
_SYMBOL: dict[str, Relation] = {"≥": ">=", "≧": ">=", ">=": ">=", "≤": "<=", "≦": "<=", "<=": "<=", ">": ">", "<": "<"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity: ``value`` and ``unit`` as written, ``relation`` when words or marks say it (else ``None``)."""

    start: int
    end: int
    """End including what follows the unit (以上, 以内)."""
    value: Number | tuple[Number, Number]
    unit: str
    kind: Kind
    relation: Relation | None
    literal: str
    """The words that said the relation, e.g. 以上; empty when there were none."""
    chinese: bool
    """Written in Chinese numerals (三家), which mostly count nothing a plan sets."""
    approximate: bool = False
    repaired: str | None = None
    bare: bool = False
    """A rate whose unit is only M, G, T or 兆; needs a verb before it to be believed."""


def number(text: str) -> Number | None:
    """The number written in ``text`` in digits or Chinese numerals; ``None`` when it is none."""
    text = text.replace(",", "").replace("。", ".")
    if re.fullmatch(r"\d{1,15}(?:\.\d{1,10})?", text):
        return _tidy(float(text)) if "." in text else int(text)
    return chinese_number(text) if re.fullmatch(_CHINESE, text) else None


@lru_cache(maxsize=4096)
def chinese_number(text: str) -> Number | None:
    """The number written in Chinese numerals, e.g. 二十五 or 两千; ``None`` when they make none."""
    if len(text) > 16:
        return None
    import cn2an

    try:
        return _tidy(float(cn2an.cn2an(text.replace("〇", "零"), "smart")))
    except (ValueError, KeyError, IndexError):
        return None


def _tidy(value: float) -> Number:
    return int(value) if value == int(value) else round(value, 10)


def kind_of(unit: str) -> Kind | None:
    """What kind of quantity a unit as written in a table (万户, %, Mbps, 个/万人) measures; ``None`` for no unit."""
    bare = unit.partition("/")[0] if unit not in _KIND_OF else unit
    return _KIND_OF.get(bare) or _KIND_OF.get(bare.lstrip("十百千万亿"))


def canonical_unit(unit: str) -> str:
    """The unit in the words the findings use: 兆 and 兆比特每秒 are Mbps, 个月 is 月."""
    head = unit[:1] if unit[:1] in "万亿" and unit not in _KIND_OF else ""
    return head + _CANONICAL.get(unit[len(head) :], unit[len(head) :])


def in_base_units(quantity: Quantity) -> tuple[Number | tuple[Number, Number], str]:
    """Value and unit with 公里 as metres and 万元 as yuan, as rules are compared; other units stay, 万 counted out."""
    unit, factor = _BASE.get(quantity.unit, (quantity.unit, 1))
    if unit == quantity.unit and unit[:1] in "万亿" and unit[1:] in _KIND_OF:
        factor, unit = (10_000 if unit[0] == "万" else 10**8), unit[1:]
    if isinstance(quantity.value, tuple):
        low, high = quantity.value
        return (_tidy(low * factor), _tidy(high * factor)), unit
    return _tidy(quantity.value * factor), unit


def broken_points(masked: str) -> str:
    """Decimal points that were turned into 。 (4。5万个), put back; same length."""
    return _BROKEN_POINT.sub(".", masked)


def quantities(text: str, masked: str) -> list[Quantity]:
    """All quantities of ``text`` in order. ``masked`` is ``text`` with the digits that count nothing blanked out."""
    mended = broken_points(masked)
    ranges = list(_ranges(mended))
    taken = [(item.start, item.end) for item in ranges]
    found = list(ranges)
    for match in _ONE.finditer(mended):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        quantity = _read(match, text, mended)
        if quantity is not None:
            found.append(quantity)
    found.sort(key=lambda item: item.start)
    return _units_behind(found, mended)


def _ranges(masked: str) -> Iterator[Quantity]:
    for match in _RANGE.finditer(masked):
        a, b = number(match["a"]), number(match["b"])
        before = masked[max(0, match.start() - 1) : match.start()]
        if (
            a is None
            or b is None
            or a >= b * _size(match["bsize"])
            or before in ("由", "从")
            or (before.isalnum() and before.isascii())
        ):
            continue
        bunit = match["bunit"]
        if match["aunit"] not in (None, bunit) and canonical_unit(match["aunit"]) != canonical_unit(bunit):
            continue
        if bunit == "年" or "以下" in match[0].partition(match["b"])[0]:
            continue
        same = (match["asize"] or "") == (match["bsize"] or "") or (match["asize"] is None and match["aunit"] is None)
        unit = canonical_unit((match["bsize"] or "") + bunit) if same else canonical_unit(bunit)
        values = (a, b) if same else (_tidy(a * _size(match["asize"])), _tidy(b * _size(match["bsize"])))
        yield Quantity(
            match.start(),
            match.end(),
            values,
            unit,
            _KIND_OF[bunit],
            "range",
            match[0],
            chinese=not match["a"][0].isdigit(),
        )


def _size(word: str | None) -> int:
    return {"万": 10_000, "亿": 10**8, "百万": 10**6, "千万": 10**7}.get(word or "", 1)


def _read(match: re.Match[str], text: str, masked: str) -> Quantity | None:
    value, unit, kind, repaired = _measure(match, masked)
    if value is None or kind is None or _inside_a_word(match, masked):
        return None
    if "。" in text[match.start() : match.end()]:
        repaired = "decimal_point"
    relation, literal = _relation(match, masked)
    more = bool(match["more"] or match["more2"])
    if more and relation is None:
        relation, literal = ">", match["more"] or match["more2"]
    post = match["post"] or ""
    return Quantity(
        start=match.start(),
        end=match.end() - (len(post) if _loose_inside(match, kind) else 0),
        value=value,
        unit=unit,
        kind=kind,
        relation=relation,
        literal=literal,
        chinese=not (match["number"] or "一")[0].isdigit() and match["number"] is not None,
        approximate=post in ("左右", "上下")
        or re.search(r"(?:约|近|大约)\s*$", masked[max(0, match.start() - 3) : match.start()]) is not None,
        repaired=repaired,
        bare=(match["unit"] or "") in _BARE_RATES and not match["size"],
    )


def _measure(match: re.Match[str], masked: str) -> tuple[Number | None, str, Kind | None, str | None]:
    if match["tenths"]:
        return _tidy(10 * (chinese_number(match["tenths"]) or 0)), "%", "share", None
    if match["hundredth"]:
        return number(match["share"]), "%" if match["hundredth"][0] == "百" else "‰", "share", None
    value = number(match["number"])
    raw = match["unit"]
    if value is None:
        return None, "", None, None
    if raw is None:
        return _without_unit(match, value, masked)
    unit, _, per = raw.partition("/") if raw not in _KIND_OF else (raw, "", "")
    kind = _KIND_OF.get(unit)
    size = match["size"] or ""
    if size in ("百万", "千万"):
        value, size = value * (100 if size == "百万" else 1000), "万"
    return value, size + canonical_unit(unit) + (f"/{per}" if per else ""), kind, None


def _without_unit(
    match: re.Match[str], value: Number, masked: str
) -> tuple[Number | None, str, Kind | None, str | None]:
    """A bare 万 or 亿 counts; 90以上的村 has lost its % sign."""
    if match["size"] and match["number"][0].isdigit():
        return value, match["size"], "count", None
    post = match["post"] or ""
    lost = post in ("以上", "及以上") and match["number"][0].isdigit() and 0 < value <= 100
    if lost and masked[match.end() : match.end() + 1] not in ("", "，", "。", "、", ";"):
        return value, "%", "share", "percent_sign"
    before = masked[max(0, match.start() - 12) : match.start()]
    if (
        match["number"][0].isdigit()
        and 0 < value <= 100
        and _SHARE_BEFORE.search(before)
        and _CLOSED.match(masked, match.end())
    ):
        return value, "%", "share", "percent_sign"
    return None, "", None, None


_SHARE_BEFORE = re.compile(
    r"(?:率|占比|比例|比重)(?:均|应|要|力争)*(?:达到|达|为|不低于|不少于|超过|提高到|提升到|提高至|提升至|突破)\s*$"
)
_CLOSED = re.compile(r"\s*(?:[，。;、)]|$)")


def _inside_a_word(match: re.Match[str], masked: str) -> bool:
    """4G信号, B2B, 一些, 第三方: what looks like a quantity but is part of a word."""
    before = masked[max(0, match.start() - 1) : match.start()]
    glued = masked[max(0, match.start() - 3) : match.start()] == "bps"
    if before and not glued and ((before.isascii() and before.isalnum()) or before in "第.+_/"):
        return True
    unit = match["unit"] or ""
    after = masked[match.end() : match.end() + 1]
    if (
        unit
        and unit[-1].isascii()
        and unit[-1].isalpha()
        and after
        and after.isascii()
        and (after.isalpha() or (after.isdigit() and not unit.endswith("bps")) or after in "-/+")
    ):
        return True
    return unit in _BARE_RATES and not match["post"] and not _CLOSED_RATE.match(masked, match.end("unit"))


_CLOSED_RATE = re.compile(r"\s*(?:[，。;、)(和及或~—]|以上|$|带宽|宽带|速率|能力)")


def _loose_inside(match: re.Match[str], kind: Kind) -> bool:
    """内 after a count (5个内) is the beginning of another word, not a comparator."""
    return match["post"] == "内" and kind not in ("time", "length")


def _relation(match: re.Match[str], masked: str) -> tuple[Relation | None, str]:
    symbol = (match["pre"] or "").strip()
    if symbol:
        return _SYMBOL.get(symbol), symbol
    post = match["post"] or ""
    if post.endswith("以上"):
        return ">=", post
    before = masked[max(0, match.start() - 12) : match.start()]
    if match["more"] or match["more2"]:
        return ">", match["more"] or match["more2"]
    if post in ("以内", "之内", "内"):
        return "<=", post
    for pattern, relation in _BEFORE:
        found = pattern.search(before)
        if found is not None:
            return relation, found[0].strip()
    if post.endswith("以下"):
        return "<=", post
    return None, ""


_SHARED_UNIT = re.compile(rf"(?<![\d.A-Za-z])(?P<number>{_DIGITS})\s?(?=(?:、|和|与|及|，)\s?$)")


def _units_behind(found: list[Quantity], masked: str) -> list[Quantity]:
    """80、90和95%: the earlier numbers take the unit of the last."""
    more: list[Quantity] = []
    for quantity in found:
        place, current = quantity.start, quantity
        while True:
            match = _SHARED_UNIT.search(masked, max(0, place - 20), place)
            if match is None or any(item.start <= match.start() < item.end for item in found):
                break
            value = number(match["number"])
            if value is None:
                break
            current = replace(
                current, start=match.start(), end=match.end(), value=value, relation=None, literal="", repaired=None
            )
            more.append(current)
            place = match.start()
    return sorted([*found, *more], key=lambda item: item.start)


@cache
def unit_pattern() -> re.Pattern[str]:
    """A unit standing alone, as in a table's unit column or in brackets behind a name."""
    return re.compile(rf"(?:十|百|千|万|百万|千万|亿)?(?:{_UNIT}){_PER}|万|亿")
