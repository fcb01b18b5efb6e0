"""Rules on the ground and in the air: routes, sites, approvals, radiation limits, optical loss, distances."""

import math
from decimal import Decimal
from fractions import Fraction

from guangcheng.base.text import Text
from guangcheng.coverage.rules.finding import Answer, Facts, Limits, missing, number
from guangcheng.coverage.status import exact

Line = tuple[tuple[float, float], ...]
"""Points in metres of one metric system."""


class Route(Facts):
    """A new pole route or duct and the existing ones, in metres; the consent number if there is one."""

    new: Line
    existing: tuple[Line, ...] = ()
    consent: str | None = None


def same_route(facts: Route, limits: Limits) -> Answer:
    """At least ``share`` % of the new length within ``buffer_m`` of existing routes, without consent: a violation."""
    from shapely import LineString, unary_union

    new = LineString(facts.new)
    if new.length == 0:
        return Answer(None, reasons=(Text(zh="新路由长度为零", en="the new route has no length"),))
    near = unary_union([LineString(line).buffer(float(limits.number("buffer_m"))) for line in facts.existing])
    percent = Fraction(Decimal(100 * new.intersection(near).length / new.length).quantize(Decimal("0.01")))
    same = percent >= limits.number("share")
    if not same or facts.consent is not None:
        return Answer(ok=True, value=number(percent))
    reason = Text(zh=f"同路由 {number(percent)}%，未经同意", en=f"{number(percent)} % on one route, no consent")
    return Answer(ok=False, value=number(percent), reasons=(reason,))


class Candidates(Facts):
    """Candidate sites by kind."""

    sites: dict[str, str]
    """Name → kind."""
    chosen: str | None = None


def site_preference(facts: Candidates, limits: Limits) -> Answer:
    """Sites in the order of ``order``; choosing one while a better kind is there needs a reason."""
    order = limits.words("order")
    known = {name: kind for name, kind in facts.sites.items() if kind in order}
    ranked = sorted(known, key=lambda name: (order.index(known[name]), name))
    if facts.chosen is None or facts.chosen not in known:
        return Answer(None, items=tuple(ranked))
    best = order.index(known[ranked[0]])
    ok = order.index(known[facts.chosen]) == best
    reason = Text(zh=f"有更优先的选址：{ranked[0]}", en=f"a site to be preferred is there: {ranked[0]}")
    return Answer(ok, reasons=() if ok else (reason,), items=tuple(ranked))


class Station(Facts):
    """A station: whether the plan holds it, and the district it stands in."""

    in_plan: bool
    area: str


def approver(facts: Station, limits: Limits) -> Answer:
    """Who approves the environmental assessment; an unplanned station of the special area goes to its branch (C-28)."""
    special = facts.area in limits.words("special_area")
    if special:
        office = limits.words("branch")[0]
    elif facts.in_plan:
        office = limits.words("city")[0]
    else:
        office = f"{facts.area}{limits.words('district')[0]}"
    unstated = special and not facts.in_plan
    reason = Text(zh="原文未写此种情形，产品默认", en="not stated in the text, product default")
    return Answer(None, office, (reason,) if unstated else (), ("batch" if facts.in_plan else "single",))


class Measurement(Facts):
    """A level measured at one frequency: electric field (V/m), magnetic field (A/m), power density (W/m²)."""

    mhz: Decimal
    e_v_m: Decimal | None = None
    h_a_m: Decimal | None = None
    s_w_m2: Decimal | None = None


def limit_at(quantity: str, mhz: Fraction | Decimal | int, limits: Limits) -> float | None:
    """The limit of ``e`` (V/m), ``h`` (A/m) or ``s`` (W/m²) at a frequency; ``None`` outside every band."""
    at = Fraction(mhz)
    for band in limits.rule.bands:
        if band.quantity == quantity and exact(band.low) <= at < exact(band.high):
            base = float(band.coefficient) / float(band.divisor)
            return base * math.pow(float(at), float(band.exponent)) * _share(quantity, limits)
    return None


def _share(quantity: str, limits: Limits) -> float:
    """The part of the limit one project may use: of power density as it stands, of the fields its square root."""
    part = float(limits.number("share_percent")) / 100 if limits.has("share_percent") else 1.0
    return part if quantity == "s" else math.sqrt(part)


def radiation_limit(facts: Measurement, limits: Limits) -> Answer:
    """Each measured quantity is at or below its limit at the frequency; ``value`` is the limit of power density."""
    wanted = {"e": facts.e_v_m, "h": facts.h_a_m, "s": facts.s_w_m2}
    allowed = {name: limit_at(name, facts.mhz, limits) for name in wanted}
    shown = None if allowed["s"] is None else f"{allowed['s']:.3f}"
    if all(limit is None for limit in allowed.values()):
        return Answer(None, reasons=(Text(zh="该频率没有限值", en="no limit at this frequency"),))
    over = [
        name
        for name, level in wanted.items()
        if level is not None and (limit := allowed[name]) is not None and float(level) > limit
    ]
    if all(level is None for level in wanted.values()):
        return Answer(None, shown)
    found = missing(over, Text(zh="超过限值", en="over the limit"))
    return Answer(found.ok, shown, found.reasons, found.items)


class Loss(Facts):
    """An optical link inside a building: length in km, connectors between the ends, measured loss in dB."""

    km: Decimal
    connectors: int
    fibre: str = "g657"
    measured_db: Decimal | None = None


def optical_loss(facts: Loss, limits: Limits) -> Answer:
    """β = fibre loss × length + (N + 2) × splice loss; it, and any measured loss, stays within ``most_db``."""
    fibre = limits.number(f"fibre_db_km_{facts.fibre}")
    planned = fibre * Fraction(facts.km) + (facts.connectors + 2) * limits.number("splice_db")
    most = limits.number("most_db")
    over = planned > most or (facts.measured_db is not None and Fraction(facts.measured_db) > most)
    reason = Text(zh=f"上限 {number(most)} dB", en=f"the ceiling is {number(most)} dB")
    return Answer(not over, number(planned), (reason,) if over else ())


class Design(Facts):
    """What a fibre-to-the-home design has; a part not given is not judged."""

    households_per_area: int | None = None
    households_per_cabinet: int | None = None
    operators_provided: int | None = None
    cables_per_hole: int | None = None
    spare_holes: int | None = None
    spare_percent: Decimal | None = None
    fibres_per_home: int | None = None
    equipment_rooms: int | None = None


AT_MOST = ("households_per_area", "households_per_cabinet", "cables_per_hole")


def ftth_design(facts: Design, limits: Limits) -> Answer:
    """Each part given is on the right side of its number: at most for areas and holes, at least for the rest."""
    found = [name for name, value in facts.model_dump().items() if value is not None and not _fits(name, value, limits)]
    if not facts.model_fields_set:
        return Answer(None)
    return missing(found, Text(zh="设计不合要求", en="not as the standard asks"))


def _fits(name: str, value: Decimal | int, limits: Limits) -> bool:
    limit = limits.number(name)
    return Fraction(value) <= limit if name in AT_MOST else Fraction(value) >= limit


class Works(Facts):
    """Works near a facility: what kind of facility and place, and the distance in metres."""

    kind: str
    distance_m: Decimal


def protection_distance(facts: Works, limits: Limits) -> Answer:
    """Not nearer than the distance the jurisdiction sets for the kind; a kind it does not name is not judged.

    Where ``limit_forbidden``, the distance itself is still forbidden ground (以内 includes the number).
    """
    if not limits.has(facts.kind):
        reason = Text(zh="本地区没有规定此种间距", en="this jurisdiction sets no such distance")
        return Answer(None, reasons=(reason,))
    least = limits.number(facts.kind)
    distance = Fraction(facts.distance_m)
    beyond = limits.has("limit_forbidden") and limits.flag("limit_forbidden")
    ok = distance > least if beyond else distance >= least
    words = ("应大于", "more than") if beyond else ("应不小于", "at least")
    reason = Text(zh=f"{words[0]} {number(least)} m", en=f"{words[1]} {number(least)} m")
    return Answer(ok, number(least), () if ok else (reason,))
