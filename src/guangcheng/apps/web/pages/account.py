"""Sign in, sign out, change one's password."""

from typing import Any

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from guangcheng.apps.web.http import act_of, page, say_done, show, user_of
from guangcheng.base.errors import InputError
from guangcheng.base.text import Text
from guangcheng.programme.platform import organisations


@page(public=True)
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for name and password; too many wrong ones from an address shut it out for a while."""
    form = AuthenticationForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return redirect(_next(request))
    wrong = Text("用户名或密码不对", "wrong user name or password") if form.is_bound else None
    context = {
        "wrong": wrong,
        "username": request.POST.get("username", ""),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return show(request, "account/login.html", context, status=422 if wrong else 200)


@page(public=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    logout(request)
    return redirect("login")


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the peer, or behind ``proxies`` of ``web.toml`` what the outermost of them saw.

    Whatever a browser itself wrote into ``X-Forwarded-For`` stands further left and is never believed.
    """
    from django.conf import settings

    peer = str(request.META.get("REMOTE_ADDR", ""))
    seen = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    count: int = settings.WEB.proxies
    return seen[-count] if 0 < count <= len(seen) else peer


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer somebody who tried too many passwords."""
    wrong = Text("试错次数过多，请15分钟后再试", "too many wrong passwords: try again in 15 minutes")
    return show(request, "account/login.html", {"wrong": wrong, "username": ""}, status=429)


@page(signed_in=True)
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password; after a one-time password this comes first."""
    wrong: object = None
    if request.method == "POST":
        new, again = request.POST.get("new", ""), request.POST.get("again", "")
        user = user_of(request)
        if not user.check_password(request.POST.get("old", "")):
            wrong = Text("原密码不对", "the old password is wrong")
        elif new != again:
            wrong = Text("两次输入的新密码不同", "the two new passwords differ")
        else:
            try:
                organisations.change_password(act_of(request), user, new)
            except InputError as fault:
                wrong = fault
            else:
                update_session_auth_hash(request, user)
                say_done(request, Text("密码已改", "password changed"))
                return redirect("home")
    return show(request, "account/password.html", {"wrong": wrong}, status=422 if wrong else 200)


urlpatterns = [
    path("login", sign_in, name="login"),
    path("logout", sign_out, name="logout"),
    path("password", password, name="password"),
]
