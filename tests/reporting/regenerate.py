"""Write the golden files anew: ``.venv/bin/python -m tests.reporting.regenerate``, then read the diff."""

from functools import cache

from guangcheng.base.text import Lang
from guangcheng.reporting.document import report
from guangcheng.reporting.maps import map_values
from guangcheng.reporting.workbook import ledger
from tests.reporting import sample
from tests.reporting.content import document_text, workbook_cells, write_golden

LANGS: tuple[Lang, ...] = ("zh", "en")


@cache
def ledger_of(lang: Lang) -> bytes:
    """The ledger of the sample."""
    return ledger(
        sample.evaluation(),
        sample.standard(),
        city_name=sample.CITY,
        generated_on=sample.GENERATED_ON,
        lang=lang,
        ways=sample.ways(),
    )


@cache
def report_of(lang: Lang) -> bytes:
    """The report of the sample."""
    return report(
        sample.evaluation(),
        sample.standard(),
        city_name=sample.CITY,
        generated_on=sample.GENERATED_ON,
        lang=lang,
        ways=sample.ways(),
        map_values=map_values(sample.evaluation(), sample.positions()),
        remark=sample.REMARK,
    )


def main() -> None:
    """Write all golden files."""
    for lang in LANGS:
        write_golden(f"ledger-{lang}.json", workbook_cells(ledger_of(lang)))
        write_golden(f"report-{lang}.json", document_text(report_of(lang)))


if __name__ == "__main__":
    main()
