"""The roles people act in (角色). Their codes never change; their names are for reading."""

from enum import StrEnum

from guangcheng.base.text import Text


class Role(StrEnum):
    """What a grant lets somebody be, within one area."""

    VIEWER = "viewer"
    REPORTER = "reporter"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    INSPECTOR = "inspector"
    CASE_HANDLER = "case_handler"
    TIP_HANDLER = "tip_handler"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> Text:
        """The role's name for people."""
        return _NAMES[self]


_NAMES = {
    Role.VIEWER: Text("查看人", "viewer"),
    Role.REPORTER: Text("填报人", "reporter"),
    Role.REVIEWER: Text("审核人", "reviewer"),
    Role.APPROVER: Text("审批人", "approver"),
    Role.INSPECTOR: Text("检查人", "inspector"),
    Role.CASE_HANDLER: Text("案例经办人", "case handler"),
    Role.TIP_HANDLER: Text("线索经办人", "tip handler"),
    Role.ADMINISTRATOR: Text("管理员", "administrator"),
}

EVERYBODY = frozenset(Role)
"""Any signed-in person with any grant."""

KINDS = {
    "government": Text("政府部门", "government body"),
    "office": Text("领导小组办公室", "leading group's office"),
    "street": Text("街道办事处", "street office"),
    "town": Text("镇人民政府", "town government"),
    "operator": Text("基础电信运营企业", "telecom operator"),
    "tower": Text("铁塔公司", "tower company"),
    "other": Text("其他单位", "other body"),
}
"""Kinds of organisation."""
