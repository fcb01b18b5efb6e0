"""The page on writing standards says all there is, and its example is the one the tests load."""

import csv
import re
from importlib import resources
from pathlib import Path

from pydantic import BaseModel

from guangcheng.standards import model
from guangcheng.standards.decisions import decisions
from guangcheng.standards.loader import load_text
from guangcheng.standards.logics import logics

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "standards-format.md").read_text(encoding="utf-8")
TOWN = Path(__file__).parent / "data" / "my-town.yaml"


def test_the_example_loads_and_is_the_file_of_the_tests() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert load_text(example, "my-town.yaml").id == "my-town"
    assert example == TOWN.read_text(encoding="utf-8")


def test_every_key_of_every_part_is_named() -> None:
    parts = [item for item in vars(model).values() if isinstance(item, type) and issubclass(item, BaseModel)]
    keys = {key for part in parts for key in part.model_fields} - {"zh", "en"}
    assert sorted(key for key in keys if f"`{key}`" not in PAGE) == []


def test_the_table_of_measures_is_the_vocabulary() -> None:
    text = resources.files("guangcheng.standards").joinpath("measures.csv").read_text(encoding="utf-8")
    wanted = [(row["name"], row["title_en"]) for row in csv.DictReader(text.splitlines())]
    assert re.findall(r"^\| `(\w+)` \| [^|]* \| [^|]* \| (.*) \|$", PAGE, re.MULTILINE) == wanted


def test_the_table_of_logics_is_the_vocabulary() -> None:
    wanted = [
        (name, ", ".join(f"`{item}`" for item in logic.params), logic.title.en) for name, logic in logics().items()
    ]
    assert re.findall(r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \|$", PAGE, re.MULTILINE)[-len(wanted) :] == wanted


def test_every_decision_is_explained() -> None:
    wanted = [(name, words.en) for name, words in decisions().items()]
    assert re.findall(r"^\| ([A-Z]-\d\d) \| (.*) \|$", PAGE, re.MULTILINE) == wanted
