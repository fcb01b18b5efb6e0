"""Forms of a page that do something: one deed each, refused with what was typed kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from guangcheng.apps.web.http import act_of, say_done, say_refused, show, status_of, user_of
from guangcheng.base.errors import GuangchengError, InputError
from guangcheng.base.text import Text
from guangcheng.programme.platform.acts import Act, may
from guangcheng.programme.platform.roles import Role
from guangcheng.programme.platform.workflow import Case, Workflow

Run = Callable[[Act, Mapping[str, Any]], object]
"""Does the deed with the form's cleaned values. A returned string is the address to go to."""


class Nothing(forms.Form):
    """A deed that needs no words."""


class Reason(forms.Form):
    """A deed that needs a reason."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea, label=Text("理由或结果", "reason or result"))  # type: ignore[arg-type]


SAVED = Text("已保存", "saved")


@dataclass(frozen=True, slots=True)
class Deed:
    """A form and what it does. ``name`` marks its fields, so that a page may hold several."""

    name: str
    title: Text
    run: Run
    form: type[forms.Form] = Nothing
    initial: Mapping[str, Any] | None = None
    roles: Iterable[Role] | None = None
    """Who is shown it (the verb itself refuses everybody else); ``None``: everybody."""
    area: str | None = None
    done: Text = SAVED
    group: str = ""
    """Deeds of a workflow stand together."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A deed as the page draws it."""

    deed: Deed
    form: forms.Form

    @property
    def wrong(self) -> bool:
        """Whether it came back with faults: it is shown open."""
        return self.form.is_bound

    @property
    def bare(self) -> bool:
        """Whether it is a button only."""
        return not self.form.fields

    @property
    def files(self) -> bool:
        """Whether it hands in a file."""
        return self.form.is_multipart()


def steps(flow: Workflow, act: Act, case: Case, run: Callable[[Act, str, str], object]) -> list[Deed]:
    """The steps of a workflow the person can take now, as deeds; ``run`` is given the step's name and the reason.

    Steps that are not open are there too, hidden: who posts one hears the verb's own refusal.
    """
    now = {step.name for step in flow.open_to(act, case)}
    return [
        Deed(
            f"step-{step.name}",
            step.label,
            lambda act, given, name=step.name: run(act, name, given.get("reason", "")),  # type: ignore[misc]
            Reason if step.reason else Nothing,
            roles=None if step.name in now else (),
            area=case.area_code,
            group="steps",
        )
        for step in flow.transitions
    ]


def answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], deeds: Sequence[Deed], back: str
) -> HttpResponseBase:
    """Show a page with its deeds, or do the one posted and go ``back``; a refusal keeps what was typed."""
    if request.method != "POST":
        return show(request, template, {**context, "deeds": _shown(request, deeds)})
    name = request.POST.get("do", "")
    deed = next((one for one in deeds if one.name == name), None)
    if deed is None:
        raise InputError(
            Text("不知道要做什么", "it is not said what to do"),
            mend=Text("回到页面用按钮提交", "use the page's buttons"),
        )
    form = deed.form(request.POST, request.FILES, prefix=deed.name)
    status = 422
    if form.is_valid():
        try:
            went = deed.run(act_of(request), form.cleaned_data)
        except GuangchengError as error:
            say_refused(request, error)
            status = status_of(error)
        else:
            say_done(request, deed.done)
            return redirect(went if isinstance(went, str) else back)
    return show(request, template, {**context, "deeds": _shown(request, deeds, deed, form)}, status=status)


def _shown(
    request: HttpRequest, deeds: Sequence[Deed], tried: Deed | None = None, bound: forms.Form | None = None
) -> dict[str, list[Shown]]:
    user = user_of(request)
    found: dict[str, list[Shown]] = {}
    for deed in deeds:
        if deed.roles is None or may(user, deed.roles, deed.area):
            again = bound if deed is tried and bound is not None and bound.fields else None
            form = again or deed.form(initial=dict(deed.initial or {}), prefix=deed.name)
            found.setdefault(deed.group or "forms", []).append(Shown(deed, form))
    return found


def files_of(given: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    """The file of a form's field ``file``, if one was chosen, as the verbs take it."""
    chosen = given.get("file")
    return [(chosen.name, chosen.read())] if chosen else []
