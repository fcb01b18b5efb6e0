"""``serve`` and ``token``: the programme in a browser, and keys for programs."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from guangcheng.apps.cli.door import EXIT_DONE, common, emit, say, show, words
from guangcheng.apps.cli.options import city_argument
from guangcheng.base.errors import NotFound, UsageError
from guangcheng.base.text import Text

LARGEST_PORT = 65535
IDLE_MS = 75_000
"""How long a quiet connection is kept: longer than proxies keep theirs (60 s), or a form sent on one would be lost."""


@click.command(
    help=words(
        "在浏览器里办事：启动城市的网页服务。第一次启动时建管理员，打印一次性密码。",
        "The programme in a browser: start a city's web server. The first start makes an administrator.",
    )
)
@city_argument
@click.option("--host", default="127.0.0.1", show_default=True, help=words("监听地址", "address to listen on"))
@click.option("--port", default=8000, show_default=True, help=words("端口", "port"))
@click.option("--threads", default=8, show_default=True, help=words("同时处理的请求数", "requests handled at once"))
@common
def serve(folder: Path, host: str, port: int, threads: int, as_json: bool) -> int:
    """Serve until interrupted."""
    if not 0 < port <= LARGEST_PORT or threads < 1:
        raise UsageError(
            Text(f"端口或线程数不对：{port}、{threads}", f"wrong port or threads: {port}, {threads}"),
            mend=Text("端口 1–65535，线程至少 1", "a port of 1-65535, at least 1 thread"),
        )
    from guangcheng.apps.web.start import programme_of

    city = programme_of(folder)
    first = _first_administrator()
    url = f"http://{host}:{port}/"
    told: dict[str, Any] = {"city": city.config.name, "url": url}
    if first is not None:
        told |= {"administrator": first[0], "one_time_password": first[1]}
        show(
            Text(
                f"管理员 {first[0]}，一次性密码 {first[1]}（只显示这一次，首次登录须修改）",
                f"administrator {first[0]}, one-time password {first[1]} (shown only now, to be changed at sign-in)",
            ).in_(_lang())
        ) if not as_json else None
    emit(told, as_json=as_json)
    say(Text(f"{city.config.name}：{url} （Ctrl-C 停止）", f"{city.config.name}: {url} (Ctrl-C stops)"))
    _run(host, port, threads)
    return EXIT_DONE


def _lang() -> Any:
    from guangcheng.apps.cli.door import lang

    return lang()


def _first_administrator() -> tuple[str, str] | None:
    from guangcheng.programme.platform.acts import Act
    from guangcheng.programme.platform.organisations import first_administrator

    made = first_administrator(Act(actor=None, at=dt.datetime.now(tz=dt.UTC), via="command"))
    return None if made is None else (made[0].username, made[1])


def _run(host: str, port: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    Granian(
        "guangcheng.apps.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        backpressure=256,
        log_enabled=False,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_MS),
    ).serve()


@click.command(
    help=words(
        "给程序用的令牌：只打印一次，带范围和期限。", "A token for programs: printed once, with scopes and an end."
    )
)
@city_argument
@click.argument("user", metavar="USER")
@click.option("--scope", "scopes", multiple=True, required=True, help=words("范围，可多次", "scope, may be repeated"))
@click.option("--days", default=90, show_default=True, help=words("有效天数", "days until it ends"))
@click.option("--name", default="cli", show_default=True, help=words("用途", "what it is for"))
@common
def token(folder: Path, user: str, scopes: tuple[str, ...], days: int, name: str, as_json: bool) -> int:
    """Issue a token of a user."""
    from guangcheng.apps.web.start import programme_of

    programme_of(folder)
    from guangcheng.programme.platform import tokens
    from guangcheng.programme.platform.acts import Act
    from guangcheng.programme.platform.models import User

    found = User.objects.filter(username=user).first()
    if found is None:
        raise NotFound(
            Text(f"没有用户 {user}", f"there is no user {user}"),
            mend=Text("在“单位与用户”页登记", "add them on the page of bodies and people"),
        )
    act = Act(actor=None, at=dt.datetime.now(tz=dt.UTC), via="command")
    made, key = tokens.issue(act, found, name=name, scopes=scopes, days=days)
    until = made.expires_at.date().isoformat()
    emit({"user": user, "token": key, "scopes": made.scopes, "expires": until}, as_json=as_json)
    if not as_json:
        show(key)
    say(Text(f"有效至 {until}；只显示这一次", f"valid until {until}; shown only now"))
    return EXIT_DONE
