"""Fields the forms of the programme's pages share."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from guangcheng.base.text import Text
from guangcheng.programme.platform import scope
from guangcheng.programme.platform.attachments import KINDS
from guangcheng.programme.platform.models import Organisation


def words(label: Text, *, long: bool = False, required: bool = True, most: int = 200, hint: Text | None = None) -> Any:
    """A line or, ``long``, several lines of text."""
    widget = forms.Textarea if long else forms.TextInput
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=most,
        required=required,
        widget=widget,
        help_text=hint or "",  # type: ignore[arg-type]
    )


def day(label: Text, *, required: bool = True) -> Any:
    """A day."""
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))  # type: ignore[arg-type]


def number(label: Text, least: int, most: int, *, required: bool = True) -> Any:
    """A whole number."""
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required)  # type: ignore[arg-type]


def amount(label: Text, *, required: bool = True) -> Any:
    """A decimal."""
    return forms.DecimalField(label=label, required=required, max_digits=18, decimal_places=6)  # type: ignore[arg-type]


def choice(label: Text, options: Mapping[str, Text], *, required: bool = True) -> Any:
    """One of some codes."""
    listed = [*([] if required else [("", Text("—", "—"))]), *options.items()]
    return forms.ChoiceField(label=label, choices=listed, required=required)  # type: ignore[arg-type]


def code(label: Text, codes: Iterable[str]) -> Any:
    """One of some codes that the page itself puts into words."""
    return forms.ChoiceField(label=label, choices=[(one, one) for one in codes])  # type: ignore[arg-type]


def tick(label: Text) -> Any:
    """Yes or no."""
    return forms.BooleanField(label=label, required=False)  # type: ignore[arg-type]


def unit(label: Text, *, required: bool = True) -> Any:
    """A live body, by its code."""
    bodies = Organisation.objects.filter(closed_on=None).prefetch_related("names")
    return forms.ModelChoiceField(bodies, label=label, required=required, to_field_name="code", empty_label="—")  # type: ignore[arg-type]


def one_file(label: Text = Text("佐证材料（可选）", "evidence (optional)")) -> Any:  # noqa: B008 - frozen
    """A file of the kinds attachments may have."""
    return forms.FileField(
        label=label,  # type: ignore[arg-type]
        required=False,
        widget=forms.FileInput,
        help_text="、".join(KINDS),
    )


class AreaField(forms.ChoiceField):
    """An area down to streets and towns, by its code; read anew for every form."""

    def __init__(self, label: Text = Text("区域", "area"), *, required: bool = True) -> None:  # noqa: B008 - frozen
        super().__init__(label=label, required=required, choices=area_choices)  # type: ignore[arg-type]


def area_choices() -> list[tuple[str, str]]:
    """The city and its areas above villages, top first."""
    top = scope.top()
    coarse = {
        code: name for code, (name, _, level) in scope.areas().items() if level in ("city", "district", "township")
    }
    rest = sorted((code, name) for code, name in coarse.items() if code != top)
    return [(top, scope.area_name(top)), *rest]


MOST_HINTS = 500
"""Areas a field offers while one types; of a larger city those above villages, any other's code can be typed."""


def area_hints() -> list[tuple[str, str]]:
    """Codes and names to offer beside a field for an area's code."""
    known = scope.areas()
    return area_choices() if len(known) > MOST_HINTS else sorted((code, name) for code, (name, _, _) in known.items())


def typed(value: dt.date | None) -> str:
    """A day as a form's initial value."""
    return value.isoformat() if value else ""
