"""How well the document reader reads: precision, recall and F1 against labelled documents.

Matching is one-to-one. Indicators match on name, date, value and unit; names of two or more characters match when one
contains the other after normalising or their character bigrams overlap by 0.6 (Dice). Tasks match on text (bigram
overlap of 0.5, by the shorter text, of task or evidence), on the bodies named (Jaccard 0.5 of lead, responsible and
cooperating) and on the deadline. Rules match on value, unit, comparator and text (as tasks). A label's ``date_note``
that accepts null or a year is obeyed.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME_OVERLAP, TEXT_OVERLAP, BODY_OVERLAP = 0.6, 0.5, 0.5
KINDS = ("indicators", "tasks", "rules")
Finding = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """True positives, findings, labels."""

    hits: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of the findings that are right; 1 when there are none."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the labels that were found; 1 when there are none."""
        return self.hits / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean; 1 when nothing was wanted and nothing found."""
        return 2 * self.hits / (self.found + self.wanted) if self.found + self.wanted else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.hits + other.hits, self.found + other.found, self.wanted + other.wanted)


def normal(text: str) -> str:
    """Text for comparing: half width, no blanks, quotes, brackets or marks."""
    import unicodedata

    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def bigrams(text: str) -> set[str]:
    """The character bigrams of a normalised text."""
    return {text[place : place + 2] for place in range(len(text) - 1)}


def same_name(a: str, b: str) -> bool:
    """Whether two names of indicators are the same."""
    a, b = normal(a), normal(b)
    if min(len(a), len(b)) < 2:
        return a == b
    if a in b or b in a:
        return True
    first, second = bigrams(a), bigrams(b)
    return 2 * len(first & second) / (len(first) + len(second)) >= NAME_OVERLAP


def same_text(a: str, b: str) -> bool:
    """Whether two texts say the same: half of the bigrams of the shorter are in the other."""
    first, second = bigrams(normal(a)), bigrams(normal(b))
    return bool(first and second) and len(first & second) / min(len(first), len(second)) >= TEXT_OVERLAP


def _dates(item: Finding) -> set[Any]:
    dates = {item.get("date")}
    note = str(item.get("date_note") or "")
    if "accept" in note:
        dates |= set(re.findall(r"(?:accept null or |or )(\d{4}(?:-\d\d-\d\d)?)", note))
    return dates


def same_indicator(found: Finding, label: Finding) -> bool:
    """Name, date, value and unit."""
    return (
        found["value"] == label["value"]
        and normal(str(found["unit"])) == normal(str(label["unit"]))
        and ({found["date"], found.get("date_inferred")} if "date_note" in label else {found["date"]}) & _dates(label)
        != set()
        and same_name(str(found["name"]), str(label["name"]))
    )


def _bodies(item: Finding) -> set[str]:
    found: set[str] = set()
    for key in ("lead", "responsible", "cooperating"):
        value = item.get(key) or []
        for names in [value] if isinstance(value, str) else value:
            found |= {normal(name) for name in re.split(r"[、和与及]", names) if normal(name)}
    return found


def _texts(item: Finding, key: str) -> list[str]:
    return [str(item[name]) for name in (key, "evidence") if item.get(name)]


def _alike(found: Finding, label: Finding, key: str) -> bool:
    return any(same_text(a, b) for a in _texts(found, key) for b in _texts(label, key))


def same_task(found: Finding, label: Finding) -> bool:
    """Text, bodies and deadline."""
    first, second = _bodies(found), _bodies(label)
    bodies = not (first | second) or len(first & second) / len(first | second) >= BODY_OVERLAP
    return found["deadline"] == label["deadline"] and bodies and _alike(found, label, "task")


def same_rule(found: Finding, label: Finding) -> bool:
    """Value, unit, comparator and text."""
    return (
        found["value"] == label["value"]
        and found["unit"] == label["unit"]
        and found["comparator"] == label["comparator"]
        and _alike(found, label, "rule")
    )


SAME: dict[str, Callable[[Finding, Finding], bool]] = {
    "indicators": same_indicator,
    "tasks": same_task,
    "rules": same_rule,
}


def matched(
    found: Sequence[Finding], wanted: Sequence[Finding], same: Callable[[Finding, Finding], bool]
) -> list[int | None]:
    """For each label the finding that matches it, one-to-one and as many as possible (augmenting paths)."""
    edges = [[place for place, item in enumerate(found) if same(item, label)] for label in wanted]
    owner: dict[int, int] = {}

    def place_label(label: int, seen: set[int]) -> bool:
        for place in edges[label]:
            if place not in seen:
                seen.add(place)
                if place not in owner or place_label(owner[place], seen):
                    owner[place] = label
                    return True
        return False

    for label in range(len(wanted)):
        place_label(label, set())
    back = {label: place for place, label in owner.items()}
    return [back.get(label) for label in range(len(wanted))]


def documents_of(labels: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The documents of a label file: those listed, or the one it is."""
    listed = labels.get("documents")
    return list(listed) if listed else [labels]


def findings_of(labels: Mapping[str, Any], kind: str) -> list[Finding]:
    """All findings of a kind, of all documents of the page, each with its document's number."""
    return [
        {**item, "_doc": document.get("doc_no")} for document in documents_of(labels) for item in document.get(kind, [])
    ]


def score(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Score]:
    """The score of one page per kind."""
    result: dict[str, Score] = {}
    for kind in KINDS:
        mine, gold = findings_of(found, kind), findings_of(wanted, kind)
        hits = sum(1 for place in matched(mine, gold, SAME[kind]) if place is not None)
        result[kind] = Score(hits, len(mine), len(gold))
    return result


def read_pairs(folder: Path, texts: Path | None = None) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """(name, text, labels) of every label file in ``folder`` whose text is beside it or in ``texts``."""
    for path in sorted(folder.glob("*.labels.json")):
        name = path.name.removesuffix(".labels.json")
        text = (texts or folder) / f"{name}.txt"
        if text.is_file():
            yield name, text.read_text(encoding="utf-8"), json.loads(path.read_text(encoding="utf-8"))


TARGETS = {"indicators": 0.90, "tasks": 0.80, "rules": 0.75}
"""F1 promised on the shared reference data."""
_SETS = ("development", "held_out")
_SPEED_CHARS = 30_000


def run_reader_bench(data: Path, shared: Path | None = None) -> dict[str, Any]:
    """Read every labelled document and score it.

    ``data`` holds the project's own sets (a folder each); ``shared``, where given, the shared reference data
    (``labels`` and ``seeds``). Per set: each document, the total, the mean over documents (nothing is trained, so this
    is also the leave-one-out score), and the total without each document. ``seconds`` is the time for 30,000
    characters, ``met`` whether the F1 promised on the shared data is reached (``None`` without it).
    """
    sets = {name: _scored(read_pairs(data / name)) for name in _SETS if (data / name).is_dir()}
    if shared is not None:
        sets["shared"] = _scored(read_pairs(shared / "labels", shared / "seeds"))
    met = None
    if "shared" in sets:
        met = all(sets["shared"]["total"][kind]["f1"] >= TARGETS[kind] for kind in KINDS)
    return {"sets": sets, "targets": TARGETS, "chars": _SPEED_CHARS, "seconds": _speed(data), "met": met}


def _scored(pairs: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    from guangcheng.standards.reader import read_text

    scores = {name: score(read_text(text).as_labels(), labels) for name, text, labels in pairs}
    nothing = dict.fromkeys(KINDS, Score(0, 0, 0))
    total = {kind: sum((item[kind] for item in scores.values()), nothing[kind]) for kind in KINDS}
    return {
        "documents": {name: _shown(item) for name, item in scores.items()},
        "total": _shown(total),
        "mean_f1": {kind: _mean([item[kind] for item in scores.values()]) for kind in KINDS},
        "without": {
            left: _shown(
                {kind: sum((s[kind] for n, s in scores.items() if n != left), nothing[kind]) for kind in KINDS}
            )
            for left in scores
        },
    }


def _mean(scores: Sequence[Score]) -> float | None:
    """Mean F1 over the documents that have something to find or in which something was found."""
    counted = [item.f1 for item in scores if item.found + item.wanted]
    return round(sum(counted) / len(counted), 3) if counted else None


def _shown(scores: Mapping[str, Score]) -> dict[str, Any]:
    return {
        kind: {
            "precision": round(item.precision, 3),
            "recall": round(item.recall, 3),
            "f1": round(item.f1, 3),
            "hits": item.hits,
            "found": item.found,
            "wanted": item.wanted,
        }
        for kind, item in scores.items()
    }


def _speed(data: Path) -> float:
    from guangcheng.apps.meter import seconds
    from guangcheng.standards.reader import read_text

    texts = [text for name in _SETS for _, text, _ in read_pairs(data / name)]
    whole = "\n".join(texts)
    if not whole:
        return 0.0
    text = (whole * (_SPEED_CHARS // len(whole) + 1))[:_SPEED_CHARS]
    started = seconds()
    read_text(text)
    return round(seconds() - started, 3)


def tables(result: Mapping[str, Any]) -> str:
    """The scores as Markdown tables, as they stand in the documentation."""
    return "\n\n".join(_table(name, item) for name, item in result["sets"].items()) + "\n"


def _table(name: str, scored: Mapping[str, Any]) -> str:
    head = f"| {name} | " + " | ".join(f"{kind} P / R / F1" for kind in KINDS) + " |"
    rows = [(document, item) for document, item in scored["documents"].items()] + [("total", scored["total"])]
    lines = [head, "|---" * (len(KINDS) + 1) + "|"]
    lines += [f"| {document} | " + " | ".join(_cell(item[kind]) for kind in KINDS) + " |" for document, item in rows]
    mean = scored["mean_f1"]
    means = ["—" if mean[kind] is None else f"{mean[kind]:.2f}" for kind in KINDS]
    lines.append("| mean F1 (leave one out) | " + " | ".join(means) + " |")
    return "\n".join(lines)


def _cell(item: Mapping[str, Any]) -> str:
    if not item["found"] + item["wanted"]:
        return "—"
    return f"{item['precision']:.2f} / {item['recall']:.2f} / {item['f1']:.2f} ({item['hits']} of {item['wanted']})"


def first_readings(data: Path) -> str:
    """The scores of our own documents when they were read for the first time, as a Markdown table."""
    groups = json.loads((data / "first_readings.json").read_text(encoding="utf-8"))
    rows = [(", ".join(group["documents"]), {kind: Score(*group[kind]) for kind in KINDS}) for group in groups]
    nothing = dict.fromkeys(KINDS, Score(0, 0, 0))
    rows.append(("all", {kind: sum((item[kind] for _, item in rows), nothing[kind]) for kind in KINDS}))
    lines = ["| first reading of | " + " | ".join(f"{kind} P / R / F1" for kind in KINDS) + " |", "|---|---|---|---|"]
    lines += [f"| {name} | " + " | ".join(_cell(_shown(item)[kind]) for kind in KINDS) + " |" for name, item in rows]
    return "\n".join(lines) + "\n"
