"""Indicators in prose: 固定宽带用户达到50万户, 80%以上家庭具备…, 建成4个以上…, A、B分别达到x、y."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guangcheng.standards.reader import names
from guangcheng.standards.reader.dates import DateMention
from guangcheng.standards.reader.findings import IndicatorFinding
from guangcheng.standards.reader.numbers import Quantity, Relation
from guangcheng.standards.reader.reading import BACKGROUND, STOPS, Reading

_LOOK = 160
_QUALIFIER = re.compile(r"力争|争取|努力|估算|预计|原则上")
_SPREAD = re.compile(r"(?:分别|依次|各自|相应)(?:[^，。;:]{0,12})$")
_FROM = re.compile(r"(?:由|从)(?:目前的|现在的|20\d\d年的)?\s*$")
_GROW = re.compile(r"^\s*(?:增加|提高|提升|增长|扩大|上升|发展|降低|下降|压缩|缩短|拓展)?(?:到|至)")
_HEADED = re.compile(
    r"(?P<metric>[\u4e00-\u9fffA-Za-z0-9]{1,16}?(?:率|占比|比例|比重|能力|速率))(?:均|都)?(?:应|"
    r"应当|要)?(?P<words>不低于|不少于|达到|超过|不超过)(?:以下|下列)?(?:水平|目标|标准|要求)?\s*:\s*$"
)
_NOT_COUNTED = re.compile(
    r"(?:指定|每|第|共有|设|下设|抽调|包括|分为|以|用|这|上述|前款|以下|下列|有|的|为|其中|按|等)\s*$"
)
_PERSONAL = re.compile(
    r"^(?:联络员|负责人|专人|工作人员|分管|组长|成员|牵头|方面|层面|阶段|环节|方向|重点(?:任务|"
    r"方面)|角度|原则|体系建设|维度|转变|确保|坚持|统一|结合|同步|即)"
)
_DO_WITH_NUMBER = re.compile(names.DO)


@dataclass(frozen=True, slots=True)
class Surround:
    """The words left and right of a quantity within its clause, brackets left out."""

    left: str
    right: str
    start: int
    """Where the left words begin in the paragraph."""
    end: int


def prose_indicators(reading: Reading, original: str, mention: str = "prose") -> list[IndicatorFinding]:
    """All indicators of one paragraph: targets, and baselines where the text tells what is."""
    background = reading.in_section(BACKGROUND)
    used = [item for item in reading.quantities if _counts(item)]
    used = [item for item in used if not _is_modifier(reading, item, used)]
    found: list[IndicatorFinding] = []
    groups = _groups(reading, used)
    for group in groups:
        found.extend(_read_group(reading, group, used, original))
    found.extend(_all_of_them(reading, used, original))
    found.sort(key=lambda item: item.place.span)
    if background:
        found = [replace(item, role="baseline") for item in found]
    return [replace(item, mention="table") for item in found] if mention == "table" else found


_LIST_GLUE = r"(?:\([^()]*\))?\s*[、，和与及]*(?:以及|达到|不低于|不少于|超过)?\s*[、，]?\s*"


def _counts(quantity: Quantity) -> bool:
    if quantity.kind in ("time", "score"):
        return quantity.unit in ("毫秒",)
    if quantity.unit in ("米", "厘米", "毫米"):
        return False
    return not (quantity.chinese and quantity.kind in ("count", "times") and not _sure(quantity))


def _sure(quantity: Quantity) -> bool:
    value = quantity.value[0] if isinstance(quantity.value, tuple) else quantity.value
    return quantity.relation is not None or value >= 10


def surround(reading: Reading, quantity: Quantity, used: list[Quantity]) -> Surround:
    """The clause around ``quantity``: to the next stop, bracket of its own, or neighbouring quantity of a list."""
    text, level = reading.text, reading.levels[quantity.start]
    floor = max([item.end for item in used if item.end <= quantity.start], default=0)
    floor = max(floor, reading.body if quantity.start >= reading.body else 0)
    left: list[str] = []
    place = quantity.start - 1
    while place >= max(floor, quantity.start - _LOOK):
        char = text[place]
        if reading.levels[place] == level and char not in "()":
            if char in STOPS and not (char == ":" and not "".join(left).strip("≥≤><= ")):
                break
            if char == "、" and floor and text[floor:place].strip() == "":
                break
            if not reading.dated[place]:
                left.append(char)
        elif char == "(" and reading.levels[place] < level:
            break
        place -= 1
    right, end = _right(reading, quantity, used, level)
    return Surround("".join(reversed(left)), right, place + 1, end)


def _right(reading: Reading, quantity: Quantity, used: list[Quantity], level: int) -> tuple[str, int]:
    text = reading.text
    nexts = [item.start for item in used if item.start >= quantity.end and reading.levels[item.start] <= level]
    ceiling = min([*nexts, len(text), quantity.end + _LOOK])
    right: list[str] = []
    place = quantity.end
    while place < ceiling:
        char = text[place]
        if reading.levels[place] < level or (char == ")" and reading.levels[place] == level - 1):
            break
        if reading.levels[place] == level and char not in "()":
            if char in STOPS or (
                char == "、" and (place + 1 == ceiling or any(item.start == place + 1 for item in reading.dates))
            ):
                break
            right.append(char)
        place += 1
    return "".join(right), place


def _is_modifier(reading: Reading, quantity: Quantity, used: list[Quantity]) -> bool:
    """500Mbps及以上用户占比, 100Mbps光纤接入能力, 20户以上自然村…率: a quantity that only describes."""
    text = reading.text
    around = surround(reading, quantity, [])
    verb = names.VALUE_VERB.search(around.left) is not None
    behind = names.without_brackets(around.right).strip()
    if quantity.kind == "rate":
        if _FROM.search(around.left) and _GROW.match(behind):
            return False
        if _is_ability(quantity, around, behind, used):
            return False
        if re.match(r"的?[\u4e00-\u9fffA-Za-z]", behind) and not re.match(r"(?:和|及|或|以|，)\d", behind):
            return not (quantity.relation and verb and re.match(r"的?(?:水平|能力|带宽)$", behind))
        earlier = [item for item in used if item.kind == "share" and around.start <= item.start < quantity.start]
        if any(not re.search("[，;。]", text[item.end : quantity.start]) for item in earlier):
            return True
        if any(
            re.fullmatch(_LIST_GLUE, text[item.end : quantity.start]) for item in used if item.end <= quantity.start
        ):
            return False
        if quantity.bare:
            return not verb
        return not verb and not re.search(r"(?:扩容|能力|速率|带宽|网速)\s*$", around.left)
    if quantity.kind == "count" and not _DO_WITH_NUMBER.search(around.left[-12:]):
        later = [item for item in used if quantity.end <= item.start < around.end and item.kind == "share"]
        between = text[quantity.end : later[0].start] if later else ""
        return bool(later) and re.search("[，;。、]", between) is None and names.VALUE_VERB.search(between) is not None
    return False


def _is_ability(quantity: Quantity, around: Surround, behind: str, used: list[Quantity]) -> bool:
    """城市家庭具备20Mbps以上接入能力 sets a rate, unless a share of the households does (80%以上家庭具备…)."""
    if quantity.relation is None or re.search(r"(?:具备|提供|实现)\s*$", around.left) is None:
        return False
    others = [item for item in used if item is not quantity and around.start <= item.start < around.end]
    return re.fullmatch(r"的?[\u4e00-\u9fff]{0,6}(?:能力|水平)", behind) is not None and not others


def _groups(reading: Reading, used: list[Quantity]) -> Iterator[list[Quantity]]:
    """Quantities that share a 分别 stand together, each other one alone."""
    place = 0
    while place < len(used):
        around = surround(reading, used[place], used)
        group = [used[place]]
        if _SPREAD.search(around.left):
            for later in used[place + 1 :]:
                between = reading.text[group[-1].end : later.start]
                if later.kind != group[0].kind or not re.fullmatch(_LIST_GLUE, between):
                    break
                group.append(later)
        yield group
        place += len(group)


def _read_group(
    reading: Reading, group: list[Quantity], used: list[Quantity], original: str
) -> Iterator[IndicatorFinding]:
    around = surround(reading, group[0], used)
    if len(group) == 1:
        found = _single(reading, group[0], around, used, original)
        if found is not None:
            yield found
        return
    stem = names.strip_lead(names.strip_tail(re.sub(r"(?:分别|依次|各自|相应).*$", "", around.left)))
    shared = names.shared_names(stem, len(group))
    for place, quantity in enumerate(group):
        name = shared[place] if shared else stem
        relation = quantity.relation or (
            group[0].relation if group[0].literal in ("不低于", "超过", "不少于", "突破") else None
        )
        flags = () if shared else ("shared_name", "weak")
        yield _finding(reading, quantity, name, relation, (around.start, group[-1].end), original, flags)


def _single(
    reading: Reading, quantity: Quantity, around: Surround, used: list[Quantity], original: str
) -> IndicatorFinding | None:
    left, right = around.left, names.without_brackets(around.right).strip()
    headed = _heading_metric(reading, quantity, around)
    relation = quantity.relation or _far_relation(left)
    if headed is not None:
        name, words = headed
        return _finding(reading, quantity, name, relation or words, (around.start, around.end), original, ())
    grown = _grown_from(reading, quantity, left, used)
    if grown is not None:
        return _finding(reading, quantity, grown, relation, (around.start, around.end), original, ())
    if _FROM.search(left) and _GROW.match(around.right):
        name = names.tidy(names.strip_lead(_FROM.sub("", left)))
        return replace(
            _finding(reading, quantity, name, relation, (around.start, around.end), original, ()),
            role="baseline",
            date=None,
        )
    named, flags = _named(reading, quantity, left, right, around, used)
    if named is None:
        return None
    end = around.end if right else quantity.end
    return _finding(reading, quantity, named, relation, (around.start, end), original, flags)


def _grown_from(reading: Reading, quantity: Quantity, left: str, used: list[Quantity]) -> str | None:
    """由16个增加到30个: the second number bears the name that stands before the first."""
    if (
        _GROW.fullmatch(left) is None
        and re.fullmatch(r"\s*(?:增加|提高|提升|增长|扩大|上升|发展|降低|下降|压缩|缩短|拓展)?(?:到|至)\s*", left)
        is None
    ):
        return None
    earlier = [item for item in used if item.end <= quantity.start]
    before = surround(reading, earlier[-1], used).left if earlier else ""
    name = names.tidy(names.strip_lead(_FROM.sub("", before)))
    return name if _FROM.search(before) and len(name) >= 2 else None


def _far_relation(left: str) -> Relation | None:
    if re.search(r"至少|最少|不少于|不低于", left):
        return ">="
    return None


def _heading_metric(reading: Reading, quantity: Quantity, around: Surround) -> tuple[str, Relation | None] | None:
    """共享率均应不低于以下水平:杆路70%、管道45%: the metric stands before the colon, what it is of in the list."""
    start = reading.sentence(quantity.start, quantity.end)[0]
    colon = reading.text.rfind(":", start, quantity.start)
    if colon < 0:
        return None
    match = _HEADED.search(reading.text[start : colon + 1])
    item = names.strip_lead(names.strip_tail(around.left.rpartition(":")[2].strip("、 ")))
    if match is None or not item or names.SHARE.search(item):
        return None
    words: dict[str, Relation] = {"不低于": ">=", "不少于": ">=", "超过": ">", "不超过": "<="}
    return item + match["metric"], words.get(match["words"])


def _named(
    reading: Reading, quantity: Quantity, left: str, right: str, around: Surround, used: list[Quantity]
) -> tuple[str | None, tuple[str, ...]]:
    """The name, or ``None`` when the quantity counts nothing a plan sets."""
    left = names.without_brackets(left)
    behind = re.sub(r"^(?:的|左右|上下|、)+", "", right)
    verb = names.VALUE_VERB.search(left) is not None
    do = names.DO_TAIL.search(left)
    stem = names.strip_lead(names.strip_tail(left))
    if quantity.kind == "share" or quantity.unit == "‰":
        return _share_name(left, stem, behind, verb=verb)
    if quantity.kind == "rate":
        if behind.endswith(("能力", "水平")):
            return re.sub(r"(?:基本|全部|普遍)?(?:具备|提供|实现)$", "", stem) + behind, ()
        return (stem, ()) if len(stem) >= 2 else (_from_before(reading, around, left), ("name_short",))
    if quantity.kind == "count" or quantity.kind in ("length", "area", "times"):
        return _count_name(reading, quantity, around, left, stem, behind, do, verb=verb, used=used)
    if quantity.kind == "money":
        fund = re.match(r"的?(?P<what>[\u4e00-\u9fff]{0,8}?(?:资金|基金|投资|经费))", behind)
        if fund is not None:
            return fund["what"], ()
        spent = re.match(r"用于(?P<what>[\u4e00-\u9fff]{2,16})", behind)
        if spent is not None:
            return spent["what"] + "资金", ()
        if not (verb or names.METRIC.search(stem) or do):
            return None, ()
        return (stem if len(stem) >= 2 else _from_before(reading, around, left)), ()
    return (stem, ("weak",)) if verb and len(stem) >= 2 else (None, ())


def _share_name(left: str, stem: str, behind: str, *, verb: bool) -> tuple[str | None, tuple[str, ...]]:
    change = names.CHANGE.search(left)
    if change is not None and not names.SHARE.search(stem):
        name = names.strip_lead(left)
        return (name, ("relative_change",)) if len(name) >= 4 else (None, ())
    if not behind or (names.SHARE.search(stem) and (verb or not re.match(r"[\u4e00-\u9fffA-Za-z“]", behind))):
        return (stem, () if len(stem) > 3 else ("name_short",)) if len(stem) >= 2 else (None, ())
    subject = stem.rpartition("、")[2] if "、" in stem and len(stem) > 12 else stem
    subject = re.sub(r"^.*等(?=[\u4e00-\u9fff]{2,})", "", subject)
    whole = ("" if _only_scope(subject) else subject) + behind
    if len(whole) < 2:
        return None, ()
    return whole + ("" if names.SHARE.search(whole) else "比例"), ()


def _only_scope(text: str) -> bool:
    match = names.SCOPE.match(text)
    return match is not None and match.end() == len(text)


def _count_name(
    reading: Reading,
    quantity: Quantity,
    around: Surround,
    left: str,
    stem: str,
    behind: str,
    do: re.Match[str] | None,
    *,
    verb: bool,
    used: list[Quantity],
) -> tuple[str | None, tuple[str, ...]]:
    if (_NOT_COUNTED.search(left) and not verb and do is None) or _PERSONAL.match(behind):
        return None, ()
    if quantity.kind == "length" and not (do or verb or re.search("里程|长度", stem)):
        return None, ()
    dated = reading.governing(quantity.start) is not None
    if behind and not (verb and do is None and len(stem) >= 2 and names.METRIC.search(stem)):
        return _behind_name(reading, quantity, left, behind, do, dated=dated, used=used)
    if (
        verb
        or (names.METRIC.search(stem) and dated)
        or (do is None and len(stem) >= 3 and (dated or quantity.relation))
    ):
        return (stem, ()) if len(stem) >= 2 else (None, ())
    if do is not None:
        return _done_name(reading, around, left, do)
    return (stem, ("weak",)) if len(stem) >= 3 else (None, ())


_VAGUE_OBJECT = re.compile(r"(?:完成|实现)?(?:改造|建设|任务|目标|升级|扩容|新增|新建)")


def _done_name(reading: Reading, around: Surround, left: str, do: re.Match[str]) -> tuple[str | None, tuple[str, ...]]:
    """培育5G示范项目50个 has its name; 完成改造3000个 takes it from the clause before."""
    name = names.strip_lead(left[: do.start()]) + do["verb"]
    if _VAGUE_OBJECT.fullmatch(name):
        return _from_before(reading, around, left), ("name_short",)
    return (name, ()) if len(name) >= 2 else (None, ())


def _behind_name(
    reading: Reading,
    quantity: Quantity,
    left: str,
    behind: str,
    do: re.Match[str] | None,
    *,
    dated: bool,
    used: list[Quantity],
) -> tuple[str | None, tuple[str, ...]]:
    listed = any(
        item.end <= quantity.start
        and reading.text[item.end : quantity.start].count("、")
        and not re.search("[。;]", reading.text[item.end : quantity.start])
        for item in used
    )
    if re.search("每万人", left):
        person = re.search(r"每万人[^，。]{0,4}$", left)
        return ((person[0] if person else "每万人拥有") + behind), ()
    goal = do is not None or quantity.relation is not None or dated or listed or _abroad(left)
    if not goal or len(behind) < 2:
        return None, ()
    behind = re.sub(
        r"(?<=[\u4e00-\u9fff]{2})(?:中|等)(?:的|涉及|包含)[^、]*.*$|、[^、]*等[\u4e00-\u9fff]{6,}$", "", behind
    )
    return behind, () if do is not None or dated else ("weak",)


def _abroad(left: str) -> bool:
    return re.search(r"(?:建立与|覆盖|联通|连通|直达|通达|推动)[\u4e00-\u9fff]{0,4}$", left) is not None


_LED_BY = re.compile(
    rf"^(?:大幅|积极|持续|大力|全面|深入|扎实|稳步|有序|进一步|加快|推进|推动|增加|提升|优化|扩大|"
    rf"加大|加强|改善|统筹|{names.DO})+"
)


def _from_before(reading: Reading, around: Surround, left: str) -> str | None:
    """2015年扩容600Gbps: the object of the clause before and this verb."""
    verb = names.tidy(names.strip_tail(left)) or "".join(re.findall(r"[\u4e00-\u9fff]+", left))
    start = max(reading.text.rfind(mark, 0, max(around.start - 1, 0)) for mark in STOPS) + 1
    before = names.without_brackets(reading.text[start : max(around.start - 1, start)])
    object_ = _LED_BY.sub("", before)
    if not 2 <= len(object_) <= 16:
        object_ = ""
    name = object_ if object_ and object_[-2:] == verb[-2:] else object_ + verb
    return name if len(name) >= 2 else None


def _finding(
    reading: Reading,
    quantity: Quantity,
    name: str,
    relation: Relation | None,
    around: tuple[int, int],
    original: str,
    flags: tuple[str, ...],
) -> IndicatorFinding:
    mention = _date_behind(reading, quantity) or reading.governing(quantity.start)
    label = reading.label_of(mention)
    clause_text = reading.text[around[0] : quantity.end]
    baseline = reading.is_baseline(quantity.start)
    scope, bare = names.scope_of(names.tidy(name))
    sentence = reading.sentence(quantity.start, quantity.end)
    marks = list(flags)
    marks += (
        [f"repaired_{quantity.repaired.split('_')[-1]}" if quantity.repaired != "percent_sign" else "repaired_percent"]
        if quantity.repaired
        else []
    )
    marks += ["approximate"] if quantity.approximate else []
    marks += ["in_aside"] if reading.levels[quantity.start] else []
    marks += _date_flags(mention, label, reading)
    start, end = _trimmed(reading.text, around[0], around[1])
    qualifier = _QUALIFIER.search(reading.text[sentence[0] : quantity.start]) if clause_text else None
    unit = quantity.unit
    if unit in ("个", "座") and re.search("每万人", bare):
        unit += "/万人"
    place = reading.place(quantity.start, quantity.end, sentence, original)
    span = reading.stretch.span(start, end)
    return IndicatorFinding(
        name=_shown_name(bare),
        value=quantity.value,
        unit=unit,
        comparator=relation or "=",
        date=label,
        relation=mention.relation if mention else "at",
        date_text=mention.literal if mention else "",
        scope=scope,
        qualifier=qualifier[0] if qualifier else ("约" if quantity.approximate else None),
        mention="prose",
        place=replace(place, evidence=original[span.start : span.end].strip() or place.evidence),
        flags=tuple(dict.fromkeys(marks)),
        date_inferred=reading.possible_date if label is None else None,
        role="baseline" if baseline else "target",
    )


def _shown_name(name: str) -> str:
    shown = names.tidy(name)
    return shown if shown.count("“") == shown.count("”") else shown.replace("“", "").replace("”", "")


def _date_flags(mention: DateMention | None, label: str | None, reading: Reading) -> list[str]:
    if label is None:
        return ["date_inferred"] if reading.possible_date else ["no_date"]
    if mention is None:
        return []
    return (["repaired_hyphen"] if mention.repaired else []) + (["year_inferred"] if mention.inferred else [])


def _date_behind(reading: Reading, quantity: Quantity) -> DateMention | None:
    """达到80%(2015年底前): the date in brackets right behind the value."""
    return next(
        (
            item
            for item in reading.dates
            if reading.text[quantity.end : item.start] == "(" and item.start > quantity.end
        ),
        None,
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in "，。;: 、":
        start += 1
    return start, end


_ALL = re.compile(
    r"所有(?P<what>[\u4e00-\u9fff]{2,12}?)(?:全部|均|都)?(?P<do>建成|实现|达到|完成|通|"
    r"具备)(?P<to>[“”\u4e00-\u9fffA-Za-z0-9]{2,24})"
)


def _all_of_them(reading: Reading, used: list[Quantity], original: str) -> Iterator[IndicatorFinding]:
    """所有自然村建成…: 100 %, only by a date; told as read from words (kept when a series has numbers)."""
    for match in _ALL.finditer(reading.text, reading.body):
        start, end = reading.sentence(match.start(), match.end(), STOPS)
        if any(start <= item.start < end for item in used) or reading.governing(match.start()) is None:
            continue
        quantity = Quantity(match.start(), match.end(), 100, "%", "share", None, "", chinese=False)
        name = f"{match['what']}{match['do']}{match['to']}比例"
        found = _finding(reading, quantity, name, "=", (start, end), original, ("from_words",))
        yield replace(found, role="qualitative", qualifier="原文为“所有”", text=reading.text[start:end].strip())
