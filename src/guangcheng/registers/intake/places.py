"""Which area a row belongs to: by code, by name within the areas its other columns name, never by a guess."""

from collections.abc import Sequence
from dataclasses import replace

from guangcheng.base.places import level_of_code, parent_codes, short_code
from guangcheng.base.units import is_missing, plain
from guangcheng.registers.intake.cells import reader_of
from guangcheng.registers.intake.draft import Draft
from guangcheng.registers.mapping import AreaColumn, place_field
from guangcheng.registers.matching import Area, AreaIndex, Match
from guangcheng.registers.readers.headers import squeeze

__all__ = ["areas_of_draft", "derive_parents", "link_areas", "with_parent"]

_LEVELS = {
    "district": frozenset({"district"}),
    "township": frozenset({"township"}),
    "village": frozenset({"admin_village", "community"}),
    "natural_village": frozenset({"natural_village"}),
}
_HOW = {"alias": ("别名", "alias"), "suffix": ("同类后缀", "another ending"), "decision": ("人工确认", "a decision")}


def link_areas(draft: Draft, index: AreaIndex, *, elsewhere: frozenset[str] = frozenset()) -> None:
    """Fill the place field (``area_code``, or ``parent`` of areas) of every row from the columns that name areas.

    A row that names none is refused where the register demands it, unless it is filled from ``elsewhere`` later.
    """
    place = place_field(draft.schema)
    if place is None or not draft.columns.areas:
        return
    read = reader_of(place, draft.schema)
    demanded = place.required and place.name not in elsewhere
    linked: list[object] = []
    done: dict[int, str | None] = {}
    answers: dict[tuple[object, ...], str] = {}
    columns = [draft.raw.columns[area.column].cells for area in draft.columns.areas]
    for record in draft.record:
        if record not in done:
            cells = tuple(column[record] for column in columns)
            done[record] = answers.get(cells) or _link(draft, record, index, place.name, read)
            if done[record] is not None:
                answers[cells] = str(done[record])
            if done[record] is None and demanded and record not in draft.refused:
                draft.add("R-110", record, place.name, field_zh=place.title.zh, field_en=place.title.en)
        linked.append(done[record])
    draft.values[place.name] = linked


def _link(draft: Draft, record: int, index: AreaIndex, name: str, read: object) -> str | None:
    """Walk from the coarsest filled column to the finest; each is looked for below the one before."""
    filled = _filled(draft, record, name, read)
    if filled is None:
        return None
    within: str | None = None
    within_name: str | None = None
    for column, text in filled:
        code = _one(draft, record, index, name, column, text, within, within_name)
        if code is None:
            return None
        within, within_name = code, text
    return within


def _filled(draft: Draft, record: int, name: str, read: object) -> list[tuple[AreaColumn, str]] | None:
    """The filled place cells, coarsest first; ``None`` when a cell is refused or two of one level are filled."""
    assert callable(read)  # noqa: S101 - a reader of cells
    found: list[tuple[AreaColumn, str]] = []
    for area in reversed(draft.columns.areas):
        if draft.is_broken(record, area.column):
            return None
        cell = read(draft.raw.columns[area.column].cells[record])
        if cell.trouble is not None:
            draft.add(cell.trouble.rule, record, name, area.column, **cell.trouble.values)
            return None
        if is_missing(cell.value):
            continue
        if found and found[-1][0].rank == area.rank:
            first, second = (draft.raw.columns[at].header for at in sorted((found[-1][0].column, area.column)))
            draft.add("R-141", record, name, area.column, first=first, second=second)
            return None
        found.append((area, str(cell.value)))
    return found


def _one(
    draft: Draft,
    record: int,
    index: AreaIndex,
    name: str,
    area: AreaColumn,
    text: str,
    within: str | None,
    within_name: str | None,
) -> str | None:
    code = plain(text)
    if code in index.by_code:
        return code
    if level_of_code(code) is not None or code.isdigit():
        other = code[:12] if len(code) == 17 else short_code(code)
        if other in index.by_code:
            return other
        unknown = "R-132" if name == "parent" else "R-133"
        draft.add(unknown, record, name, area.column, shown=text, suggest_zh="", suggest_en="")
        return None
    match = index.find(text, within=within, within_name=within_name, levels=_LEVELS.get(area.fine))
    if match.code is None:
        _refuse(draft, record, index, name, area, text, within, within_name, match)
        return None
    if match.code not in index.by_code:
        draft.add("R-133", record, name, area.column, shown=match.code, suggest_zh="", suggest_en="")
        return None
    if match.how in _HOW and draft.once(text, match.code):
        zh, en = _HOW[match.how]
        found = index.by_code[match.code]
        draft.add(
            "R-140", record, name, area.column, shown=text, how_zh=zh, how_en=en, area=found.name, code=found.code
        )
    return match.code


def _refuse(
    draft: Draft,
    record: int,
    index: AreaIndex,
    name: str,
    area: AreaColumn,
    text: str,
    within: str | None,
    within_name: str | None,
    match: Match,
) -> None:
    key = "/".join(squeeze(part) for part in (within_name, text) if part)
    candidates = _listed(match.candidates, index)
    if match.how == "ambiguous":
        draft.add("R-138", record, name, area.column, shown=text, candidates=candidates, key=key)
        return
    above = index.by_code[within].name if within is not None and within in index.by_code else ""
    draft.add(
        "R-139",
        record,
        name,
        area.column,
        shown=text,
        within_zh=f"（在“{above}”内）" if above else "",
        within_en=f" within {above}" if above else "",
        suggest_zh=f"可能是：{candidates}。" if candidates else "",
        suggest_en=f"perhaps: {candidates}. " if candidates else "",
        key=key,
    )


def _listed(areas: Sequence[Area], index: AreaIndex) -> str:
    """``鹤堂社区居委会（441802006002，凤城街道）；…``."""
    shown = []
    for area in areas:
        above = index.by_code.get(area.parent or "")
        shown.append(f"{area.name}（{area.code}{'，' + above.name if above else ''}）")
    return "；".join(shown)


def derive_parents(draft: Draft, index: AreaIndex) -> None:
    """Areas without a parent whose statistical code tells it: the nearest prefix that is a known area, noted."""
    if draft.schema.register != "areas":
        return
    parents = draft.values["parent"]
    for row, record in enumerate(draft.record):
        code, level = draft.values["code"][row], draft.values["level"][row]
        if parents[row] is not None or not isinstance(code, str) or level in (None, "city", "district"):
            continue
        found = next((prefix for prefix in parent_codes(code) if prefix in index.by_code), None)
        if found is not None and record not in draft.refused:
            parents[row] = found
            if draft.once("R-137", "parent"):
                draft.add("R-137", record, "parent", parent=found)


def areas_of_draft(draft: Draft) -> list[Area]:
    """The areas a draft of the register of areas holds, with the parents as their cells say them."""
    values = draft.values
    parents = values.get("parent")
    if parents is None:
        parents = [_finest(draft, record) for record in draft.record]
    rows = zip(values["code"], values["name"], values["level"], parents, values["aliases"], strict=True)
    return [
        Area(code, str(name or ""), str(level or ""), None if parent is None else str(parent), _texts(aliases))
        for code, name, level, parent, aliases in rows
        if isinstance(code, str)
    ]


def _finest(draft: Draft, record: int) -> str | None:
    """The cell of the finest filled column that names an area."""
    cells = (draft.raw.columns[area.column].cells[record] for area in draft.columns.areas)
    return next((plain(str(cell)) for cell in cells if not is_missing(cell)), None)


def _texts(aliases: object) -> tuple[str, ...]:
    return tuple(str(alias) for alias in aliases) if isinstance(aliases, list) else ()


def with_parent(area: Area, index: AreaIndex) -> Area:
    """The area below the one its parent cell names, or below the one its code says; only to look names up."""
    if area.parent is None:
        found = next((prefix for prefix in parent_codes(area.code) if prefix in index.by_code), None)
    elif area.parent in index.by_code:
        return area
    else:
        short = short_code(area.parent)
        found = short if short in index.by_code else index.find(area.parent).code
    return replace(area, parent=found)
