"""Numbers that always hold: distances, time limits, thresholds, fines, points taken off."""

import re
from collections.abc import Iterator
from dataclasses import replace

from guangcheng.standards.reader import names
from guangcheng.standards.reader.findings import RuleFinding
from guangcheng.standards.reader.indicators import Surround, surround
from guangcheng.standards.reader.numbers import Quantity, Relation, in_base_units
from guangcheng.standards.reader.reading import PENALTIES, STANDARDS, Reading

_FINE = re.compile(r"罚款|罚金|处(?:以)?违法所得|赔偿|违约金|滞纳金")
_LIMIT_WORDS = re.compile(
    r"完成|办结|答复|审批|受理|修复|恢复|抢修|通知|告知|报告|备案|整改|改正|装机|开通|安装|处理|"
    r"回复|决定|公示|出具|送达|派员|移交|公布|公开|提出|办理|到场|响应|书面|审核|提前"
)
_DISTANCE = re.compile(
    r"半径|距离|距|间距|净距|净高|高度|宽度|深度|埋深|两侧|外侧|周围|周边|范围|以内|之内|以外|间隔|"
    r"水平|垂直|不(?:得|应)?(?:小|少|低|大|高)于|水域|上下游|上游|下游|两岸|外延|各侧|内禁止|内不得|处"
)
_NOT_A_LIMIT = re.compile(r"^(?:版|度|代|份|人|内(?:建成|实现|力争))")
_DESIGN = re.compile(
    r"(?:管道|管孔|机房|设备间|预留|间距|电信间)(?:的)?(?:容量|面积|数量|孔数)?(?:应|均|"
    r"一般)?(?:不少于|不小于|不低于|至少)\s*$|(?:管道|管孔)(?:容量|数量)"
)
_NO_RULE = re.compile(r"(?:第|共|近|(?<!提)前|每|最近|过去|未来|连续)\s*$")


def rules(reading: Reading, original: str, *, statute: bool) -> Iterator[RuleFinding]:
    """The rules of one paragraph: in a statute or among standards every threshold, elsewhere what is clearly one."""
    standards = reading.in_section(STANDARDS)
    used = [
        item
        for item in reading.quantities
        if item.kind != "time"
        or item.unit != "年"
        or item.relation
        or _forbids(reading, item)
        or _valid_for(reading, item)
    ]
    for quantity in used:
        around = surround(reading, quantity, used)
        relation = _relation(reading, quantity, around, statute=statute, standards=standards)
        if relation is not None:
            yield _finding(reading, quantity, relation, around, original)


def is_rule_section(reading: Reading, *, statute: bool) -> bool:
    """Whether every threshold here is a rule and none a target."""
    return statute or reading.in_section(STANDARDS)


def _valid_for(reading: Reading, quantity: Quantity) -> bool:
    return re.search(r"有效期(?:限)?[为是]?\s*$", reading.text[max(0, quantity.start - 6) : quantity.start]) is not None


def _forbids(reading: Reading, quantity: Quantity) -> bool:
    return (
        re.match(r"内?不得|内?禁止|内?取消|内?不(?:予|再)", reading.text[quantity.end : quantity.end + 4]) is not None
    )


def _relation(
    reading: Reading, quantity: Quantity, around: Surround, *, statute: bool, standards: bool
) -> Relation | None:
    """The relation of a rule, or ``None`` when the quantity is none."""
    kind = quantity.kind
    if kind in ("money", "share") and _is_grant(reading, quantity, around):
        return quantity.relation or ("<=" if re.search("最[高多]", around.left[-8:]) else "=")
    if kind == "money":
        return _money(reading, quantity)
    if kind == "times":
        return quantity.relation or ("=" if statute else None) if _FINE.search(_sentence(reading, quantity)) else None
    if kind == "score":
        return _score(quantity, around)
    if kind == "time":
        return _time(reading, quantity, around, statute=statute or standards)
    if kind == "length":
        return _length(quantity, around, statute=statute or standards)
    if statute or standards:
        return _threshold(quantity, around, standards=standards)
    if (
        kind in ("count", "area")
        and _DESIGN.search(around.left)
        and quantity.relation
        and reading.governing(quantity.start) is None
    ):
        return quantity.relation
    return _criterion(reading, quantity)


_GRANT = re.compile(r"补助|补贴|奖励|奖补|资助|贴息")


def _is_grant(reading: Reading, quantity: Quantity, around: Surround) -> bool:
    """按投资额的30%给予补助，单个项目最高不超过20万元: what is paid, and its ceiling."""
    if re.match(
        r"(?:以内)?的?(?:标准)?(?:给予|予以|进行)?[^，。;]{0,6}(?:补助|补贴|奖励|奖补|资助|贴息)", around.right
    ):
        return True
    capped = re.search(r"最[高多]|不超过|每[^，。]{0,6}$|单个|给予", around.left[-14:]) is not None
    return quantity.kind == "money" and capped and _GRANT.search(_sentence(reading, quantity)) is not None


def _sentence(reading: Reading, quantity: Quantity) -> str:
    start, end = reading.sentence(quantity.start, quantity.end)
    return reading.text[start:end]


def _money(reading: Reading, quantity: Quantity) -> Relation | None:
    if _FINE.search(reading.text[quantity.end : quantity.end + 14]) or _FINE.search(
        reading.text[max(0, quantity.start - 12) : quantity.start]
    ):
        return quantity.relation or "="
    if re.match(
        r"(?:以内)?的?(?:[\u4e00-\u9fff]{0,4})(?:补助|补贴|奖励|奖补|资助)",
        reading.text[quantity.end : quantity.end + 10],
    ):
        return quantity.relation or "="
    if reading.in_section(PENALTIES) and re.search(r"补助|补贴|奖励|奖补|资助", _sentence(reading, quantity)):
        return quantity.relation or "="
    return None


def _score(quantity: Quantity, around: Surround) -> Relation | None:
    if re.match(r"之|钟|别|公司|局|析|类|级|步|期|析|布|散", around.right):
        return None
    words = around.left[-14:]
    if re.search(r"[扣减加得计]|满分|低于|不足|以[上下]", words + around.right[:4]) is None:
        return None
    if re.search(r"最[多高]", words):
        return "<="
    return quantity.relation or "="


def _time(reading: Reading, quantity: Quantity, around: Surround, *, statute: bool) -> Relation | None:
    right = reading.text[quantity.end : quantity.end + 6]
    left = around.left
    if _NO_RULE.search(left[-3:]) or (_NOT_A_LIMIT.match(right) and not statute):
        return None
    if _forbids(reading, quantity):
        return ">="
    if _valid_for(reading, quantity):
        return "="
    words = left + around.right
    certain = (
        statute
        or quantity.unit in ("工作日", "小时", "分钟")
        or (quantity.kind == "time" and _LIMIT_WORDS.search(words) is not None)
    )
    if quantity.unit in ("年", "月") and not statute:
        certain = certain and re.search(r"办结|答复|审批|整改|修复|受理|有效期|质保|保修|办理", words) is not None
    if not certain:
        return None
    if re.search(r"提前\s*$", left) or re.match(r"前|之前|以前", right):
        return ">="
    if quantity.relation is not None:
        return quantity.relation
    if re.search(r"(?:(?:压减|压缩|缩短|缩减|减少|控制)(?:至|到|在|为)|延长)\s*$", left):
        return "<="
    if re.search(r"(?:有效期|期限|时限|周期|期)[为是]?\s*$", left):
        return "="
    return (
        "<="
        if re.match(r"内|之内|以内|完成|办结", right)
        else ("=" if statute and re.search("每", left[-4:]) else None)
    )


def _length(quantity: Quantity, around: Surround, *, statute: bool) -> Relation | None:
    context = around.left[-20:] + around.right[:12]
    if quantity.unit not in ("米", "公里", "厘米", "毫米", "海里") or not (statute or _DISTANCE.search(context)):
        return None
    if re.search(r"建设|新建|铺设|敷设|改造|新增|光缆(?:长度|里程)|达到|总里程", around.left) and not statute:
        return None
    if quantity.relation is not None:
        return quantity.relation
    if re.search(r"(?:缩小|缩短|减少|降低)(?:到|至|为)\s*$", around.left):
        return ">="
    return "<=" if _DISTANCE.search(context) else ("=" if statute else None)


def _threshold(quantity: Quantity, around: Surround, *, standards: bool) -> Relation | None:
    if quantity.kind == "share":
        return quantity.relation or ("=" if standards or quantity.unit == "%" else None)
    if quantity.relation is None and re.search(r"(?:至少|不少于)[^，。]{0,6}$", around.left):
        return ">="
    if quantity.chinese and quantity.relation is None:
        return None
    if quantity.relation is not None:
        return quantity.relation
    return "=" if standards and (names.VALUE_VERB.search(around.left) or names.METRIC.search(around.left)) else None


def _criterion(reading: Reading, quantity: Quantity) -> Relation | None:
    """(常住户20户以上的自然村，下同): what counts as one, said in brackets."""
    inside = reading.levels[quantity.start] > 0
    behind = reading.text[quantity.end : quantity.end + 1]
    if inside and quantity.kind == "count" and quantity.relation is not None and behind == "的":
        return quantity.relation
    return None


def _finding(reading: Reading, quantity: Quantity, relation: Relation, around: Surround, original: str) -> RuleFinding:
    value, unit = in_base_units(quantity)
    if quantity.literal.endswith("以下") and relation == "<=" and quantity.kind == "money":
        relation = "<="
    named = [name for _, mark, name in reading.clause.marks if name and not mark.startswith("第")]
    title = next((name for name in reversed(named) if len(name) <= 16), "")
    subject = names.tidy(names.strip_lead(names.strip_tail(around.left)))
    behind = names.tidy(names.without_brackets(around.right))
    name = (subject + behind) or names.tidy(_sentence(reading, quantity))
    flags = (
        ("repaired_percent",)
        if quantity.repaired == "percent_sign"
        else ("repaired_point",)
        if quantity.repaired
        else ()
    )
    sentence = reading.sentence(quantity.start, quantity.end)
    span = reading.stretch.span(around.start, max(around.end, quantity.end))
    place = reading.place(quantity.start, quantity.end, sentence, original)
    return RuleFinding(
        rule=f"{title}：{name}" if title and title not in name else name,
        value=value,
        unit=unit,
        comparator=relation,
        place=replace(
            place, evidence=original[span.start : span.end].strip(" ，。；;、:：\n　（）()") or place.evidence
        ),
        flags=flags,
    )
