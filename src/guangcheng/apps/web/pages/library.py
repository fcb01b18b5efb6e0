"""The library of standards: every number with its clause; documents read into drafts, to be checked by people."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from guangcheng.apps import bootstrap
from guangcheng.apps.web import results
from guangcheng.apps.web.http import act_of, download, page, paged, say_refused, show
from guangcheng.apps.web.pages.registers import too_large
from guangcheng.base.errors import GuangchengError, NotFound
from guangcheng.base.text import Text
from guangcheng.programme.desk import loads
from guangcheng.programme.platform import attachments, scope
from guangcheng.programme.platform.models import Attachment
from guangcheng.programme.platform.roles import Role
from guangcheng.reporting.words import BASES
from guangcheng.standards import library
from guangcheng.standards.describe import Demand, describe
from guangcheng.standards.diff import diff
from guangcheng.standards.reader import Draft, read_document
from guangcheng.standards.reader.review import review_body

DEMANDS = 100
PARTS = {
    "acceptance": Text("验收标准", "acceptance"),
    "target": Text("分期目标", "dated targets"),
    "baseline": Text("基期值", "baselines"),
    "parameter": Text("参数", "parameters"),
    "task": Text("任务", "tasks"),
    "rule": Text("规则", "rules"),
}


class DocumentForm(forms.Form):
    """A document to read."""

    file = forms.FileField()


@page()
@require_GET
def standards(request: HttpRequest) -> HttpResponseBase:
    """All standards: where they come from, where they hold, what they demand."""
    city = scope.the_city()
    rows = []
    for standard_id in library.ids(city.standards_folder):
        standard = library.load(standard_id, local=city.standards_folder)
        counts = [len(standard.acceptance), len(standard.indicators), len(standard.tasks), len(standard.rules)]
        in_force = standard_id in city.config.standards
        rows.append({"standard": standard, "counts": counts, "in_force": in_force})
    rows.sort(key=lambda row: (not row["in_force"],))
    return show(request, "library/list.html", {"rows": rows, "may_read": Role.ADMINISTRATOR})


@page()
@require_GET
def standard(request: HttpRequest, standard_id: str) -> HttpResponseBase:
    """One standard: every number with its day, clause and basis; what differs from another."""
    city = scope.the_city()
    found = bootstrap.standard_of(city, standard_id)
    demands = describe(found)
    part = request.GET.get("part", "")
    chosen = [demand for demand in demands if not part or demand.part == part]
    against = request.GET.get("against", "")
    changes = diff(bootstrap.standard_of(city, against), found) if against else []
    counts = {name: sum(demand.part == name for demand in demands) for name in PARTS}
    context = {
        "standard": found,
        "crumbs": [(Text("标准库", "Standards"), "/standards/"), (Text(found.title.zh, found.title.en), None)],
        "document": found.document,
        "in_force": standard_id in city.config.standards,
        "part": part,
        "parts": [(name, words, counts[name]) for name, words in PARTS.items() if counts[name]],
        "rows": paged([_row(demand, standard_id) for demand in chosen], request, DEMANDS),
        "ids": library.ids(city.standards_folder),
        "against": against,
        "changes": paged(changes, request, DEMANDS) if against else None,
    }
    return show(request, "library/standard.html", context)


def _row(demand: Demand, standard_id: str) -> dict[str, Any]:
    has_page = demand.part in ("target", "baseline")
    return {
        "demand": demand,
        "basis": BASES[demand.basis],
        "part": PARTS[demand.part],
        "address": f"/indicators/{standard_id}/{demand.id}" if has_page else "",
    }


@page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponseBase:
    """Documents read into drafts; a new one by its file."""
    if request.method == "POST":
        form = DocumentForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            too_large(file)
            try:
                kept = loads.hand_in_document(act_of(request), name=file.name, content=file.read())
            except GuangchengError as error:
                say_refused(request, error)
                return redirect("read_standard")
            return redirect("review_draft", attachment_id=kept.pk)
    documents = Attachment.objects.filter(subject=loads.DOCUMENTS).order_by("-pk")
    status = 422 if request.method == "POST" else 200
    return show(request, "library/read.html", {"documents": paged(documents, request)}, status=status)


def _draft(attachment: Attachment) -> Draft:
    content = attachments.content_of(attachment)
    work = partial(_read, attachment.name, content)
    return results.kept(("draft", attachment.digest, attachment.name), work)


def _read(name: str, content: bytes) -> Draft:
    with tempfile.TemporaryDirectory(prefix="guangcheng-read-") as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        return read_document(file)


def _document(attachment_id: int) -> Attachment:
    return get_object_or_404(Attachment, pk=attachment_id, subject=loads.DOCUMENTS)


@page(Role.ADMINISTRATOR)
@require_GET
def review(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """The reader's review page: each finding beside its sentence, doubts named; the drafts to download."""
    kept = _document(attachment_id)
    draft = _draft(kept)
    context = {
        "kept": kept,
        "documents": [(place, item) for place, item in enumerate(draft.documents, start=1)],
        "body": review_body(draft.text, draft.documents),
    }
    return show(request, "library/review.html", context)


@page(Role.ADMINISTRATOR)
@require_GET
def draft_file(_request: HttpRequest, attachment_id: int, number: int) -> HttpResponseBase:
    """A draft standard (YAML) whose doubtful places are marked; it loads once every mark has been looked at."""
    draft = _draft(_document(attachment_id))
    if not 1 <= number <= len(draft.documents):
        raise NotFound(
            Text(f"没有第 {number} 份草稿", f"there is no draft {number}"),
            mend=Text(f"共 {len(draft.documents)} 份", f"there are {len(draft.documents)}"),
        )
    name = f"draft-{attachment_id}-{number}"
    text = draft.to_standard_yaml(number - 1, standard_id=name)
    return download(text, f"{name}.yaml", "application/yaml; charset=utf-8")


urlpatterns = [
    path("standards/", standards, name="standards"),
    path("standards/read", read, name="read_standard"),
    path("standards/read/<int:attachment_id>", review, name="review_draft"),
    path("standards/read/<int:attachment_id>/<int:number>.yaml", draft_file, name="draft_file"),
    path("standards/<str:standard_id>", standard, name="standard"),
]
