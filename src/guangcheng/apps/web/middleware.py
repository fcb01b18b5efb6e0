"""Errors into words, the language into a cookie, a one-time password into a change of password."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation

from guangcheng.apps.web.http import LANG_COOKIE, lang_of, show, status_of
from guangcheng.apps.web.shelf import Computing
from guangcheng.apps.web.templatetags.words import CURRENT
from guangcheng.base.errors import GuangchengError
from guangcheng.programme.platform.models import User

CATALOGUES = {"zh": "zh-hans", "en": "en"}
_FREE = ("/login", "/logout", "/password", "/static/", "/api/")


class People:
    """See the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        CURRENT.set(lang_of(request))
        user = request.user
        if isinstance(user, User) and user.must_change_password and not request.path.startswith(_FREE):
            return redirect("password")
        # what Django itself says (a field left empty, a number too large) comes from its own catalogues
        with translation.override(CATALOGUES[lang_of(request)]):
            response = self.get_response(request)
        if "lang" in request.GET:
            response.set_cookie(LANG_COOKIE, lang_of(request), max_age=365 * 86400, samesite="Lax", httponly=True)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """A refusal becomes a page in the person's language; what is unforeseen stays for Django's own 500."""
        if isinstance(error, Computing):
            return show(request, "computing.html", {"ticket": error.ticket}, status=202)
        if not isinstance(error, GuangchengError):
            return None
        return show(request, "fault.html", {"error": error}, status=status_of(error))


people = People
