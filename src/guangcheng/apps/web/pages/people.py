"""Bodies, people, their grants and tokens; the ledger."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcheng.apps.web import fields
from guangcheng.apps.web.http import act_of, lang_of, page, paged, say_done, show, user_of
from guangcheng.base.text import Text
from guangcheng.programme.platform import ledger, organisations, scope, tokens
from guangcheng.programme.platform.models import ApiToken, Grant, LedgerEntry, Organisation, User
from guangcheng.programme.platform.roles import KINDS, Role

ADMIN = Role.ADMINISTRATOR


class BodyForm(forms.Form):
    """A new body."""

    code = forms.SlugField(max_length=40, label=Text("代码", "code"))  # type: ignore[arg-type]
    kind = fields.code(Text("类型", "kind"), KINDS)
    name = fields.words(Text("名称", "name"), most=120)
    area = fields.words(Text("区域", "area"), most=20)


class NameForm(forms.Form):
    """A body's new name."""

    name = fields.words(Text("名称", "name"), most=120)
    since = fields.day(Text("起用日期", "since"))


class TokenForm(forms.Form):
    """A new token."""

    name = fields.words(Text("用途", "what for"), most=80)
    days = fields.number(Text("有效天数", "days"), 1, 366)


class UserForm(forms.Form):
    """A new user."""

    username = fields.words(Text("用户名", "username"), most=150)
    title = fields.words(Text("岗位", "post"), required=False, most=80)
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        required=False,
        to_field_name="code",
        label=Text("单位", "body"),  # type: ignore[arg-type]
    )
    email = forms.EmailField(required=False, label=Text("邮箱", "e-mail"))  # type: ignore[arg-type]


class GrantForm(forms.Form):
    """A new grant."""

    role = fields.code(Text("角色", "role"), Role)
    area = fields.words(Text("区域", "area"), most=20)


def _once(answer: HttpResponse) -> HttpResponse:
    """What is shown once is kept by no cache and no history."""
    answer["Cache-Control"] = "no-store"
    return answer


@page(ADMIN)
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """All bodies, and the people one administers."""
    seen = organisations.people_of(user_of(request))
    users = seen.select_related("organisation").prefetch_related("organisation__names", "grants")
    context = {
        "bodies": paged(Organisation.objects.prefetch_related("names"), request),
        "users": paged(users, request),
        "kinds": KINDS.items(),
        "areas": sorted(scope.areas().items()),
    }
    return show(request, "people/list.html", context)


@page(ADMIN)
@require_POST
def found(request: HttpRequest) -> HttpResponseBase:
    """Enter a body."""
    form = BodyForm(request.POST)
    if not form.is_valid():
        return show(request, "people/wrong.html", {"form": form}, status=422)
    given = form.cleaned_data
    organisations.found_organisation(
        act_of(request), code=given["code"], kind=given["kind"], name=given["name"], area=given["area"]
    )
    say_done(request, Text("单位已登记", "the body is entered"))
    return redirect("people")


@page(ADMIN)
@require_http_methods(["GET", "POST"])
def body(request: HttpRequest, code: str) -> HttpResponseBase:
    """One body: its names; a new name from a day on."""
    one = get_object_or_404(Organisation, code=code)
    if request.method == "POST":
        form = NameForm(request.POST)
        if not form.is_valid():
            return show(request, "people/wrong.html", {"form": form}, status=422)
        organisations.rename_organisation(act_of(request), one, **form.cleaned_data)
        say_done(request, Text("名称已登记", "the name is entered"))
        return redirect("body", code=code)
    return show(request, "people/body.html", {"body": one})


@page(ADMIN)
@require_POST
def add_user(request: HttpRequest) -> HttpResponseBase:
    """Add somebody; the one-time password is shown once."""
    form = UserForm(request.POST)
    if not form.is_valid():
        return show(request, "people/wrong.html", {"form": form}, status=422)
    user, password = organisations.add_user(act_of(request), **form.cleaned_data)
    return _once(show(request, "people/password.html", {"one": user, "password": password}))


@page(ADMIN)
@require_GET
def person(request: HttpRequest, username: str) -> HttpResponseBase:
    """One person of one's own areas: grants, tokens, last acts."""
    one = get_object_or_404(organisations.people_of(user_of(request)), username=username)
    context = {
        "one": one,
        "grants": one.grants.filter(revoked_at=None).order_by("role", "area_code"),
        "tokens": one.tokens.filter(revoked_at=None),
        "acts": LedgerEntry.objects.filter(actor=one.username).order_by("-seq")[:20],
        "roles": list(Role),
        "areas": sorted(scope.areas().items()),
        "top": scope.top(),
    }
    return show(request, "people/person.html", context)


@page(ADMIN)
@require_POST
def grant(request: HttpRequest, username: str) -> HttpResponseBase:
    """Give a role."""
    form = GrantForm(request.POST)
    if not form.is_valid():
        return show(request, "people/wrong.html", {"form": form}, status=422)
    one = get_object_or_404(User, username=username)
    organisations.grant(act_of(request), one, Role(form.cleaned_data["role"]), area=form.cleaned_data["area"])
    say_done(request, Text("已授权", "granted"))
    return redirect("person", username=username)


@page(ADMIN)
@require_POST
def revoke(request: HttpRequest, username: str, grant_id: int) -> HttpResponseBase:
    """Take a role away."""
    given = get_object_or_404(Grant, pk=grant_id, user__username=username, revoked_at=None)
    organisations.revoke(act_of(request), given)
    say_done(request, Text("已收回", "revoked"))
    return redirect("person", username=username)


@page(ADMIN)
@require_POST
def reset(request: HttpRequest, username: str) -> HttpResponseBase:
    """Give a new one-time password."""
    one = get_object_or_404(User, username=username)
    password = organisations.reset_password(act_of(request), one)
    return _once(show(request, "people/password.html", {"one": one, "password": password}))


@page(ADMIN)
@require_POST
def active(request: HttpRequest, username: str) -> HttpResponseBase:
    """Shut somebody out or let them in again."""
    one = get_object_or_404(User, username=username)
    organisations.set_active(act_of(request), one, active=request.POST.get("active") == "yes")
    return redirect("person", username=username)


@page(signed_in=True)
@require_http_methods(["GET", "POST"])
def my_tokens(request: HttpRequest) -> HttpResponseBase:
    """One's own API tokens; a new one is shown once."""
    key = ""
    if request.method == "POST":
        form = TokenForm(request.POST)
        if not form.is_valid():
            return show(request, "people/wrong.html", {"form": form}, status=422)
        wanted = request.POST.getlist("scopes")
        _, key = tokens.issue(act_of(request), user_of(request), scopes=wanted, **form.cleaned_data)
    mine = ApiToken.objects.filter(user=user_of(request), revoked_at=None).order_by("-pk")
    return _once(show(request, "people/tokens.html", {"tokens": mine, "key": key, "scopes": tokens.SCOPES.items()}))


@page(signed_in=True)
@require_POST
def end_token(request: HttpRequest, token_id: int) -> HttpResponseBase:
    """End one of one's own tokens."""
    tokens.revoke(act_of(request), get_object_or_404(ApiToken, pk=token_id, user=user_of(request)))
    return redirect("tokens")


@page(ADMIN, Role.INSPECTOR)
@require_GET
def acts(request: HttpRequest) -> HttpResponseBase:
    """The ledger of one's own areas, newest first, by actor, verb, subject or area."""
    found = ledger.seen_by(user_of(request)).order_by("-seq")
    for field in ("actor", "verb", "subject", "area_code"):
        if wanted := request.GET.get(field, "").strip():
            found = found.filter(**{field: wanted})
    return show(request, "people/ledger.html", {"entries": paged(found, request), "head": ledger.head()})


@page(ADMIN, Role.INSPECTOR)
@require_POST
def verify(request: HttpRequest) -> HttpResponseBase:
    """Check the whole chain now."""
    broken = ledger.verify()
    return show(request, "people/verified.html", {"broken": broken, "head": ledger.head(), "lang": lang_of(request)})


urlpatterns = [
    path("people/", people, name="people"),
    path("people/bodies", found, name="found"),
    path("people/bodies/<slug:code>", body, name="body"),
    path("people/users", add_user, name="add_user"),
    path("people/users/<str:username>", person, name="person"),
    path("people/users/<str:username>/grants", grant, name="grant"),
    path("people/users/<str:username>/grants/<int:grant_id>/revoke", revoke, name="revoke"),
    path("people/users/<str:username>/reset", reset, name="reset"),
    path("people/users/<str:username>/active", active, name="active"),
    path("tokens/", my_tokens, name="tokens"),
    path("tokens/<int:token_id>/end", end_token, name="end_token"),
    path("ledger/", acts, name="ledger"),
    path("ledger/verify", verify, name="verify_ledger"),
]
