"""The findings in the schema of the gold data."""

from collections.abc import Sequence
from typing import Any

from guangcheng.standards.reader.findings import DocumentDraft, IndicatorFinding, Place, RuleFinding, TaskFinding
from guangcheng.standards.reader.operative import operative_comparator, operative_date


def page_labels(documents: Sequence[DocumentDraft]) -> dict[str, Any]:
    """One document: its labels. Several: the findings of all with their number, and ``documents`` with each."""
    each = [document_labels(item) for item in documents]
    if len(each) == 1:
        return each[0]
    whole: dict[str, Any] = {"doc_no": None, "issuer": None, "multi_document": True}
    for kind in ("indicators", "tasks", "rules"):
        whole[kind] = [{"doc_no": item["doc_no"], **finding} for item in each for finding in item[kind]]
    whole["conflicts"] = [text for item in each for text in item["conflicts"]]
    return whole | {"documents": each}


def document_labels(document: DocumentDraft) -> dict[str, Any]:
    """The labels of one document."""
    head = document.head
    return {
        "doc_no": head.number,
        "issuer": head.issuer,
        "title": head.title,
        "doc_type": head.kind,
        "issued": head.issued,
        "effective": head.effective,
        "indicators": [_indicator(item, head.region) for item in document.indicators],
        "tasks": [_task(item) for item in document.tasks],
        "rules": [_rule(item) for item in document.rules],
        "baselines": [_indicator(item, head.region) for item in document.baselines],
        "qualitative": [
            {"text": item.text, "date": item.date, "evidence": item.place.evidence} | _place(item.place)
            for item in document.qualitative
        ],
        "duties": [_task(item) for item in document.duties],
        "conflicts": [item.text.zh for item in document.conflicts],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "ref": place.clause,
        "span": [place.span.start, place.span.end],
        "sentence": [place.sentence.start, place.sentence.end],
    }


def _value(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _indicator(item: IndicatorFinding, region: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": item.name,
        "value": _value(item.value),
        "unit": item.unit,
        "comparator": item.comparator,
        "date": item.date,
        "scope": item.scope or region,
        "mention": item.mention,
        "evidence": item.place.evidence,
    }
    if item.qualifier:
        found["qualifier"] = item.qualifier
    if item.relation == "before":
        found["date_rel"] = "before"
    if item.date_inferred:
        found["date_inferred"] = item.date_inferred
    operative = {"comparator": operative_comparator(item), "date": operative_date(item), "basis": "product_default"}
    found |= {"literal_comparator": item.comparator, "literal_date": item.date_text or None, "operative": operative}
    return found | {"flags": list(item.flags)} | _place(item.place)


def _task(item: TaskFinding) -> dict[str, Any]:
    lead: Any = None if not item.lead else item.lead[0] if len(item.lead) == 1 else list(item.lead)
    found: dict[str, Any] = {
        "task": item.task,
        "lead": lead,
        "responsible": list(item.responsible),
        "cooperating": list(item.cooperating),
        "deadline": item.deadline,
        "mention": item.mention,
        "evidence": item.place.evidence,
    }
    optional = {"no": item.number, "start": item.start, "lead_evidence": item.lead_evidence}
    found |= {key: value for key, value in optional.items() if value is not None}
    if item.relation == "before" and item.deadline:
        found["date_rel"] = "before"
    return found | {"flags": list(item.flags)} | _place(item.place)


def _rule(item: RuleFinding) -> dict[str, Any]:
    return {
        "rule": item.rule,
        "value": _value(item.value),
        "unit": item.unit,
        "comparator": item.comparator,
        "ref": item.place.clause,
        "evidence": item.place.evidence,
        "flags": list(item.flags),
        "span": [item.place.span.start, item.place.span.end],
        "sentence": [item.place.sentence.start, item.place.sentence.end],
    }
