"""Organisations as policy texts name them: 市发展改革委, 各镇人民政府, 铁塔公司, 住建部门, 各地."""

import re

_SUFFIX = (
    "人民政府|政府|管委会|管理委员会|委员会|指挥部|办公厅|办公室|领导小组|协调小组|工作小组|联席会议|工作组|推进组|小组|专班|"
    "发展改革委|发改委|工信委|住建委|城乡建设委|城管委|国资委|卫生健康委|卫健委|卫生计生委|经信委|经济信息委|科技委|交通委|建设委|农委|商务委|"
    "[\u4e00-\u9fff]委|网信办|法制办|大数据办|[\u4e00-\u9fff]办|宣传部|组织部|[\u4e00-\u9fff]{2,12}部|[\u4e00-\u9fff]厅|总局|分局|[\u4e00-\u9fff]局|"
    "督查室|管理处|管理站|总署|海关|法院|检察院|银监会|证监会|保监会|银行|分行|协会|学会|联盟|中心|"
    "分公司|总公司|有限公司|子公司|供电公司|铁塔公司|公司|集团|运营商|运营企业|通信企业|电信企业|广电企业|电信运营企业|供电企业|电力企业|"
    "物业服务企业|管理企业|企业|经营者|建设单位|施工单位|产权单位|成员单位|责任单位|有关单位|企事业单位|单位|主管部门|管理部门|部门|机关|机构|"
    "街道办事处|街道办|街道|街镇|乡镇|镇街|各镇|各乡|各街|开发区|园区|高新区|新区|管委|学校|高校|医院|"
    "服务商|开发商|供应商|物业|所有者|管理者|开发者|使用者|权利人|各地|各区|各县|各市|地区|各级|"
    "科协|科学技术协会|残联|工会|妇联|消防救援支队|支队|大队|总队|移动|联通|电信|广电|铁塔"
)
_ENDS = re.compile(rf"(?:{_SUFFIX})(?:\([^()]{{1,12}}\))?$")
_AREA = re.compile(
    r"^(?:(?:各|有关|相关|所在)?(?:省|市|州|盟|区|县|旗|乡|镇|街道|县级市|自治区|直辖市|市州|功能区|"
    r"开发区|园区|设区市|县区|市区|区市县|地方)+|各[\u4e00-\u9fff]{1,8})"
    r"(?:\([^()]{1,14}\))?$"
)
_NOT = re.compile(
    r"[，。;:“”《》！\d]|应当|负责|推进|加强|推动|加快|实施|落实|实现|鼓励|支持|提升|促进|开展|确保|"
    r"按照|根据|以及其他|是|的$|由|下设|设办公室"
)
_VERB_FIRST = re.compile(
    r"^(?:统筹|利用|充分|建立|完善|提高|加大|优化|构建|整合|打造|深化|规范|健全|引导|组织|督促|指导|"
    r"协调|依托|通过|向|将|把|使|为|在|对|支持|保障|培育|建设(?!单位|部门|主管|局|委|厅|部|管理)|发展(?!改革|和改革))"
)
_GOVERNMENTS = re.compile(
    r"^(?:(?:省|设区的市|市|州|县|区|乡|镇|街道|区县|县级市|"
    r"乡镇)(?:\([^()]{1,12}\))?[、和及])+[\u4e00-\u9fff()]{0,12}(?:人民)?(?:政府|主管部门|部门|机构)$"
)
_SPLIT = re.compile(r"[、，;]|以及|并会同|会同|联合")
_AND = re.compile(r"[和与及](?!其他)")
_TRIM = re.compile(
    r"^(?:由|请|和|与|及|以及|会同|联合|并|等)?(?P<body>.*?)(?:等(?:部门|单位|有关部门|"
    r"相关部门|单位和部门|企业|机构)?|等有关部门|共同|牵头|负责|配合|分别|按职责分工|按照职责分工|"
    r"根据职责分工|按职责|按照各自职责|同志)*$"
)
MAX_BODY = 40


def is_body(text: str) -> bool:
    """Whether ``text`` reads like one organisation or kind of organisation."""
    if not 2 <= len(text) <= MAX_BODY or _NOT.search(_no_brackets(text)) or _VERB_FIRST.match(text):
        return False
    return bool(_ENDS.search(text) or _AREA.match(text))


def _no_brackets(text: str) -> str:
    return re.sub(r"\([^()]*\)", "", text)


def split_bodies(text: str) -> list[str]:
    """The organisations in a list (A、B、C和D等): every part, trimmed, in order, without repetition."""
    parts: list[str] = []
    for part in _outside_brackets(text):
        for body in _parted(_trimmed(part)):
            if body and body not in parts:
                parts.append(body)
    return parts


def _parted(text: str) -> list[str]:
    """市财政局和市住建局 → two; 经济和信息化局 stays one: parted only where both sides are bodies."""
    for match in _AND.finditer(text):
        left, right = text[: match.start()], text[match.end() :]
        if is_body(left) and is_body(right) and (len(left) > 4 or left[:1] in "市省区县各"):
            return [left, *_parted(right)]
    return [text]


def _outside_brackets(text: str) -> list[str]:
    shielded, stack = [], 0
    for char in text:
        stack += char == "("
        shielded.append("\x00" if stack and char in "、，;和与及" else char)
        stack -= char == ")" and stack > 0
    cut = "".join(shielded)
    parts, place = [], 0
    for match in _SPLIT.finditer(cut):
        parts.append(text[place : match.start()])
        place = match.end()
    return [*parts, text[place:]]


def _trimmed(text: str) -> str:
    text = text.strip(" \n\t。.:")
    match = _TRIM.match(text)
    return (match["body"] if match else text).strip(" 　:：")


def bodies_of(text: str) -> list[str]:
    """The organisations in ``text`` when every part of it is one, else an empty list."""
    if _GOVERNMENTS.match(text):
        return [text]
    parts = split_bodies(text)
    return parts if parts and all(is_body(part) or _cut_short(part, parts) for part in parts) else []


def _cut_short(part: str, parts: list[str]) -> bool:
    """财政, 公安 in 财政、公安、住建部门: parts of a list whose last member bears the common ending."""
    return (
        parts[-1].endswith(("部门", "局", "机构", "单位", "企业", "商"))
        and 2 <= len(part) <= 8
        and _NOT.search(part) is None
        and part != parts[-1]
    )
