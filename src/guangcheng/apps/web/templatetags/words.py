"""Words in templates: ``{{ text|say }}``, ``{% say text %}`` and ``{% say "中文" "English" %}``.

The page's language is in the context variable ``lang``; a filter sees no context, so the middleware also leaves it in
:data:`CURRENT`.
"""

import datetime as dt
import re
from contextvars import ContextVar
from typing import cast
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from guangcheng.base.errors import GuangchengError
from guangcheng.base.provenance import Basis
from guangcheng.base.text import Lang, Text
from guangcheng.coverage.results import Verdict
from guangcheng.programme.platform import acts, scope
from guangcheng.programme.platform.roles import KINDS, Role
from guangcheng.reporting.words import BASES, VERDICTS, value_said

register = template.Library()


CURRENT: ContextVar[Lang] = ContextVar("lang", default="zh")
"""The language of the request being answered."""


@register.filter(name="say")
def said(text: object) -> str:
    """A ``Text`` or an error in the language of the request; anything else as it is."""
    return text.in_(CURRENT.get()) if isinstance(text, Text | GuangchengError) else str(text)


@register.simple_tag(takes_context=True)
def say(context: Context, text: object, english: str | None = None) -> str:
    """The words in the page's language: a ``Text``, an error, or a Chinese and an English string."""
    lang = cast("Lang", context.get("lang") or CURRENT.get())
    if isinstance(text, Text | GuangchengError):
        return text.in_(lang)
    if english is None:
        return str(text)
    return english if lang == "en" else str(text)


@register.filter
def area_name(code: str) -> str:
    """An area's name by its code."""
    return scope.area_name(code)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A day as ISO text in the city's time."""
    if isinstance(value, dt.datetime):
        return value.astimezone(acts.CHINA).date().isoformat()
    return value.isoformat() if value else "—"


@register.filter
def found_word(claim: str) -> str:
    """Whether a premises can get fibre: what the register claims, or what was found there."""
    return said(_CLAIMS.get(claim, Text(claim, claim)))


_CLAIMS = {
    "yes": Text("能接入", "can get fibre"),
    "no": Text("不能接入", "cannot"),
    "unknown": Text("不清楚", "not known"),
}


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment as ``2026-01-02 15:04`` in the city's time."""
    return value.astimezone(acts.CHINA).strftime("%Y-%m-%d %H:%M") if value else "—"


@register.filter
def role_name(role: str) -> str:
    """The names of roles, separated by commas in ``role``."""
    return "、".join(said(Role(one.strip()).words) for one in role.split(","))


@register.filter
def kind_name(kind: str) -> str:
    """What kind of body it is."""
    return said(KINDS.get(kind, Text(kind, kind)))


@register.filter
def answer(value: str) -> str:
    """A value of a derivation as people say it."""
    return value_said(value, CURRENT.get())


@register.filter
def cell(value: object) -> str:
    """A value of a register row; metres are shown to the millimetre."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else said(value)


@register.filter
def basis_word(value: Basis) -> str:
    """Where a value comes from, in words; nothing for the text itself."""
    return "" if value is Basis.TEXT else said(BASES[value])


@register.filter
def verdict_name(verdict: str) -> str:
    """A verdict's name."""
    return said(VERDICTS[Verdict(verdict)])


_TRACE = re.compile(r"[a-z0-9][a-z0-9-]*@\d{4}-\d{2}-\d{2}/[^/\s（）()]+/[^/\s（）()]+")


@register.filter
def with_traces(text: object) -> SafeString:
    """Words in which every trace leads to its derivation; everything else is escaped."""
    shown, parts, at = said(text), [], 0
    for found in _TRACE.finditer(shown):
        address = f"/derivation/?{urlencode({'trace': found[0]})}"
        parts += [escape(shown[at : found.start()]), format_html('<a href="{}">{}</a>', address, found[0])]
        at = found.end()
    return mark_safe("".join([*parts, escape(shown[at:])]))  # noqa: S308 - each part is escaped
