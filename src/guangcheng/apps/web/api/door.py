"""Who calls the API, with which scope; and its errors."""

import importlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from guangcheng import __version__
from guangcheng.apps.web.http import now, status_of
from guangcheng.apps.web.shelf import Computing
from guangcheng.base.errors import Denied, GuangchengError, InputError, NotFound
from guangcheng.base.text import Text
from guangcheng.programme.platform import tokens
from guangcheng.programme.platform.acts import Act, allow, denied, roles_in
from guangcheng.programme.platform.models import User
from guangcheng.programme.platform.roles import EVERYBODY, Role

PROBLEM = "application/problem+json"


class Receipt(Schema):
    """Where the ledger has an act."""

    seq: int
    hash: str


class Bearer(HttpBearer):
    """A live token with the scope a route asks for, of somebody with one of its roles somewhere."""

    def __init__(self, scope: str, roles: frozenset[Role] = EVERYBODY) -> None:
        super().__init__()
        self.scope, self.roles = scope, roles

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user, or nobody."""
        found = tokens.holder(token, now())
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise Denied(
                Text(f"令牌没有范围 {self.scope}", f"the token lacks the scope {self.scope}"),
                mend=Text("申请带此范围的令牌", "use a token with this scope"),
            )
        return _with_role(found.user, self.roles)


class Session(SessionAuth):
    """The pages' own session (with CSRF)."""

    def __init__(self, roles: frozenset[Role] = EVERYBODY) -> None:
        super().__init__()
        self.roles = roles

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The signed-in person; nobody while a one-time password has not been changed."""
        user = request.user
        if not isinstance(user, User) or not user.is_active or user.must_change_password:
            return None
        return _with_role(user, self.roles)


def _with_role(user: User, roles: frozenset[Role]) -> User:
    if roles.isdisjoint(roles_in(user, None)):
        raise denied(sorted(roles))
    return user


def scope(name: str, *roles: Role) -> list[Callable[..., Any]]:
    """What a route's ``auth=`` is: a token with the scope, or the session, of somebody with one of ``roles`` somewhere.

    Any role when none is named. It is checked before the request's content is read; rules by area are the verbs'.
    """
    wanted = frozenset(roles) or EVERYBODY
    return [Bearer(name, wanted), Session(wanted)]


def api_act(request: HttpRequest) -> Act:
    """The act an API call is; ``Denied`` for somebody without any grant."""
    act = Act(actor=request.auth, at=now(), via="api")  # type: ignore[attr-defined]
    allow(act, EVERYBODY, area=None)
    return act


def problem(status: int, title: str, detail: Text, mend: Text | None = None, **more: Any) -> HttpResponse:
    """An RFC 9457 problem with both languages; ``detail`` is the Chinese, ``detail_en`` the English."""
    import json

    body: dict[str, Any] = {"type": f"urn:guangcheng:{title}", "title": title, "status": status}
    body |= {"detail": detail.zh, "detail_en": detail.en}
    if mend is not None:
        body |= {"mend": mend.zh, "mend_en": mend.en}
    text = json.dumps(body | more, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type=PROBLEM)


def make_api(routers: tuple[str, ...]) -> NinjaAPI:
    """Put the API together."""
    api = NinjaAPI(
        title="Guangcheng 光城",
        version=__version__,
        docs_url=None,
        openapi_url="/openapi.json",
        auth=scope("read"),
        urls_namespace="api",
    )
    for name in routers:
        api.add_router(f"/{name}", importlib.import_module(f"guangcheng.apps.web.api.{name}").router, tags=[name])
    _errors(api)
    return api


def _errors(api: NinjaAPI) -> None:
    def ours(request: HttpRequest, error: Any) -> HttpResponse:
        place = {name: getattr(error.where, name) for name in ("file", "sheet", "row", "column", "field")}
        where = {key: value for key, value in place.items() if value is not None}
        more = {"where": where} if where else {}
        return problem(status_of(error), type(error).__name__, error.message, error.mend, **more)

    def wrong_body(request: HttpRequest, error: Any) -> HttpResponse:
        faults = [{"where": list(fault["loc"]), "why": fault["msg"]} for fault in error.errors]
        words = Text("请求的内容不对", "the request's content is wrong")
        return problem(422, InputError.__name__, words, faults=faults)

    def nobody(request: HttpRequest, error: Any) -> HttpResponse:
        words = Text("没有登录或令牌失效", "not signed in, or the token has ended")
        answer = problem(401, "Unauthenticated", words, Text("带上 Authorization: Bearer 令牌", "send a bearer token"))
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    def http(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(error.status_code, "HttpError", Text(error.message, error.message))

    def missing(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(404, NotFound.__name__, Text("没有这一项", "there is no such thing"))

    def computing(request: HttpRequest, error: Any) -> HttpResponse:
        words = Text("正在计算，请稍后再取", "it is being worked out")
        answer = problem(503, "Computing", words, Text("几秒后再请求一次", "ask again in a few seconds"))
        answer["Retry-After"] = "3"
        return answer

    from django.http import Http404

    api.add_exception_handler(Computing, computing)

    api.add_exception_handler(GuangchengError, ours)
    api.add_exception_handler(ValidationError, wrong_body)
    api.add_exception_handler(AuthenticationError, nobody)
    api.add_exception_handler(HttpError, http)
    api.add_exception_handler(Http404, missing)
