"""Tasks in prose: (牵头单位:…), (A、B等负责), 由A牵头,会同B, X部门要…, X应当…."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from guangcheng.standards.reader.bodies import bodies_of, is_body, split_bodies
from guangcheng.standards.reader.findings import Head, TaskFinding
from guangcheng.standards.reader.layout import Paragraph
from guangcheng.standards.reader.reading import STANDARDS, Reading, cut_sentences
from guangcheng.standards.reader.tables import Who, labelled, read_deadline, short

MAX_EVIDENCE = 60
"""Longer sentences are shown by their first clauses; the sentence's span is kept whole."""
_ASIDE = re.compile(r"\((?P<body>[^()]*(?:\([^()]*\)[^()]*)*)\)")
_AGENT = re.compile(
    r"(?:负责|牵头|配合|参与|协同|按职责分工负责|分别负责|"
    r"组织实施)(?:，列第一位者为牵头部门)?(?:，下同)?(?:落实|实施)?$"
)
_LEADS = re.compile(r"(?P<who>[^，;]+?)(?:共同)?(?:牵头|主办)(?:负责)?")
_HELPS = re.compile(r"[，;]?(?P<who>[^，;]+(?:[，、][^，;]+)*?)(?:等)?(?:协作|协同|共同|积极)?(?:配合|参与|协办)")
_MODAL = re.compile(r"(?P<modal>不得|应当|应该|应|必须|须|要|负责(?!人)|牵头|主抓|原则上不再|不再|将|会同)")
_TRAILING_DATE = re.compile(r"(?:20\d\d年[\d月日底末内前年上下半]*|每(?:年|月|季度|半年)|[于在]$)+$")
_GENERIC_ACT = re.compile(
    r"^(?:进一步|切实|充分|积极|全力|主动|继续|认真|要|必须|应|也|严格)*(?:高度重视|提高(?:政治站位|"
    r"认识|思想认识|站位)|充分认识|统一思想|加强(?:组织领导|领导|沟通协调|协调配合|"
    r"与[^，]{0,16}(?:沟通|衔接|协调)|自律|协作|统筹协调|宣传|监督检查|沟通)|"
    r"密切配合|通力(?:合作|协作)|各司其职|认真(?:贯彻|落实|组织)|贯彻落实|落实(?:责任|主体责任|"
    r"好国家政策)|明确(?:责任|目标|分工|[^，]{0,8}负责(?:机构|人))|加大(?:宣传|推广|投入|协调|工作)|"
    r"优化资源配置|按照职责|按照[^，]{0,12}职责|根据[^，]{0,10}职责|支持配合|"
    r"配合|支持|发挥|增强服务能力|遵守|严格按照|继续|利用|强化统筹|营造|协助|结合[^，]{0,12}实际|"
    r"加强宣传|做好宣传|高度|紧密|广泛|给予(?:配合|支持)|对[^，]{0,20}给予支持|履行|依法(?:履行|"
    r"登记|办理)|行使|按规定|按有关规定|按照有关规定)"
)
_GENERIC_BODY = re.compile(
    r"^(?:各级各部门|各(?:相关|有关)?(?:部门|单位|责任单位|成员单位|地区|地各单位|企业)|各地区|"
    r"有关(?:部门|单位|方面)|相关(?:部门|单位|企业)|各级|各级(?:人民)?政府及(?:其)?部门|任何单位|任何单位或者个人|"
    r"各地各单位|各地(?:区)?各?部门|单位和个人|国家|社会|用户|全区|全市|全县|国家机关)$"
)
_DELIVERABLE = re.compile(
    r"编制|制定|完成|建立|出台|印发|报送|报告|公布|通报|审批|验收|检测|监测|纳入|改造|建设|组织|"
    r"委托|指导|检查|督促|办理|保障|简化|开放|审核|查处|协调"
)
_WHEN = re.compile(
    r"^(?:(?:在|于|对|按|根据|依据|凡|经|为|因|结合|按照|并|从|自|到|截至)[^，]{0,60}|"
    r"20\d\d年[^，]{0,12}|[^，]{0,24}(?:时|前|后|起|期间|的))，"
)
_STARTING = re.compile(r"自(?P<day>[^，。;]{4,16}?)起")
_OFFICE = re.compile(r"办公室设在(?P<who>[^，。;()]{2,24})")
_MEMBERS = re.compile(
    r"(?:成员单位|成员|组成单位)(?:包括|为|有|由)(?P<who>[^。;]{4,400}?)(?:等)?(?:组成)?(?=[。;]|$)|"
    r"由(?P<also>[^。;，由]{4,200}?)(?:等(?:部门|单位|企业)?)?组成"
)
_WORK_VERBS = re.compile(
    r"^(?:要|应|应当|负责|共同|联合|及时|定期|不定期|每年|每月|每季度|每半年|每周|优先|加大|加快|"
    r"指导|指定|组织|将|依法|牵头|主抓|具体|会同|统一|统筹|"
    r"建设|制定|推进|审批|审核|支持|督促|保障|受理|协调|建立|根据|按照|结合|对|在|于|向)"
)

Found = TaskFinding
Relation = Literal["before", "at"]


def prose_tasks(
    paragraph: Paragraph, reading: Reading, head: Head, original: str, *, statute: bool, before: str, above: Who
) -> Iterator[Found]:
    """Tasks of one paragraph.

    ``before`` is the heading above, for paragraphs that only name who answers; ``above`` is who was named last in the
    clause.
    """
    asides = [item for item in _ASIDE.finditer(reading.text) if _is_agent(item["body"])]
    if asides:
        yield from _from_asides(paragraph, reading, asides, head, original, before)
    yield from _founded(reading, original)
    named = None if asides else _named_before_colon(paragraph, reading, original)
    if named is not None:
        yield named
        return
    for first, last in cut_sentences(reading.text[reading.body :]):
        start, end = first + reading.body, last + reading.body
        spoken_for = any(start <= item.start() < end + 2 for item in asides)
        for found in _sentence(reading, start, end, original, statute=statute, above=Who() if asides else above):
            if spoken_for and not (found.deadline or "").startswith("每"):
                continue
            if found.lead:
                above = Who(found.lead, found.responsible)
            yield found


_COLON = re.compile(r"(?P<who>[^，。;:()]{2,40}(?:\([^()]{1,14}\))?)\s*:\s*(?P<act>[^\s].{5,})", re.DOTALL)


_OFFICE_NAME = re.compile(r"(?:[局委办厅部室司心会院处队站行]|政府|企业|单位|部门|办事处|运营商)$")


def _named_before_colon(paragraph: Paragraph, reading: Reading, original: str) -> Found | None:
    """区自然资源分局:做好…: a list of bodies, each with what it is to do."""
    text = reading.text
    match = _COLON.match(text, paragraph.body)
    if (
        match is None
        or labelled(text[paragraph.body :]) is not None
        or re.search("联系|电话|地址|报送|主送|分送|抄送|机构|机关:?$|来源|作者", match["who"])
    ):
        return None
    names = bodies_of(match["who"])
    if not names or not all(_OFFICE_NAME.search(name) for name in names) or reading.in_section(STANDARDS):
        return None
    every = re.search(r"每(?:年|月|季度|半年|周)", match["act"])
    deadline, relation, _ = _deadline_of(reading, match.start("act"), len(text))
    if deadline is None and every is not None:
        deadline, relation = every[0], "at"
    who = Who(tuple(names), tuple(item for item in _others(match["act"]) if item not in names))
    return _found(
        reading, (paragraph.body, len(text)), original, who, short(match["act"]), (deadline, relation, deadline)
    )


def who_of_line(
    reading: Reading, title: str, due: tuple[str | None, Relation], head: Head, original: str
) -> Found | None:
    """责任单位:A、B in a line of its own, below what they are to do: the task is the clause's ``title``."""
    who = labelled(reading.text)
    if who is None or not _LABEL_FIRST.match(reading.text) or not title:
        return None
    words = who.deadline or ""
    deadline, relation, _ = read_deadline(words, head) if words else (*due, None)
    span = (0, len(reading.text))
    return _found(
        reading, span, original, who, title, (deadline, relation, words or deadline), lead_evidence=reading.text
    )


_LABEL_FIRST = re.compile(r"\s*(?:牵头|责任|主要责任|实施|主办|配合)(?:单位|部门|主体)?\s*:")


def due_of(reading: Reading) -> tuple[str | None, Relation]:
    """The only deadline a paragraph names."""
    deadline, relation, _ = _deadline_of(reading, reading.body, len(reading.text))
    return deadline, relation


def _is_agent(body: str) -> bool:
    if labelled(body) is not None:
        return True
    words = re.sub(r"\s", "", body)
    return _AGENT.search(words) is not None and bool(_agents(words).lead or _agents(words).responsible)


def _agents(words: str) -> Who:
    """A、B等负责 · A牵头，B、C配合 · A、B共同牵头."""
    words = re.sub(r"，列第一位者为牵头部门|，下同|^由", "", words)
    lead = _LEADS.search(words)
    helps = _HELPS.search(words[lead.end() :] if lead else words)
    helpers = tuple(split_bodies(helps["who"])) if helps else ()
    if lead is not None:
        rest = words[lead.end() :]
        also = re.search(r"[，;](?P<who>[^，;]+)(?:等)?负责", rest)
        responsible = tuple(split_bodies(also["who"])) if also else helpers
        return Who(tuple(split_bodies(lead["who"])), responsible, ())
    names = [
        item
        for item in split_bodies(
            re.sub(r"(?:按职责分工|分别|按职责|共同|组织)?(?:负责|参与|配合)(?:落实|实施)?$", "", words)
        )
        if item
    ]
    if not names or not all(is_body(item) or len(item) <= 12 for item in names):
        return Who()
    return Who((names[0],), tuple(names[1:]), ())


def _from_asides(
    paragraph: Paragraph, reading: Reading, asides: list[re.Match[str]], head: Head, original: str, before: str
) -> Iterator[Found]:
    start = reading.body
    for aside in asides:
        body = re.sub(r"\s", "", aside["body"])
        who = labelled(body) or _agents(body)
        steps = _steps(reading, start, aside.start())
        if len(steps) >= 2:
            for a, b, label, relation in steps:
                yield _found(
                    reading,
                    (a, b),
                    original,
                    who,
                    short(reading.text[a:b].lstrip("，。; ")),
                    (label, relation, label),
                    lead_evidence=aside[0],
                )
        else:
            yield _one_aside(paragraph, reading, start, aside, who, head, original, before)
        start = aside.end()


def _one_aside(
    paragraph: Paragraph,
    reading: Reading,
    start: int,
    aside: re.Match[str],
    who: Who,
    head: Head,
    original: str,
    before: str,
) -> Found:
    text = reading.text
    first = next(
        ((a + start, b + start) for a, b in cut_sentences(text[start : aside.start()])), (start, aside.start())
    )
    whole = start == reading.body
    title = paragraph.title if whole and paragraph.title else (before if whole and not paragraph.marked else "")
    sentence = (first[0], aside.end()) if not whole else (reading.body, aside.end())
    words = who.deadline or ""
    deadline, relation, _ = read_deadline(words, head) if words else _deadline_of(reading, start, aside.start())
    task = title or short(text[first[0] : first[1]])
    flags = () if "牵头" in aside[0] or not who.responsible or not who.lead else ("lead_inferred",)
    due = (deadline, relation, words or deadline or "")
    found = _found(reading, sentence, original, who, task, due, lead_evidence=aside[0], flags=flags)
    if not title:
        return found
    said = reading.stretch.span(*aside.span())
    return replace(found, place=replace(found.place, evidence=original[said.start : said.end]))


def _steps(reading: Reading, start: int, end: int) -> list[tuple[int, int, str | None, Relation]]:
    """2018年3月前：…。2018年6月前：…。: sentences that each begin with a date are steps of their own."""
    found: list[tuple[int, int, str | None, Relation]] = []
    for first, last in cut_sentences(reading.text[start:end], "。"):
        a, b = first + start, last + start
        mention = next((item for item in reading.dates if a <= item.start <= a + 2), None)
        colon = mention is not None and reading.text[mention.end : mention.end + 1] in (":", "，")
        if mention is not None and (colon or mention.relation == "before") and not mention.bare_year:
            found.append((a, b, reading.label_of(mention), mention.relation))
    return found


def first_words(text: str, least: int) -> str:
    """The first clauses of a task, ``least`` characters or more: what is said, without all that follows from it."""
    for match in re.finditer("[，,;；。]", text):
        if match.start() >= least:
            return text[: match.start()].strip()
    return text.strip()


def _deadline_of(reading: Reading, start: int, end: int) -> tuple[str | None, Relation, None]:
    """The only deadline named in the words of a task."""
    mentions = [
        item
        for item in reading.dates
        if start <= item.start < end and not item.bare_year and reading.levels[item.start] == 0
    ]
    labels = {
        reading.label_of(item) for item in mentions if not re.match("已|起", reading.text[item.end : item.end + 1])
    }
    if len(labels) != 1:
        return None, "at", None
    return labels.pop(), mentions[0].relation, None


def _found(
    reading: Reading,
    span: tuple[int, int],
    original: str,
    who: Who,
    task: str,
    deadline: tuple[str | None, Relation | str, str | None],
    *,
    start: str | None = None,
    lead_evidence: str | None = None,
    flags: tuple[str, ...] = (),
    role: Literal["task", "duty"] = "task",
) -> Found:
    place = reading.place(span[0], span[1], span, original)
    if lead_evidence is None and len(place.evidence) > MAX_EVIDENCE:
        place = replace(place, evidence=first_words(place.evidence, MAX_EVIDENCE // 2))
    return TaskFinding(
        task=task.strip(" ，。;:"),
        lead=who.lead,
        responsible=who.responsible,
        cooperating=who.cooperating,
        deadline=deadline[0],
        deadline_text=deadline[2] or "",
        relation="before" if deadline[1] == "before" else "at",
        start=start,
        mention="prose",
        place=place,
        flags=flags,
        lead_evidence=lead_evidence,
        role=role,
    )


def _founded(reading: Reading, original: str) -> Iterator[Found]:
    """成立…推进组，成员单位包括A、B，办公室设在C."""
    text = reading.text
    members, office = _MEMBERS.search(text), _OFFICE.search(text)
    if members is None or office is None or abs(members.start() - office.start()) > 600:
        return
    names = [item for item in split_bodies(members["who"] or members["also"]) if len(item) <= 40]
    lead = office["who"].strip()
    own = re.match(r"(市|区|县|省|州)", lead)
    others = tuple(item for item in names if item != lead and (own is None or own[0] + item != lead))
    start, end = min(members.start(), office.start()), max(members.end(), office.end())
    founded = re.search(r"成立[^，。;]{2,40}", text)
    task = (founded[0] if founded else "成立工作机构") + f"（办公室设在{lead}）"
    yield _found(
        reading, (founded.start() if founded else start, end), original, Who((lead,), others), task, (None, "at", None)
    )


def _sentence(reading: Reading, start: int, end: int, original: str, *, statute: bool, above: Who) -> Iterator[Found]:
    text = reading.text
    for left, right in _acts(text, start, end):
        found = _act(reading, left, right, original, statute=statute)
        if found is not None:
            yield found
            above = Who(found.lead, found.responsible)
        elif above.lead:
            yield from _inherited(reading, left, right, original, above)
        yield from _recurring(reading, left, right, original, found, above)
    yield from _mechanism(reading, start, end, original)


_AGAIN = re.compile(r"(?:^|，)\s*(?P<act>(?P<every>每(?:年|月|季度|半年|周))[^，。;]{0,3}向[^。;，]{4,60})")


def _recurring(
    reading: Reading, left: int, right: int, original: str, found: Found | None, above: Who
) -> Iterator[Found]:
    """…，每年向社会公布实施情况: a duty to report inside another sentence is a task of its own."""
    if found is not None and (found.deadline or "").startswith("每"):
        return
    lead = found.lead if found is not None else above.lead
    for match in _AGAIN.finditer(reading.text[left:right]):
        span = (left + match.start("act"), left + match.end("act"))
        who = Who(lead, tuple(item for item in _others(match["act"]) if item not in lead))
        flags = ("lead_inferred",) if found is None else ()
        yield _found(
            reading, span, original, who, short(match["act"]), (match["every"], "at", match["every"]), flags=flags
        )


_MECHANISM = re.compile(r"建立由(?P<who>[^，。;]{4,120}?)(?:等)?(?:参加|组成)的?[^，。;]{0,12}(?:机制|制度|小组|会议)")


def _mechanism(reading: Reading, start: int, end: int, original: str) -> Iterator[Found]:
    """市人民政府加强…领导，建立由A、B组成的工作协调机制."""
    match = _MECHANISM.search(reading.text, start, end)
    if match is None:
        return
    lead = re.match(r"[^，。;]{2,20}?(?:政府|委员会|部门|局|厅)", reading.text[start:end])
    who = Who((lead[0],) if lead and is_body(lead[0]) else (), tuple(split_bodies(match["who"])))
    yield _found(reading, match.span(), original, who, match[0], (None, "at", None))


def _acts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a sentence that have a doer of their own: cut where a comma is followed by one."""
    cuts = [start]
    for match in re.finditer("，", text[start:end]):
        place = start + match.end()
        doer = _doer(text[place:end])
        if doer is not None and doer[2] and not text[cuts[-1] : place].rstrip("，").endswith(("会同", "牵头")):
            cuts.append(place)
    yield from zip(cuts, [*(cut - 1 for cut in cuts[1:]), end], strict=True)


_HEAD_WORDS = re.compile(r"^(?:其中|并由|并|由|请|同时|特别是)?")


def _doer(text: str) -> tuple[list[str], int, str] | None:
    """(organisations, where they end, the modal word) at the beginning of ``text``."""
    lead = _HEAD_WORDS.match(text)
    skip = lead.end() if lead else 0
    window = text[skip : skip + 120]
    for match in _MODAL.finditer(window):
        names = window[: match.start()].strip()
        names = re.sub(r"(?:共同|分别|均|都|也|可|还|每年|每月|每季度|定期|不定期|自身|具体|原则上)+$", "", names)
        names = _TRAILING_DATE.sub("", names)
        found = bodies_of(names) if names else []
        if found:
            return found, skip + match.start(), match["modal"]
        if len(names) > 90:
            return None
    return None


_PLAIN_DOER = re.compile(
    r"^(?P<who>[^，。;:]{2,60}?)(?P<act>(?:每年|每月|每季度|每半年|定期|不定期|及时|优先|加大|加快|"
    r"指导|指定|组织|主抓|具体|将|统筹|协调|委托|审核|审批|向社会|提出|牵头|建设|制定|编制|公布|通报|报送|报告)[^。;]*)"
)


def _act(reading: Reading, left: int, right: int, original: str, *, statute: bool) -> Found | None:
    text = reading.text
    body, offset = text[left:right], left
    start_label = None
    while _doer(body) is None and _with_gap(body) is None:
        when = _WHEN.match(body)
        if when is None:
            break
        since = _STARTING.match(body)
        if since is not None:
            mention = next((item for item in reading.dates if offset <= item.start < offset + when.end()), None)
            start_label = reading.label_of(mention)
        body, offset = body[when.end() :], offset + when.end()
    doer = _doer(body)
    middle = None if doer is not None else _with_gap(body)
    plain = None if doer or middle or statute else _plain(body)
    if doer is not None:
        names, place, modal = doer
    elif middle is not None:
        names, place, modal = middle
    elif plain is not None:
        names, place, modal = plain
    else:
        return _by_whom(reading, left, right, original, statute=statute)
    return _assigned(reading, (left, right), names, body[place:], modal, original, start_label, statute=statute)


def _with_gap(body: str) -> tuple[list[str], int, str] | None:
    """电信企业和广电企业在确保…的前提下，要…; 各街镇要按照…，采取…."""
    match = re.match(
        r"(?P<who>[^，。;:]{2,40}?)(?P<gap>在[^。;]{2,80}?(?:时|前提下|过程中|中|后|基础上|下)，?|"
        r"按照[^，。;]{2,60}，|根据[^，。;]{2,60}，)(?P<modal>应当|应|要|须|必须|负责)",
        body,
    )
    if match is None:
        return None
    names = bodies_of(match["who"].strip("，"))
    return (names, match.start("modal"), match["modal"]) if names else None


def _plain(body: str) -> tuple[list[str], int, str] | None:
    """市城乡建设委指导…; 工业和信息化局每季度通报…: a doer and a verb without a modal."""
    match = _PLAIN_DOER.match(body)
    if match is None:
        return None
    names = bodies_of(match["who"].strip())
    return (names, match.start("act"), "") if names else None


_BY = re.compile(
    r"由(?P<who>[^，。;由]{2,80}?)(?:共同)?(?P<verb>牵头|负责|主抓|审批|审核|组织|会同|承担|督促|实施|建设|统一|委托)"
)


def _by_whom(reading: Reading, left: int, right: int, original: str, *, statute: bool) -> Found | None:
    """…由项目建设单位负责建设: the doer stands behind the thing."""
    text = reading.text
    for match in _BY.finditer(text, left, right):
        names = bodies_of(re.sub(r"^(?:所在)", "", match["who"]))
        if names:
            return _assigned(
                reading,
                (left, right),
                names,
                text[match.start("verb") : right],
                match["verb"],
                original,
                None,
                statute=statute,
            )
    return None


_COOPERATE = re.compile(
    r"(?:会同|(?<=，)商|联合|^(?:要|应当|应|须)?[和与])(?P<who>[^，。;]{2,120}?)(?:等(?:有关)?(?:部门|单位))?(?=(?:等|，|"
    r"于|在|按|就|依法|研究|组织|制定|加强|编制|简化|建立|开展|共同|认真|推进|协商|对|做好|按照|明确|完善|$))"
)
_ADVISED = re.compile(
    r"(?:^|，)(?:要|应当|应|负责|依法|定期|牵头|，)*(?:组织|督促|指导|引导|委托|协调)(?P<who>[^，。;]{2,40}?)"
    r"(?=(?:、?等?)?(?:编制|制定|积极|对|从|做好|开展|建立|加快|及时|进行|按|在|落实|具有|$))"
)
_HELPED = re.compile(r"[，](?P<who>[^，。;]{2,80}?)(?:协作配合|积极配合|密切配合|配合|协助|协同)")
_GUIDED = re.compile(r"在(?P<who>[^，。;在]{2,60}?)(?:等(?:部门|单位))?的?(?:指导|支持)下")
_ADDRESSED = re.compile(r"向(?P<who>[^，。;向]{2,40}?)(?:报送|报告|提交|通报|反馈)")


def _assigned(
    reading: Reading,
    span: tuple[int, int],
    names: list[str],
    act: str,
    modal: str,
    original: str,
    start_label: str | None,
    *,
    statute: bool,
) -> Found | None:
    if modal == "不得":
        return None
    act_bare = re.sub(
        r"^(?:应当|应该|应|必须|须|要|负责|牵头，?)+", "", act.removeprefix("将") if modal == "将" else act
    )
    lead, responsible = names, _others(act)
    every = re.search(r"每(?:年|月|季度|半年|周)", act.partition("，")[0][:24]) or _REPORTED.search(act)
    deadline, relation, _ = _deadline_of(reading, span[0], span[1])
    if every is not None:
        deadline, relation = every[0][:3] if every[0][:3] in ("每季度", "每半年") else every[0][:2], "at"
    vague = (_GENERIC_ACT.match(act_bare) is not None or _COMPETENCE.match(act_bare) is not None) and deadline is None
    vague = vague or (statute and _ACT_OF_STATUTE.match(act_bare) is None)
    generic = all(_GENERIC_BODY.match(name) for name in names) and (
        deadline is None and not re.match("指定|定期|简化|每", act_bare.strip())
    )
    duty = vague or generic
    flags: tuple[str, ...] = ("general_duty",) if duty else ()
    return _found(
        reading,
        span,
        original,
        Who(tuple(lead), tuple(item for item in responsible if item not in lead)),
        short(act_bare) if len(act_bare) >= 6 else short(reading.text[span[0] : span[1]]),
        (deadline, relation, deadline),
        start=start_label,
        flags=flags,
        role="duty" if duty else "task",
    )


_REPORTED = re.compile(
    r"每(?:年|月|季度|半年|周)(?=(?:定期)?(?:发布|公布|通报|报告|报送|更新|评估|调度)|[^，。;]{0,12}(?:发布|公布|通报|报告|报送)一次)"
)
_COMPETENCE = re.compile(
    r"(?:本行政区域|本辖区|辖区|全[省市县区国]|本[省市县区])[^，。;]{0,40}(?:工作|管理|协调|监督)|"
    r"全面统筹|统筹(?:和|协调)?(?:指导|推进|领导|协调)|日常工作|具体工作"
)
_ACT_OF_STATUTE = re.compile(
    r"(?:依法|定期|不定期|组织|会同|优先|统筹|及时|每年|加强|依照[^，]{0,12}|根据[^，]{2,30}，?|"
    r"按照[^，]{2,30}，?)*(?:制定|编制|建立|将[^，。;]{2,60}纳入|把[^，。;]{2,60}纳入|委托|组织|制作|公布|发布|"
    r"监督检查|优先|对[^，。;]{2,40}(?:监督检查|评估|检测|监测|普查)|报送|开展|会同|设立|明确|出台|"
    r"设置|保障|与[^，。;]{2,30}建立)"
)


def _others(act: str) -> list[str]:
    """Who else takes part: 会同B, 组织C编制, D配合, 向E报送."""
    found: list[str] = []
    for pattern in (_COOPERATE, _ADVISED, _HELPED, _ADDRESSED, _GUIDED):
        for match in pattern.finditer(act):
            parts = bodies_of(match["who"])
            found += [item for item in parts if item not in found]
            break
    return found


_THING_DEADLINE = re.compile(
    r"(?:应当|应|要|须|必须)?(?:于|在)?(?:20\d\d年[^，]{0,8}前)?(?:全面)?(?:完成|建成|实现|公布|出台)"
)


def _inherited(reading: Reading, left: int, right: int, original: str, above: Who) -> Iterator[Found]:
    """2016年底前，…应完成…: a dated act without a doer goes to the doer named before, told as inferred."""
    text = reading.text
    mentions = [
        item
        for item in reading.dates
        if left <= item.start < right and item.relation == "before" and reading.levels[item.start] == 0
    ]
    starts = [max(text.rfind("，", left, item.start) + 1, left) for item in mentions]
    for place, mention in enumerate(mentions):
        end = starts[place + 1] - 1 if place + 1 < len(starts) else right
        words = text[starts[place] : end]
        if _THING_DEADLINE.search(words) is None or re.search(r"应|要|须", words) is None:
            continue
        label = reading.label_of(mention)
        yield _found(
            reading,
            (starts[place], end),
            original,
            above,
            short(words),
            (label, "before", mention.literal),
            flags=("lead_inferred",),
        )
