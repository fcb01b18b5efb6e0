"""Number, issuer, title, kind and dates of a document, from its first and last lines."""

import re
from datetime import date

from guangcheng.standards.reader.bodies import is_body
from guangcheng.standards.reader.dates import find_dates, glued_day
from guangcheng.standards.reader.findings import Head
from guangcheng.standards.reader.layout import lines_of
from guangcheng.standards.reader.pages import Part
from guangcheng.standards.reader.stretch import Span

_KINDS = (
    "行动计划", "实施方案", "工作方案", "建设方案", "行动方案", "推进方案", "工作计划", "实施计划",
    "实施意见", "指导意见", "若干意见", "若干措施", "政策措施", "工作要点", "实施细则", "管理办法",
    "管理规定", "总体方案", "规划纲要", "条例", "办法", "规定", "细则", "规程", "决定", "公告",
    "通告", "通报", "标准", "导则", "指南", "规范", "规划", "方案", "计划", "意见", "措施", "通知",
    "函",
)  # fmt: skip
_NUMBER = re.compile(
    r"(?P<body>[\u4e00-\u9fff]{1,14}?)\s?[〔\[【(﹝「{<]\s?(?P<year>(?:19|20)\d{2})\s?[〕\]】)﹞」}>]?\s?第?\s?(?P<no>\d{1,4})\s?(?P<end>号)?"
)
_NUMBER_ONLY = re.compile(rf"^\s*\(?\s*{_NUMBER.pattern}\s*\)?\s*$")
_DECREE = re.compile(r"第\s?(?P<no>\d{1,4}|[一二三四五六七八九十百零〇]+)\s?号\s*(?:令|公告)?")
_ISSUE = re.compile(r"关于(?:印发|发布|公布|转发|下达)")
_INNER = re.compile(r"[《〈](?P<title>[^《》]{4,80})[》〉]")
_EFFECTIVE = re.compile(r"自(?P<day>[^，。;自]{4,20}?)起(?:正式)?(?:施行|实施|执行|生效)")
_FROM_ISSUE = re.compile(r"自(?:印发|发布|公布|颁布)之日起(?:施行|实施|执行|生效)")
_FIRST_LINES = 60
_ISSUER_SUFFIX = re.compile(r"(?:令|文件|公告)$")


def read_head(text: str, part: Part) -> Head:
    """Read the head of the document in ``text[part.start:part.end]`` (plain form)."""
    lines = [(start, end) for start, end in lines_of(text, part.start, part.end) if text[start:end].strip()]
    spans: dict[str, Span] = {}
    flags: list[str] = []
    facts = _facts(text, lines)
    number = _number(text, lines[:_FIRST_LINES], part, spans, flags)
    if number is None and (stated := _NUMBER.search(facts.get("number", ""))) is not None:
        number = f"{stated['body'].strip()}〔{stated['year']}〕{int(stated['no'])}号"
    printed, title_line = _printed_title(text, lines, spans)
    title, from_title = _split_title(part.title or facts.get("title") or printed or "")
    if part.title and printed:
        from_title = from_title or _split_title(printed)[1]
    issued, signers = _signature(text, lines, spans, flags)
    issued = issued or _date_only((facts.get("date") or facts.get("late") or "").split(" ")[0])
    stated_issuer = facts.get("issuer", "")
    issuer = (
        signers
        or (stated_issuer if is_body(stated_issuer) else "")
        or from_title
        or _letterhead(text, lines[: title_line + 1])
    )
    inner = _inner_title(text, lines, title)
    named = inner or title
    kind = _kind(named, number or "")
    if kind == "地方性法规" and issued is None:
        issued, passed_by = _passed(text, lines)
        issuer = issuer or passed_by
    effective = _effective(text, part, issued, spans)
    return Head(
        number=number,
        issuer=issuer or None,
        title=named or None,
        kind=kind,
        issued=issued,
        effective=effective,
        region=_region(named, issuer or ""),
        flags=tuple(dict.fromkeys(flags)),
        spans=spans,
    )


_FACTS = re.compile(
    r"(?P<key>发文字号|发文文号|文\s*号|发文机关|发布机构|发文单位|制发机关|成文日期|发文日期|"
    r"印发日期|生成日期|发布日期|颁布日期|公布日期|标\s*题|名\s*称|文件名称)\s*[:|]+[\s|]*"
    r"(?P<value>[^|\n]*?)\s*(?=\||\n|$|\s{2,}|(?:发文字号|文\s*号|发文机关|发布机构|成文日期|"
    r"发文日期|生成日期|发布日期|名\s*称|标\s*题|信息分类|主题分类|是否有效)\s*[:|])"
)


def _facts(text: str, lines: list[tuple[int, int]]) -> dict[str, str]:
    """What a page's own table says of the document: 文号, 发布机构, 成文日期, 名称."""
    found: dict[str, str] = {}
    if not lines:
        return found
    end = min(lines[min(len(lines), 14) - 1][1], lines[0][0] + 4_000)
    for match in _FACTS.finditer(text, lines[0][0], end):
        key = re.sub(r"\s", "", match["key"])
        kind = (
            "number" if "号" in key else "issuer" if key[-1] in "关构位" else "title" if key[-1] in "题称" else "date"
        )
        if match["value"].strip():
            found.setdefault(kind if kind != "date" or key[0] in "成发印颁公" else "late", match["value"].strip())
    return found


def _number(
    text: str, lines: list[tuple[int, int]], part: Part, spans: dict[str, Span], flags: list[str]
) -> str | None:
    if part.number:
        return _tidy_number(part.number)
    for start, end in lines:
        match = _NUMBER_ONLY.match(text[start:end])
        if match is not None:
            spans["number"] = Span(start, end)
            if not match["end"] or not re.search(r"[〕\]】)]", match[0]):
                flags.append("repaired_number")
            return f"{match['body'].strip()}〔{match['year']}〕{int(match['no'])}号"
    for start, end in lines[:12]:
        decree = re.match(r"^\s*(?:\(?\s*)" + _DECREE.pattern + r"\s*\)?\s*$", text[start:end])
        if decree is not None:
            spans["number"] = Span(start, end)
            own = text[start:end].strip().strip("()").replace(" ", "")
            above = text[max(part.start, start - 60) : start].strip().rpartition("\n")[2].strip().replace(" ", "")
            return above + own if above.endswith("令") else own
    return None


def _tidy_number(written: str) -> str:
    tidy = re.sub(r"\s+", "", written)
    return tidy if tidy.endswith("号") else tidy + "号"


_NO_TITLE = re.compile(
    r"[。;，]$|^\s*(?:各|特此|第[一二三四五六七八九十]+[章条]|[一二三四五六七八九十]、|\(|附件|抄送|"
    r"主送|索引号|发文|成文|来源|信息分类|生成|文\s*号|名\s*称|标\s*题|发布|首页|当前位置|您的位置)"
)


def _printed_title(text: str, lines: list[tuple[int, int]], spans: dict[str, Span]) -> tuple[str, int]:
    """The first lines that read like a title, broken lines joined; and where it was."""
    ending = re.compile(rf"(?:{'|'.join(_KINDS)})(?:\([^()]{{1,30}}\))?$")
    for place, (start, _) in enumerate(lines[:25]):
        pieces = ""
        for more in range(3):
            if place + more >= len(lines):
                break
            line = text[lines[place + more][0] : lines[place + more][1]].strip()
            if _NO_TITLE.search(line) or len(line) > 80 or _NUMBER_ONLY.match(line) or _date_only(line):
                break
            pieces += line
            if ending.search(pieces) and 6 <= len(pieces) <= 120:
                spans["title"] = Span(start, lines[place + more][1])
                return pieces, place
    return "", min(3, max(len(lines) - 1, 0))


def _split_title(title: str) -> tuple[str, str]:
    """(title without its issuer, issuer): 某市人民政府关于加快…的通知."""
    title = title.strip()
    title = re.sub(r"^\d+[.、]\s*", "", title)
    place = title.find("关于")
    if place > 1:
        before = title[:place].strip()
        bodies = [part for part in re.split(r"[\s、]+", before) if part]
        if bodies and all(is_body(part) or part in ("国务院", "中共中央") for part in bodies):
            return title[place:], " ".join(bodies)
    return title, ""


def _inner_title(text: str, lines: list[tuple[int, int]], title: str) -> str | None:
    """What a notice hands down: 关于印发《X方案》的通知 is about X方案."""
    if title and not _ISSUE.search(title):
        return None
    for start, end in lines[:30]:
        line = text[start:end]
        match = re.search(
            r"(?:现将|制定(?:了)?|印发|发布)?[《](?P<title>[^《》]{4,80})[》].{0,30}(?:印发|发布|下发)", line
        )
        if match is not None:
            return _as_printed(match["title"])
    if title:
        bare = re.sub(rf"^.*?{_ISSUE.pattern}[《]?|[》]?的(?:通知|公告|函)$", "", title)
        return _as_printed(bare) if 4 <= len(bare) < len(title) else None
    return None


def _as_printed(title: str) -> str:
    return title.replace("(", "（").replace(")", "）").replace("〈", "《").replace("〉", "》")


def _kind(title: str, number: str) -> str | None:
    bare = re.sub(r"(?:[(（][^()（）]{1,30}[)）])+$", "", title)
    if bare.endswith("条例"):
        return "地方性法规"
    if bare.endswith(("办法", "规定")) and "令" in number:
        return "政府规章"
    return next((kind for kind in _KINDS if bare.endswith(kind)), None)


def _date_only(line: str) -> str | None:
    """The day, when a line is a date and nothing else."""
    line = line.strip().strip("()（）")
    line = re.sub(r"\s*(?:印发|发布|印)$", "", line)
    if len(line) > 24:
        return None
    glued, _ = glued_day(line)
    if glued is not None:
        return glued.isoformat()
    compact = re.sub(r"\s", "", line)
    found = find_dates(compact)
    if (
        len(found) == 1
        and found[0].start == 0
        and found[0].end == len(compact)
        and found[0].label
        and "—" not in found[0].label
    ):
        return found[0].label if found[0].label.count("-") >= 1 else None
    iso = re.fullmatch(r"(20\d\d)[-—./](\d{1,2})[-—./](\d{1,2})", compact)
    if iso is None:
        return None
    try:
        return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
    except ValueError:
        return None


def _signature(
    text: str, lines: list[tuple[int, int]], spans: dict[str, Span], flags: list[str]
) -> tuple[str | None, str]:
    """The date line below (or above) the names of those who sign, and the names."""
    best: tuple[str | None, str] = (None, "")
    for place in range(len(lines)):
        start, end = lines[place]
        if end - start > 120:
            continue
        line = text[start:end]
        day = _date_only(line)
        signers = _signers(text, lines, place)
        if day is None or not signers or ("印发" in line and best[0]):
            continue
        if best[0] is None or not _in_front(place, lines):
            spans["issued"] = Span(start, end)
            flags.extend(["repaired_date"] if glued_day(line)[0] else [])
            best = (day, "" if "印发" in line else signers)
        if _in_front(place, lines):
            break
    return best if best[0] else (_front_date(text, lines, spans), "")


def _in_front(place: int, lines: list[tuple[int, int]]) -> bool:
    return place < len(lines) * 0.4


def _signers(text: str, lines: list[tuple[int, int]], place: int) -> str:
    """Up to six lines of names above a date."""
    names: list[str] = []
    for above in range(place - 1, max(place - 7, -1), -1):
        line = text[lines[above][0] : lines[above][1]].strip()
        parts = [part for part in re.split(r"\s+", line) if part]
        if not parts or len(line) > 60 or not all(is_body(part) or part == "国务院" for part in parts):
            break
        names = parts + names
    return ("、" if len(names) > 1 and not _ministries(names) else " ").join(names)


def _ministries(names: list[str]) -> bool:
    return all(re.search(r"(?:部|委员会|总局|总署)$", name) for name in names)


def _front_date(text: str, lines: list[tuple[int, int]], spans: dict[str, Span]) -> str | None:
    """A date line near the beginning (below the title) or 成文日期: of a page's head."""
    for start, end in lines[:12]:
        line = text[start:end].strip()
        day = _date_only(re.sub(r"^(?:成文日期|发文日期|发布日期|印发日期|日期|时间)\s*[::]\s*", "", line))
        if day is not None:
            spans["issued"] = Span(start, end)
            return day
    return None


def _passed(text: str, lines: list[tuple[int, int]]) -> tuple[str | None, str]:
    """A statute's note of passing: (2021年3月25日某省第十三届人民代表大会常务委员会第二十次会议通过)."""
    for start, end in lines[:12]:
        line = text[start:end]
        if "通过" not in line:
            continue
        found = find_dates(line)
        body = re.search(
            r"日(?P<area>[\u4e00-\u9fff]{2,12}?)第[一二三四五六七八九十]+届(?P<body>人民代表大会(?:常务委员会)?)", line
        )
        return (found[0].label if found else None), (body["area"] + body["body"] if body else "")
    return None, ""


def _letterhead(text: str, lines: list[tuple[int, int]]) -> str:
    for start, end in lines[:4]:
        line = _ISSUER_SUFFIX.sub("", text[start:end].strip().replace(" ", ""))
        if line and len(line) <= 30 and is_body(line):
            return line
    return ""


def _effective(text: str, part: Part, issued: str | None, spans: dict[str, Span]) -> str | None:
    for match in _EFFECTIVE.finditer(text, part.start, part.end):
        found = find_dates(match["day"])
        if found and found[0].label and len(found[0].label) == 10:
            spans["effective"] = Span(match.start(), match.end())
            return found[0].label
    since = _FROM_ISSUE.search(text, part.start, part.end)
    if since is not None and issued and len(issued) == 10:
        spans["effective"] = Span(since.start(), since.end())
        return issued
    return None


_AREA_NAME = re.compile(r"[\u4e00-\u9fff]{2,9}?(?:自治区|特别行政区|自治州|地区|新区|开发区|省|市|区|县|州|盟|旗)")


def _region(title: str, issuer: str) -> str | None:
    """The place in the title or the issuer's name; 全国 for the State Council and its ministries."""
    cleaned = re.sub(r"^(?:关于)?(?:印发|加快|推进|促进|进一步)*[《]?", "", title)
    for words in (issuer.split("、")[0].split(" ")[0], cleaned):
        match = _AREA_NAME.match(words)
        if match is not None:
            second = _AREA_NAME.match(words, match.end())
            return (
                words[: second.end()]
                if second is not None and words[second.start() : second.end()][-1] in "区县旗"
                else match[0]
            )
    if re.match(r"国务院|[\u4e00-\u9fff]{2,10}部|国家", issuer):
        return "全国"
    return None
