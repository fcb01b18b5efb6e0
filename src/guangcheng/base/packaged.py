"""Tables that ship inside the package: small CSV files beside the code that reads them."""

import csv
from importlib import resources

__all__ = ["packaged_rows"]


def packaged_rows(package: str, *name: str) -> list[dict[str, str]]:
    """The rows of a CSV (UTF-8, a header line) that ships in ``package``, cells as text; ``name`` is its path there."""
    text = resources.files(package).joinpath(*name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
