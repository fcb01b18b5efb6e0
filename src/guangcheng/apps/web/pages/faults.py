"""Pages for what cannot be found, may not be done, or went wrong."""

from django.http import HttpRequest, HttpResponse

from guangcheng.apps.web.http import show
from guangcheng.base.errors import Denied, GuangchengError, NotFound
from guangcheng.base.text import Text


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from this site, or was open too long."""
    error = Denied(
        Text("这个表单已失效", "this form is no longer valid"),
        mend=Text("回到原页面，刷新后重新提交", "go back, reload the page and send it again"),
    )
    return _fault(request, error, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page there is none of."""
    error = NotFound(
        Text("没有这个页面", "there is no such page"),
        mend=Text("从菜单进入", "use the menu"),
    )
    return _fault(request, error, 404)


def internal(request: HttpRequest) -> HttpResponse:
    """Something nobody foresaw; the server's log has the details."""
    error = GuangchengError(
        Text("程序内部出错；数据没有改动", "internal error; no data was changed"),
        mend=Text("请把时间和所做的操作告诉管理员", "tell the administrator when and what you did"),
    )
    return _fault(request, error, 500)


def _fault(request: HttpRequest, error: GuangchengError, status: int) -> HttpResponse:
    return show(request, "fault.html", {"error": error}, status=status)
