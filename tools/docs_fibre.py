"""Generated part of the page on optical budgets: reckoned anew from the tables that ship."""

from collections.abc import Callable

from guangcheng.base.text import Lang
from guangcheng.planning.fibre.budget import reach_km
from guangcheng.planning.fibre.tables import Losses, power_class, power_classes, shipped_losses

Table = Callable[[list[str], list[list[str]]], str]

_SPLITS = ((32,), (64,), (4, 16), (8, 8))
_SPLICES = 6
_FLAT_DB_KM = 0.35


def fibre(zh: bool, table: Table) -> str:
    """How far each class reaches, the classes themselves, and every loss with its source."""
    losses = shipped_losses()
    flat = losses.with_fibre(_FLAT_DB_KM)
    head = ["等级" if zh else "class", *("×".join(f"1:{ratio}" for ratio in split) for split in _SPLITS)]
    rows = []
    for cls in power_classes().values():
        cells = (f"{_km(cls.id, split, losses)} ({_km(cls.id, split, flat)})" for split in _SPLITS)
        rows.append([cls.title, *cells])
    told = (
        f"光路最长可到（km），{_SPLICES} 个熔接点；括号里按各波长一律 {_FLAT_DB_KM} dB/km 计。“–”：再短也不够。"
        if zh
        else f"How far a path may be (km) with {_SPLICES} splices; in brackets with {_FLAT_DB_KM} dB/km at every "
        "wavelength. “–”: not even at no length."
    )
    return "\n".join([told, "", table(head, rows), _classes(zh, table), _losses(zh, table)])


def _km(name: str, split: tuple[int, ...], losses: Losses) -> str:
    found = reach_km(power_class(name), split, losses, splices=_SPLICES)
    return "–" if found is None else f"{found:.1f}"


def _classes(zh: bool, table: Table) -> str:
    lang: Lang = "zh" if zh else "en"
    head = (
        ["等级", "编号", "损耗 (dB)", "下行/上行 (nm)", "把握", "出处"]
        if zh
        else ["class", "id", "loss (dB)", "down/up (nm)", "certainty", "source"]
    )
    rows = [
        [
            cls.title,
            f"`{cls.id}`",
            f"{cls.min_loss_db:g}–{cls.max_loss_db:g}",
            f"{cls.down_nm}/{cls.up_nm}",
            cls.certainty.in_(lang),
            cls.source.in_(lang),
        ]
        for cls in power_classes().values()
    ]
    return table(head, rows)


def _losses(zh: bool, table: Table) -> str:
    found = shipped_losses()
    words = (
        ("分光器", "光纤 1 km，", "活动连接器", "熔接点", "老化余量", "共存器件")
        if zh
        else ("splitter", "1 km of fibre, ", "connector", "splice", "margin for ageing", "coexistence element")
    )
    single = (found.connector, found.splice, found.margin, found.coexistence)
    named = [
        *((f"{words[0]} 1:{ratio}", loss) for ratio, loss in found.splitter.items()),
        *((f"{words[1]}{nm} nm", loss) for nm, loss in found.fibre_km.items()),
        *zip(words[2:], single, strict=True),
    ]
    lang: Lang = "zh" if zh else "en"
    head = (
        ["损耗 (dB)", "最大", "最小", "把握", "出处"]
        if zh
        else ["loss (dB)", "at most", "at least", "certainty", "source"]
    )
    rows = [
        [name, f"{loss.most_db:g}", f"{loss.least_db:g}", loss.certainty.in_(lang), loss.source.in_(lang)]
        for name, loss in named
    ]
    return table(head, rows)
