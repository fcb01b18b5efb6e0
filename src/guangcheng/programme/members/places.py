"""Streets and towns below an area, as the areas register tells them apart."""

from collections.abc import Collection

from guangcheng.programme.platform import scope

SUBTYPES = ("street", "town")


def townships_below(area: str, kinds: Collection[str] = SUBTYPES) -> list[str]:
    """Codes of the streets and towns below ``area``, in order. Where the register gives no subtype, any kind fits."""
    city = scope.the_city()
    ref = city.registers.latest("areas")
    if ref is None:
        return []
    rows = city.registers.read(ref, ["code", "level", "subtype"]).to_pylist()
    return sorted(
        row["code"]
        for row in rows
        if row["level"] == "township"
        and (row["subtype"] or "") in (*kinds, "")
        and row["code"] != area
        and scope.within(row["code"], area)
    )
