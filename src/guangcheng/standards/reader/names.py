"""The name of what a quantity measures, from the words before and behind it."""

import re

METRIC = re.compile(
    r"(?:率|占比|比例|比重|比|数|数量|总数|总量|量|规模|能力|带宽|速率|网速|水平|收入|产值|增加值|"
    r"投资|投资额|额|面积|里程|长度|密度|时延|延时|"
    r"指数|强度|能效|PUE|容量|覆盖|用户|基站|人口|网民|家庭|户数|人数|人次|算力|机架|端口|终端|站址|"
    r"站点|项目|企业|案例|车间|园区|平台|公里|系数|抖动|年限|次数)$"
)
SHARE = re.compile(r"(?:率|占比|比例|比重|水平|系数|PUE|指数|份额|满意度|程度|覆盖面|比)$")
_VERBS = (
    "达到|达至|达成|达|扩容至|扩容到|提高到|提高至|提升到|提升至|增加到|增加至|增长到|增长至|增至|增到|升至|上升到|上升至|扩大到|扩大至|扩展到|发展到|拓展到|突破|超过|高于|大于|多于|"
    "不低于|不得低于|不少于|不得少于|不小于|不应小于|不应低于|不应少于|不超过|不得超过|不高于|不大于|不多于|不得高于|低于|少于|小于|不足|逾|降至|降到|降低到|降低至|下降到|下降至|压缩到|压缩至|缩短到|缩短至|"
    "控制在|保持在|稳定在|维持在|保持|到|至|为|是|实现|约为|约|近|力争|争取|确保|均|都|应当|应|要|将|能|可|需|须|分别|各|累计达|累计达到|总计|共计|合计|至少|最少|最低|最高|最多|比例为|[:：]|在"
)
TAIL_VERB = re.compile(rf"(?:{_VERBS})\s*$")
VALUE_VERB = re.compile(
    r"(?:达到?|达至|(?:提高|提升|增加|增长|扩容|升|上升|扩大|扩展|发展|拓展|降|降低|下降|压缩|缩短|"
    r"缩减)(?:到|至)|增至|增到|突破|超过|高于|大于|不[得应]?(?:低|少|小|高|大|多)于|不[得应]?超过|"
    r"低于|少于|控制在|保持在|稳定在|维持在|至少|为|到|逾|约|[≥≤><])\s*$"
)
_LEAD = re.compile(
    r"^(?:其中|并且|并|且|同时|同期|力争|争取|确保|努力|力求|目标是|目标|到期|预计|计划|估算|初步|"
    r"实现|推动|推进|使得|使|把|将|让|保证|保障|基本|全面|加快|进一步|"
    r"逐步|不断|大力|积极|持续|稳步|有序|因此|以及|及|和|与|的|前|底|末|内|到|至|在|于|应当|应|要|"
    r"须|需|可|能|均|用|促进|带动|有效|有力|再|新区|总体|年均|年|每年|、|，|—|各类|拥有|共|"
    r"“十[一二三四五六]五”(?:期间|期末|末)?|十[一二三四五六]五(?:期间|期末|末))"
)
SCOPE = re.compile(
    r"^(?:全[市区县省国州乡镇]|我[市区县省国州]|本[市区县省]|全域|各[市区县省州街镇乡道]{1,4}|"
    r"每个?[乡镇街道县区市村]{1,3}|所有|全部|市域|县域|辖区内?|区域内|城乡)(?:的|内)?"
)
DO = (
    "建成|新建|建设|改造|新增|打造|培育|培养|引进和培养|引进|引育|形成|完成|发掘|挖掘|推出|建立|创建|部署|开通|覆盖|布局|实施|落地|遴选|开展|发展|认定|评选|推广|布设|安装|"
    "敷设|铺设|投放|设立|组建|集聚|聚集|吸引|孵化|支持|扶持|争创|创成|选树|树立|征集|推进|实现|拓展|突破|扩容|升级|拆除|整治|公布|开放|制定|发布|编制|举办|培训|吸纳|拥有|配备|设置|搭建|接入|连接|建|达成|达到|超过|改建|扩建|储备|招引|策划|谋划|整合|共享|替换|更换|修复|申报|入选"
)
DO_TAIL = re.compile(
    rf"(?P<verb>(?:累计|计划|力争|争取|确保|全部|共|再|各|年均|每年|新|至少|重点|分批|陆续|基本|"
    rf"全面)*(?:{DO})(?:和(?:{DO}))?(?:了|起)?)(?:不少于|不低于|至少|超过|约|近|到|达到|达)?\s*$"
)
_JUNK = re.compile(r"[“”\"'\s　《》「」]|\x01")
CHANGE = re.compile(r"(?:增长|提高|提升|下降|降低|增加|减少|缩短|压缩|上升|下调|上浮|翻)\s*$")


def normal(text: str) -> str:
    """A name for comparing: no blanks, quotes or brackets' marks, small letters."""
    return re.sub(r"[“”\"'\s　《》「」()（）、，,。·\-—_/]", "", text).lower()


def without_brackets(text: str) -> str:
    """``text`` without what stands in brackets."""
    return re.sub(r"\([^()]*\)?", "", text)


def strip_lead(text: str) -> str:
    """Without the words that lead up to a name (力争, 其中, 实现); never to nothing."""
    text = text.strip()
    while True:
        match = _LEAD.match(text)
        if match is None or len(text) - match.end() < 2:
            return text
        text = text[match.end() :].strip()


def strip_tail(text: str) -> str:
    """Without the verbs between a name and its value (达到, 提高至, 不低于)."""
    text = text.strip()
    while True:
        match = TAIL_VERB.search(text)
        if match is None or match.start() == 0:
            return text.strip(" 、，")
        text = text[: match.start()].strip()


def tidy(text: str) -> str:
    """A name as it is shown."""
    return re.sub(r"\s+", " ", without_brackets(text)).strip(" 、，:的\x01")


def scope_of(text: str) -> tuple[str | None, str]:
    """(scope, rest): 全市行政村通光纤率 is 行政村通光纤率 of 全市."""
    match = SCOPE.match(text)
    if match is None or len(text) - match.end() < 2:
        return None, text
    return match[0].rstrip("的内"), text[match.end() :]


_PART = re.compile(r"[、]|和|与|以及|及")


def shared_names(text: str, count: int) -> list[str] | None:
    """The ``count`` names in 城市和农村家庭宽带接入能力: what the last has behind its own beginning belongs to all."""
    for pattern in (re.compile(r"[、]|以及|及(?!以上)|和|与"), re.compile(r"、|和"), re.compile("、")):
        parts = [part.strip() for part in pattern.split(text) if part.strip()]
        if len(parts) == count:
            return _with_common_end(parts)
    return None


def _with_common_end(parts: list[str]) -> list[str]:
    last = parts[-1]
    done: list[str] = []
    for part in parts[:-1]:
        if (METRIC.search(part) and SHARE.search(part) is not None) or len(part) >= len(last):
            done.append(part)
        elif len({len(item) for item in parts[:-1]}) == 1 and not METRIC.search(part):
            done.append(part + last[len(part) :])
        else:
            end = re.search(r"(?:[\u4e00-\u9fff]{0,4}(?:覆盖率|普及率|占比|比例|能力|速率|率)|用户数|数量|数)$", last)
            done.append(part if METRIC.search(part) else part + (end[0] if end else ""))
    return [*done, last]
