"""Every fault a person can write into a standard file is shown with its line and how to mend it, all at once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcheng.base.errors import InputError, NotFound
from guangcheng.standards.loader import StandardFault, load_file, load_text
from guangcheng.standards.model import Indicator
from guangcheng.standards.yamltext import MAX_BYTES

TOWN = (Path(__file__).parent / "data" / "my-town.yaml").read_text(encoding="utf-8")


LEVELS = TOWN[TOWN.index("acceptance:") : TOWN.index("indicators:")]
VALUES = TOWN[TOWN.index("    values:") : TOWN.index("acceptance:")]


def faults_of(text: str, file: str = "my-town.yaml") -> list[tuple[int, str, str, str]]:
    with pytest.raises(StandardFault) as caught:
        load_text(text, file)
    for fault in caught.value.faults:
        assert fault.message.zh
        assert fault.mend.zh
        assert fault.message.zh != fault.message.en
    return [(item.line, ".".join(item.path), item.message.en, item.mend.en) for item in caught.value.faults]


def changed(old: str, new: str) -> str:
    assert TOWN.count(old) == 1, f"{old!r} must stand in the file exactly once"
    return TOWN.replace(old, new)


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(TOWN.splitlines(), 1) if words in line)


def test_the_file_itself_is_whole() -> None:
    assert load_text(TOWN, "my-town.yaml").id == "my-town"


ONE = {
    "unknown key with a near one": (
        "version:",
        "verison:",
        [
            (3, "verison", "unknown key “verison”", "Did you mean “version”?"),
            (2, "", "“version” is missing", "add “version”"),
        ],
    ),
    "key one level too high": (
        "    hardness: plan target\n",
        "    hardness: plan target\n    date_text: 2025年底\n",
        [
            (
                43,
                "indicators.IND-T01-01.date_text",
                "unknown key “date_text”",
                f"the keys known here are: {', '.join(Indicator.model_fields)}",
            )
        ],
    ),
    "a number without its source": (
        '2025-01-15: {value: 90, source: {document: T01, clause: "4"}}',
        "2025-01-15: {value: 90}",
        [
            (
                30,
                "acceptance.0.tests.0.threshold.2025-01-15",
                "“source” is missing",
                "every value needs its source: {document: ..., clause: ...}",
            )
        ],
    ),
    "words where a number belongs": (
        "{value: 1.5,",
        '{value: "1.5",',
        [
            (
                44,
                "indicators.IND-T01-01.targets.0.value",
                '“value” is "1.5"; it should be a number without quotes',
                "see docs/reference/standards-format.md",
            )
        ],
    ),
    "a date that is none": (
        "    deadline: 2026-06-30",
        "    deadline: 2026-06-31",
        [
            (
                51,
                "tasks.TSK-T01-01.deadline",
                "“2026-06-31” cannot be read",
                "write decimal numbers, dates as 2018-06-30, and put words in quotes",
            ),
            (
                51,
                "tasks.TSK-T01-01.deadline",
                '“deadline” is "2026-06-31"; it should be a date such as 2018-06-30',
                "see docs/reference/standards-format.md",
            ),
        ],
    ),
    "yes is not true": (
        "hard: true",
        "hard: yes",
        [
            (
                31,
                "acceptance.0.tests.0.hard",
                '“hard” is "yes"; it should be true or false',
                "see docs/reference/standards-format.md",
            )
        ],
    ),
    "unknown level": (
        "level: admin_village",
        "level: admin_vilage",
        [(20, "acceptance.0.level", '“level” cannot be "admin_vilage"', "Did you mean “admin_village”?")],
    ),
    "unknown choice": (
        "kind: computed",
        "kind: guessed",
        [
            (
                36,
                "indicators.IND-T01-01.kind",
                '“kind” cannot be "guessed"',
                "it can be: computed, reported, qualitative, definition, out_of_scope",
            )
        ],
    ),
    "unknown measure": (
        "measure: natural_villages_passed",
        "measure: natural_village_passed",
        [
            (
                26,
                "acceptance.0.tests.0.measure",
                "there is no measure called “natural_village_passed”",
                "Did you mean “natural_villages_passed”?",
            )
        ],
    ),
    "measure of another level": (
        "measure: natural_villages_passed",
        "measure: townships_passed",
        [
            (
                26,
                "acceptance.0.tests.0.measure",
                "“townships_passed” cannot be taken for admin_village",
                "it can be taken for: district",
            )
        ],
    ),
    "unit that does not fit": (
        "    unit: 万户",
        "    unit: 万人",
        [(40, "indicators.IND-T01-01.unit", "“subscribers” is in 户, not 万人", "use 户 or 万户")],
    ),
    "unknown argument": (
        "params: {technologies: [fibre]}",
        "params: {technologies: [fibre], tier: ge1000}",
        [(38, "indicators.IND-T01-01.params.tier", "there is no argument called “tier”", "Did you mean “tiers”?")],
    ),
    "argument of the wrong kind": (
        "params: {technologies: [fibre]}",
        "params: {technologies: fibre}",
        [(38, "indicators.IND-T01-01.params.technologies", "“technologies” should be a list", "see measures.csv")],
    ),
    "argument left out": (
        "    params: {technologies: [fibre]}\n",
        "",
        [(33, "indicators.IND-T01-01", "“subscribers” needs “technologies”", "add technologies under params")],
    ),
    "percentage as a fraction": (
        "{value: 90,",
        "{value: 0.9,",
        [
            (
                30,
                "acceptance.0.tests.0.threshold.2025-01-15",
                "the unit is %, but the value is 0.9",
                "write percentages, 90, not fractions",
            )
        ],
    ),
    "targets out of order": (
        "value: 1.5, date: 2025-12-31",
        "value: 1.5, date: 2027-12-31",
        [
            (
                45,
                "indicators.IND-T01-01.targets.1.date",
                "targets are not in order of date: 2026-06-30 stands after 2027-12-31",
                "put the earliest first",
            )
        ],
    ),
    "the same target twice": (
        "value: 1.5, date: 2025-12-31",
        "value: 1.5, date: 2026-06-30",
        [
            (
                45,
                "indicators.IND-T01-01.targets.1.date",
                "“2026-06-30” appears more than once",
                "merge them or give one another name",
            )
        ],
    ),
    "target without value or words": (
        "{value: 1.5, date",
        "{value: null, date",
        [(44, "indicators.IND-T01-01.targets.0", "“value: null” needs “value_text”", "add “value_text”")],
    ),
    "targets without a comparator": (
        '    comparator: ">="\n    hardness',
        "    hardness",
        [(33, "indicators.IND-T01-01", "“targets” needs “comparator”", "add “comparator”")],
    ),
    "computed from nothing": (
        "    measure: subscribers\n    params: {technologies: [fibre]}\n",
        "",
        [(33, "indicators.IND-T01-01", "“computed” needs “measure”", "add “measure”")],
    ),
    "each without a level": (
        "    hardness: plan target\n",
        "    hardness: plan target\n    scope: each\n",
        [
            (
                33,
                "indicators.IND-T01-01",
                "scope: each and each_level belong together",
                "give both or neither",
            )
        ],
    ),
    "default without its decision": (
        '{value: 150, source: {document: T01, clause: "3"}}',
        '{value: 150, basis: product_default, source: {document: T01, clause: "3"}}',
        [
            (
                18,
                "parameters.urban_radius_m.values.2026-01-01",
                "a product default does not name its decision",
                "add decision: and its id, such as U-05",
            )
        ],
    ),
    "decision of another form": (
        '{value: 150, source: {document: T01, clause: "3"}}',
        '{value: 150, decision: ours, source: {document: T01, clause: "3"}}',
        [
            (
                18,
                "parameters.urban_radius_m.values.2026-01-01",
                "the decision id “ours” does not have the right form",
                "write it like C-09, U-05 or P-01",
            )
        ],
    ),
    "unknown parameter that hardens": (
        "        hard: true\n",
        "        hard: false\n        hard_parameter: penetration_is_hard\n",
        [
            (
                32,
                "acceptance.0.tests.0.hard_parameter",
                "there is no parameter called “penetration_is_hard”",
                "known are: urban_radius_m",
            )
        ],
    ),
    "unknown parameter that stands": (
        "    fallback: reported_value\n",
        "    parameter: urban_radius\n",
        [
            (
                39,
                "indicators.IND-T01-01.parameter",
                "there is no parameter called “urban_radius”",
                "Did you mean “urban_radius_m”?",
            )
        ],
    ),
    "task for an unknown indicator": (
        "indicators: [IND-T01-01]",
        "indicators: [IND-T01-02]",
        [
            (
                52,
                "tasks.TSK-T01-01.indicators.0",
                "there is no indicator called “IND-T01-02”",
                "Did you mean “IND-T01-01”?",
            )
        ],
    ),
    "deadline before start": (
        "    deadline: 2026-06-30\n",
        "    start: 2026-07-01\n    deadline: 2026-06-30\n",
        [(52, "tasks.TSK-T01-01.deadline", "the deadline is before the start", "check the two dates")],
    ),
    "id that is not the file's": (
        "id: my-town\n",
        "id: our-town\n",
        [
            (
                2,
                "id",
                "the id “our-town” is not the file's name “my-town.yaml”",
                "rename the file to our-town.yaml, or change the id",
            )
        ],
    ),
    "indicator id of another form": (
        "  IND-T01-01:\n    name",
        "  INDICATOR-1:\n    name",
        [
            (
                33,
                "indicators.INDICATOR-1",
                '“INDICATOR-1” is "INDICATOR-1"; it should have the form of an id such as IND-001-01',
                "see docs/reference/standards-format.md",
            )
        ],
    ),
    "key written twice": (
        'version: "1"\n',
        'version: "1"\nversion: "2"\n',
        [(4, "version", "“version” appears twice (first on line 3)", "remove or merge one of them")],
    ),
    "parameter without a value": (
        VALUES,
        "    values: {}\n",
        [(13, "parameters.urban_radius_m", "a parameter needs at least one dated value", "put it right as said here")],
    ),
    "words where a list belongs": (
        LEVELS,
        "acceptance: none of ours\n",
        [
            (
                19,
                "acceptance",
                '“acceptance” is "none of ours"; it should be a list',
                "see docs/reference/standards-format.md",
            )
        ],
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_one_fault(name: str) -> None:
    old, new, expected = ONE[name]
    assert faults_of(changed(old, new)) == sorted(expected)


def test_twice_the_same_level_and_test() -> None:
    block = TOWN[TOWN.index("  - level:") : TOWN.index("indicators:")]
    assert [(line, path) for line, path, _, _ in faults_of(TOWN.replace(block, block + block))] == [
        (20, "acceptance.0.level"),
        (24, "acceptance.0.tests.0.id"),
        (32, "acceptance.1.level"),
        (36, "acceptance.1.tests.0.id"),
    ]


def test_all_faults_are_shown_together_in_order_of_line() -> None:
    text = changed("{value: 90,", "{value: 0.9,").replace("  TSK-T01-01:\n", "  TSK-T01-01:\n    continuous: false\n")
    text = text.replace("indicators: [IND-T01-01]", "indicators: [IND-T01-09]").replace("id: my-town", "id: a-town")
    assert [line for line, *_ in faults_of(text)] == [2, 30, 53]


def test_the_error_reads_in_both_languages() -> None:
    with pytest.raises(InputError) as caught:
        load_text(changed("{value: 90,", "{value: 0.9,"), "my-town.yaml")
    assert caught.value.in_("zh") == (
        "my-town.yaml: 标准文件有 1 处错误\n"
        "  my-town.yaml:30: acceptance.0.tests.0.threshold.2025-01-15: 单位是 %，值却是 0.9；百分数写 90，不写小数\n"
        "怎么改：照每一条后面的说明改"
    )
    assert caught.value.in_("en") == (
        "my-town.yaml: the standard file has 1 fault\n"
        "  my-town.yaml:30: acceptance.0.tests.0.threshold.2025-01-15: the unit is %, but the value is 0.9; "
        "write percentages, 90, not fractions\n"
        "To mend: mend each as said behind it"
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("# only a remark\n", 1, "the file is empty"),
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases (& and *) are not accepted"),
        ("a: 1\n---\nb: 1\n", 2, "nested too deep, or more than one document in the file"),
        ("a: " + "[" * 5000 + "]" * 5000, 1, "nested too deep, or more than one document in the file"),
        ("id: !!python/object/apply:os.system [ls]\n", 1, "type tags (beginning with !) are not accepted"),
        ("id: 0x10\n", 1, "“0x10” cannot be read"),
        ("id: 010\n", 1, "“010” cannot be read"),
        ("id: .inf\n", 1, "“.inf” cannot be read"),
        ("id: 2018-06-30T12:00:00\n", 1, "“2018-06-30T12:00:00” cannot be read"),
        ("just words\n", 1, '“文件 / file” is "just words"; it should be a mapping of keys to values'),
        ("- a\n- b\n", 1, '“文件 / file” is ["a", "b"]; it should be a mapping of keys to values'),
        ("id: \x00\n", 1, "this is not valid YAML: unacceptable character #x0000: special characters are not allowed"),
    ],
)
def test_yaml_that_could_surprise_is_refused(text: str, line: int, message: str) -> None:
    found = [(at, said) for at, _, said, _ in faults_of(text)]
    assert any(at == line and said.startswith(message) for at, said in found), found


def test_a_broken_line_is_named() -> None:
    (fault,) = faults_of("id: my-town\nversion: [1\ntitle: x\n")
    assert fault[0] == 3
    assert fault[2].startswith("this is not valid YAML")


def test_a_billion_laughs_is_refused_at_once() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert {message for _, _, message, _ in faults_of(bomb)} == {"anchors and aliases (& and *) are not accepted"}


def test_a_file_too_large_or_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my-town.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(StandardFault) as caught:
        load_file(path)
    assert caught.value.faults[0].message.en == f"the file is larger than {MAX_BYTES} bytes"
    path.write_bytes("id: my-town\ntitle: 镇\n".encode("gb18030"))
    with pytest.raises(StandardFault) as caught:
        load_file(path)
    assert (caught.value.faults[0].line, caught.value.faults[0].message.en) == (2, "the file is not in UTF-8")


def test_a_byte_order_mark_and_crlf_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "my-town.yaml"
    path.write_bytes(TOWN.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_file(path) == load_text(TOWN, "my-town.yaml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_file(tmp_path / "my-town.yaml")


LINES = TOWN.splitlines(keepends=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(LINES) - 1), st.sampled_from(["", "  ", "- x\n", "zz: 1\n", "\t\n", "{\n", '"\n']))
def test_any_damaged_line_is_a_fault_or_a_whole_standard(place: int, instead: str) -> None:
    """No traceback whatever stands on a line, and every fault names a line of the file."""
    text = "".join([*LINES[:place], instead, *LINES[place + 1 :]])
    assert all(1 <= line <= len(LINES) + 1 for line in lines_at_fault(text))


def lines_at_fault(text: str) -> list[int]:
    try:
        load_text(text, "my-town.yaml")
    except StandardFault as fault:
        return [item.line for item in fault.faults]
    return []
