"""Optical power budget: does the light reach each ONT, along its real path, at both wavelengths.

Loss = length x attenuation + splitters + connectors + splices + coexistence elements + margin for ageing.
It must not exceed the class's maximum; without the margin and with well-made parts it must not fall below the
minimum (the receiver would be overloaded). A port's ONTs must lie within the differential distance of each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf, prod

from guangcheng.base.errors import InputError
from guangcheng.base.shares import Share
from guangcheng.base.text import Text
from guangcheng.planning.fibre.tables import Losses, PowerClass

__all__ = [
    "END_CONNECTORS",
    "REEL_M",
    "STAGE_CONNECTORS",
    "Budget",
    "Failing",
    "OpticalPath",
    "PortBudget",
    "Upgrade",
    "budget",
    "loss_db",
    "path",
    "port_budget",
    "reach_km",
    "upgrade",
]

END_CONNECTORS = 2
"""One at the OLT's distribution frame, one at the ONT."""
STAGE_CONNECTORS = 2
"""Before and after each splitter."""
REEL_M = 2000.0
"""Metres of cable on a reel when the caller names no other; a longer span is spliced from several."""

_SAME_DB = 1e-9
"""Sums of decimal figures differ by less than this when they are the same."""
_MAX_STAGES = 2


class Failing(StrEnum):
    """What a budget can fail by."""

    LOSS_DOWN = "loss_down"
    LOSS_UP = "loss_up"
    OVERLOAD = "overload"
    REACH = "reach"
    DIFFERENTIAL = "differential"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class OpticalPath:
    """The light's way from a PON port to one ONT: metres of fibre, split ratios from the OLT on, counted parts."""

    ont: str
    length_m: float
    splitters: tuple[int, ...]
    connectors: int
    splices: int
    coexistence: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be a path."""
        counts = (self.length_m, self.connectors, self.splices, self.coexistence)
        if not all(0 <= value < inf for value in counts):
            raise InputError(
                Text(
                    zh=f"ONT {self.ont}：长度和件数必须是不小于 0 的有限数",
                    en=f"ONT {self.ont}: lengths and counts must be finite and at least 0",
                ),
                mend=Text(zh="改正这条光路的长度或件数", en="correct the length or the counts of this path"),
            )
        if len(self.splitters) > _MAX_STAGES:
            raise InputError(
                Text(
                    zh=f"ONT {self.ont}：{len(self.splitters)} 级分光，最多两级",
                    en=f"ONT {self.ont}: {len(self.splitters)} splitting stages, at most two",
                ),
                mend=Text(zh="改成一级或两级分光", en="split in one or two stages"),
            )


def path(
    ont: str,
    spans_m: Sequence[float],
    splitters: Sequence[int],
    *,
    closures: int = 0,
    coexistence: int = 0,
    reel_m: float = REEL_M,
) -> OpticalPath:
    """The path over ``spans_m`` (metres, each a cable between two ends) with its parts counted.

    Connectors: :data:`END_CONNECTORS` and :data:`STAGE_CONNECTORS` a stage. Splices: one a closure, and one wherever
    a span is longer than a reel (``ceil(span / reel) - 1``).
    """
    if not reel_m > 0:
        raise InputError(
            Text(zh=f"盘长 {reel_m:g} 米不大于 0", en=f"a reel of {reel_m:g} m is not above 0"),
            mend=Text(zh="写出大于 0 的盘长（米）", en="give a reel length above 0, in metres"),
        )
    if not all(0 <= span < inf for span in spans_m):
        raise InputError(
            Text(
                zh=f"ONT {ont}：有一段长度不是不小于 0 的有限数", en=f"ONT {ont}: a span is not finite and at least 0"
            ),
            mend=Text(zh="改正这一段的长度（米）", en="correct the length of that span, in metres"),
        )
    joints = sum(max(0, ceil(span / reel_m) - 1) for span in spans_m)
    return OpticalPath(
        ont=ont,
        length_m=float(sum(spans_m)),
        splitters=tuple(splitters),
        connectors=END_CONNECTORS + STAGE_CONNECTORS * len(splitters),
        splices=closures + joints,
        coexistence=coexistence,
    )


def loss_db(way: OpticalPath, losses: Losses, nm: int, *, least: bool = False) -> float:
    """Loss of ``way`` in dB at ``nm``: the most it may ever be, or with ``least`` what a new network may have.

    A ratio or wavelength outside the table raises ``InputError``.
    """
    parts = [
        (way.length_m / 1000, losses.of_fibre(nm)),
        *((1, losses.of_splitter(ratio)) for ratio in way.splitters),
        (way.connectors, losses.connector),
        (way.splices, losses.splice),
        (way.coexistence, losses.coexistence),
        (1, losses.margin),
    ]
    return sum(count * (loss.least_db if least else loss.most_db) for count, loss in parts)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one ONT has: losses in dB, what is left of the class's maximum (negative: too much), what fails."""

    ont: str
    power_class: PowerClass
    length_m: float
    down_db: float
    up_db: float
    least_db: float
    failing: tuple[Failing, ...]

    @property
    def spare_db(self) -> float:
        """The class's maximum less the larger of the two losses."""
        return self.power_class.max_loss_db - max(self.down_db, self.up_db)

    @property
    def closes(self) -> bool:
        """Whether nothing fails."""
        return not self.failing

    def reasons(self) -> tuple[Text, ...]:
        """One sentence for each thing that fails, naming the ONT and the figures."""
        return tuple(self._reason(failing) for failing in self.failing)

    def _reason(self, failing: Failing) -> Text:
        cls = self.power_class
        if failing is Failing.REACH:
            km = self.length_m / 1000
            return Text(
                zh=f"ONT {self.ont}：光纤长 {km:.2f} km，超过 {cls.title} 的 {cls.reach_km:g} km",
                en=f"ONT {self.ont}: {km:.2f} km of fibre, above the {cls.reach_km:g} km of {cls.title}",
            )
        if failing is Failing.OVERLOAD:
            return Text(
                zh=f"ONT {self.ont}：损耗可能只有 {self.least_db:.2f} dB，低于 {cls.title} 的最小值"
                f" {cls.min_loss_db:g} dB，接收机会过载；加固定衰减器",
                en=f"ONT {self.ont}: as little as {self.least_db:.2f} dB, below the least of {cls.title},"
                f" {cls.min_loss_db:g} dB: the receiver is overloaded; add an attenuator",
            )
        down = failing is Failing.LOSS_DOWN
        found, nm = (self.down_db, cls.down_nm) if down else (self.up_db, cls.up_nm)
        zh, en = ("下行", "downstream") if down else ("上行", "upstream")
        over = found - cls.max_loss_db
        return Text(
            zh=f"ONT {self.ont}：{zh} {nm} nm 损耗 {found:.2f} dB，超过 {cls.title} 的 {cls.max_loss_db:g} dB"
            f"（多 {over:.2f} dB）；缩短、减小分光比或换等级",
            en=f"ONT {self.ont}: {found:.2f} dB {en} at {nm} nm, above the {cls.max_loss_db:g} dB of {cls.title}"
            f" by {over:.2f} dB; shorten it, split less or change the class",
        )


def budget(way: OpticalPath, cls: PowerClass, losses: Losses) -> Budget:
    """Judge one path by one class; a loss equal to a limit passes."""
    down, up = loss_db(way, losses, cls.down_nm), loss_db(way, losses, cls.up_nm)
    least = min(loss_db(way, losses, nm, least=True) for nm in (cls.down_nm, cls.up_nm))
    tests = (
        (Failing.LOSS_DOWN, down > cls.max_loss_db + _SAME_DB),
        (Failing.LOSS_UP, up > cls.max_loss_db + _SAME_DB),
        (Failing.OVERLOAD, least < cls.min_loss_db - _SAME_DB),
        (Failing.REACH, way.length_m > cls.reach_km * 1000),
    )
    failing = tuple(name for name, fails in tests if fails)
    return Budget(way.ont, cls, way.length_m, down, up, least, failing)


@dataclass(frozen=True, slots=True)
class PortBudget:
    """What one PON port has: every ONT's budget in the order given, and what fails for the port as a whole."""

    port: str
    power_class: PowerClass
    onts: tuple[Budget, ...]
    apart_m: float
    failing: tuple[Failing, ...]

    @property
    def closes(self) -> bool:
        """Whether every ONT closes and nothing fails for the port."""
        return not self.failing and all(item.closes for item in self.onts)

    def reasons(self) -> tuple[Text, ...]:
        """The port's sentences, then those of its ONTs."""
        own = tuple(self._reason(failing) for failing in self.failing)
        return own + tuple(text for item in self.onts for text in item.reasons())

    def _reason(self, failing: Failing) -> Text:
        if failing is Failing.SPLIT:
            return Text(
                zh=f"PON 口 {self.port}：{len(self.onts)} 个 ONT，多于分光路数",
                en=f"PON port {self.port}: {len(self.onts)} ONTs, more than it is split into",
            )
        far, cls = self.apart_m / 1000, self.power_class
        return Text(
            zh=f"PON 口 {self.port}：最远与最近的 ONT 相差 {far:.2f} km，"
            f"超过 {cls.title} 的 {cls.differential_km:g} km",
            en=f"PON port {self.port}: the farthest and nearest ONT are {far:.2f} km apart, above the"
            f" {cls.differential_km:g} km of {cls.title}",
        )


def port_budget(port: str, ways: Iterable[OpticalPath], cls: PowerClass, losses: Losses) -> PortBudget:
    """Judge the ONTs of one port, each alone and together; a port without ONTs closes."""
    found = tuple(ways)
    lengths = [way.length_m for way in found]
    apart = max(lengths) - min(lengths) if lengths else 0.0
    tests = (
        (Failing.DIFFERENTIAL, apart > cls.differential_km * 1000),
        (Failing.SPLIT, bool(found) and len(found) > max(prod(way.splitters) for way in found)),
    )
    return PortBudget(
        port=port,
        power_class=cls,
        onts=tuple(budget(way, cls, losses) for way in found),
        apart_m=apart,
        failing=tuple(name for name, fails in tests if fails),
    )


def reach_km(
    cls: PowerClass, splitters: Sequence[int], losses: Losses, *, splices: int, coexistence: int = 0
) -> float | None:
    """Kilometres at which the budget just closes, or ``None`` when it does not even at none.

    Connectors as :func:`path` counts them, ``splices`` fixed; never above the class's logical reach.
    """
    bare = path("", (), splitters, closures=splices, coexistence=coexistence)
    spare = cls.max_loss_db - loss_db(bare, losses, cls.down_nm)
    if spare < -_SAME_DB:
        return None
    worst = max(losses.of_fibre(cls.down_nm).most_db, losses.of_fibre(cls.up_nm).most_db)
    return min(cls.reach_km, max(0.0, spare) / worst if worst else inf)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Which ports could carry ``to`` beside or after what they have: the share, and the port budgets behind it."""

    to: PowerClass
    ports: tuple[PortBudget, ...]

    @property
    def share(self) -> Share:
        """Ports that close with ``to`` among all: the most the port share of ``to`` can become on this network."""
        return Share(ok=sum(port.closes for port in self.ports), n=len(self.ports))


def upgrade(
    ports: Iterable[tuple[str, Sequence[OpticalPath]]], to: PowerClass, losses: Losses, *, coexistence: int
) -> Upgrade:
    """Judge the same fibres by another class, with ``coexistence`` elements put into every path.

    0 when the old system goes or the module combines both (multi-PON module), 1 while old and new share the fibre
    through an element; elements a path already has stay in it.
    """
    judged = tuple(
        port_budget(name, [_with_elements(way, coexistence) for way in ways], to, losses) for name, ways in ports
    )
    return Upgrade(to, judged)


def _with_elements(way: OpticalPath, more: int) -> OpticalPath:
    return OpticalPath(way.ont, way.length_m, way.splitters, way.connectors, way.splices, way.coexistence + more)
