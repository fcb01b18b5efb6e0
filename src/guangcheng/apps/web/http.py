"""What every page does at the door: who asks, in which language, whether they may; and how an answer is made."""

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, Literal, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header

from guangcheng.base.errors import GuangchengError
from guangcheng.base.text import Lang, Text
from guangcheng.programme.platform import attachments, scope
from guangcheng.programme.platform.acts import Act, denied, roles_in
from guangcheng.programme.platform.models import Attachment, User
from guangcheng.programme.platform.roles import EVERYBODY, Role

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

LANG_COOKIE = "guangcheng_lang"

STATUS = {
    "TooMany": 429,
    "Denied": 403,
    "NotFound": 404,
    "Refused": 409,
    "WrongFormat": 415,
    "UsageError": 400,
    "InputError": 422,
    "OutsideKnowledge": 422,
}
"""HTTP status of each kind of error (see ``base.errors``)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a page. Rules by area are the verbs'."""

    kind: Literal["public", "signed_in", "roles"]
    roles: frozenset[Role] = frozenset()


def now() -> dt.datetime:
    """Read the clock."""
    return dt.datetime.now(tz=dt.UTC)


def status_of(error: GuangchengError) -> int:
    """The HTTP status an error is answered with."""
    return next(STATUS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in STATUS)


def lang_of(request: HttpRequest) -> Lang:
    """``?lang=``, else the cookie, else the person's own, else Chinese unless the browser asks for English alone."""
    asked = request.GET.get("lang") or request.COOKIES.get(LANG_COOKIE)
    if asked is None and isinstance(request.user, User):
        asked = request.user.lang
    if asked is None:
        wanted = request.headers.get("accept-language", "").lower()
        asked = "en" if wanted.startswith("en") and "zh" not in wanted else "zh"
    return "en" if asked.startswith("en") else "zh"


def user_of(request: HttpRequest) -> User:
    """The signed-in person; pages behind :func:`page` with roles always have one."""
    return cast("User", request.user)


def held_roles(request: HttpRequest) -> frozenset[Role]:
    """The roles the person has anywhere, none for nobody; asked of the database once a request."""
    held: frozenset[Role] | None = getattr(request, "_held_roles", None)
    if held is None:
        held = roles_in(request.user, None) if isinstance(request.user, User) else frozenset()
        request._held_roles = held  # type: ignore[attr-defined]
    return held


def act_of(request: HttpRequest) -> Act:
    """The act a page's form is: the person, now, by a page (or the API's own door when it says so)."""
    actor = request.user if isinstance(request.user, User) else None
    return Act(actor=actor, at=now(), via="page")


def page(*roles: Role, public: bool = False, signed_in: bool = False) -> Callable[[View[P]], View[P]]:
    """Mark who may open a view and guard it.

    ``public``: anybody; ``signed_in``: anybody with a password, grants or none; else one of ``roles`` (any when empty)
    in some area.
    """
    access = Access("public" if public else "signed_in" if signed_in else "roles", frozenset(roles) or EVERYBODY)

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if access.kind != "public" and not request.user.is_authenticated:
                return _sign_in(request)
            if access.kind == "roles" and access.roles.isdisjoint(held_roles(request)):
                raise denied(sorted(access.roles))
            return view(request, *args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return cast("View[P]", guarded)

    return guard


def _sign_in(request: HttpRequest) -> HttpResponse:
    """Ask somebody to sign in: a page by the sign-in page, whatever a page fetches for itself by 401.

    A map's tile must not become a sign-in page: each would bring a new token against forged requests, and the form a
    person is filling in meanwhile would be refused.
    """
    accept = request.headers.get("accept")
    if request.method == "GET" and (accept is None or "text/html" in accept):
        return redirect_to_login(request.get_full_path())
    headers = {"WWW-Authenticate": "Session"}
    if request.headers.get("hx-request"):
        here = urlsplit(request.headers.get("hx-current-url", "")).path or "/"
        headers["HX-Redirect"] = redirect_to_login(here)["Location"]
    return HttpResponse(status=401, headers=headers)


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a page."""
    return render(request, template, dict(context or {}), status=status)


def say_done(request: HttpRequest, text: Text) -> None:
    """Leave a message for the next page the person sees."""
    from django.contrib import messages

    messages.success(request, text.in_(lang_of(request)))


def say_refused(request: HttpRequest, error: GuangchengError) -> None:
    """Leave a refusal, with how to mend it, for the next page the person sees."""
    from django.contrib import messages

    messages.error(request, error.in_(lang_of(request)))


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use: the language, the city, the person's roles, the menu."""
    from guangcheng.apps.web.menu import menu_for

    held = held_roles(request)
    return {
        "lang": lang_of(request),
        "city": scope.the_city().config,
        "held_roles": held,
        "menu": menu_for(held, request.path),
        "today": now().astimezone(dt.timezone(dt.timedelta(hours=8))).date(),
    }


def paged(items: Iterable[Any], request: HttpRequest, size: int = 50) -> Any:
    """One page of a list, by ``?page=`` (out of range: the nearest page)."""
    from django.core.paginator import Paginator

    return Paginator(items, size).get_page(request.GET.get("page"))  # type: ignore[arg-type]


def download(content: bytes | str, name: str, kind: str) -> HttpResponse:
    """Content as a file to keep, never shown inside the page, whatever its name holds."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


def kept_file(kept: Attachment) -> HttpResponse:
    """An attachment as handed in; ``NotFound`` when its bytes are gone or changed."""
    return download(attachments.content_of(kept), kept.name, attachments.TYPES[kept.kind])
