"""Whatever is sent: each row is accepted, refused with a reason or an exact double; never a traceback."""

import contextlib
from dataclasses import replace

import pyarrow as pa
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError
from guangcheng.base.places import Datum
from guangcheng.registers.canonical import canonical
from guangcheng.registers.city import City
from guangcheng.registers.importing import ImportOptions, import_tables
from guangcheng.registers.intake import IntakeContext, take
from guangcheng.registers.raw import RawTable
from guangcheng.registers.schema import schema, schemas
from tests.base.test_places import shifted, small_town
from tests.registers.intake.town import AREAS, AS_OF, CRS, LAT, LON, raw_table

REGISTERS = [name for name, known in schemas().items() if known.geometry != "line"]
WORDS = (
    *(
        "电信",
        "小区",
        "是",
        "光纤",
        "5G",
        "街道",
        "441802006",
        "441802",
        "凤城街道",
        "东风",
        "N1",
        "P1",
        "无",
        "x" * 1200,
    ),
    *("2018.6", "2018-06-11", "12", "1.5万", "-3", "约3", "1E5", "113.05", "23.7", "0", "113.05,23.7", "13812345678"),
)
CELLS = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.integers(-5, 10**13),
    st.floats(),
    st.booleans(),
    st.text(max_size=5),
)


STRANGE = ("手机号", "怪列", "坐标系", "经纬度", "街镇", "规则")


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, RawTable]:
    """A register, most of its columns under some of their names, one or two strange ones, and any cells."""
    register = draw(st.sampled_from(REGISTERS))
    headers = []
    for column in schema(register).fields:
        if column.required or draw(st.booleans()):
            headers.append(draw(st.sampled_from([column.name, column.title.zh, *column.aliases])))
    headers += draw(st.lists(st.sampled_from([*STRANGE]), max_size=2, unique=True))
    rows = draw(st.lists(st.tuples(*[CELLS] * len(headers)), max_size=4))
    return register, raw_table([headers, *rows])


CONTEXT = IntakeContext(
    crs=CRS, as_of=AS_OF, registers={"areas": take(raw_table(AREAS), schema("areas"), IntakeContext(CRS, AS_OF)).table}
)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_every_row_is_accounted_for(sent: tuple[str, RawTable]) -> None:
    register, raw = sent
    with contextlib.suppress(InputError):
        found = take(raw, schema(register), CONTEXT)
        assert found.not_run == ()
        assert found.table.num_rows + len(found.refused) + found.doubles == len(raw.rows)
        for refused in found.refused:
            assert refused.faults
        canonical(register, found.table)  # what is accepted can be kept


def test_points_without_a_datum_get_a_suggestion_from_the_streets(own_town: City) -> None:
    lines, lon, lat = small_town()
    streets = pa.table(
        {
            "edge_id": [f"e{n}" for n in range(len(lines))],
            "geometry": shapely.to_wkb(lines).tolist(),
        }
    )
    own_town.registers.commit("streets", streets, as_of=AS_OF)
    moved = shifted(lon, lat, Datum.GCJ02)
    rows = [("站址编号", "经度", "纬度"), *((f"N{n}", *point) for n, point in enumerate(zip(*moved, strict=True)))]
    options = ImportOptions(dry_run=True)
    report = import_tables(own_town, "wireless_sites", [raw_table(rows)], [], options)
    assert report.datum is not None
    assert report.datum.suggestion is Datum.GCJ02
    declared = replace(options, datum=Datum.GCJ02)
    assert import_tables(own_town, "wireless_sites", [raw_table(rows)], [], declared).datum is None
    few = import_tables(own_town, "wireless_sites", [raw_table([rows[0], ("a", LON, LAT)])], [], options)
    assert few.datum is not None
    assert few.datum.suggestion is None
