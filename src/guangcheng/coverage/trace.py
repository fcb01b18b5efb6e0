"""The address of one figure: ``standard-id@YYYY-MM-DD/code/what``.

``what`` is the id of a test or an indicator, or ``verdict``. Every test, indicator and verdict of an evaluation
carries its trace, and :func:`guangcheng.coverage.explain.explain` takes it back to the rows.
"""

import re
from dataclasses import dataclass
from datetime import date

from guangcheng.base.errors import NotFound
from guangcheng.base.text import Text

VERDICT = "verdict"
"""The last part of a verdict's trace."""

WHOLE = "*"
"""Stands for the whole of the registers where they name no single area on top."""

_FORM = re.compile(r"(?P<standard>[a-z0-9][a-z0-9-]*)@(?P<day>\d{4}-\d{2}-\d{2})/(?P<code>[^/]+)/(?P<what>[^/]+)")


@dataclass(frozen=True, slots=True)
class Trace:
    """One figure's address; ``code`` is an area's code or an estate's premises id."""

    standard: str
    as_of: date
    code: str
    what: str

    def __str__(self) -> str:
        return f"{self.standard}@{self.as_of.isoformat()}/{self.code}/{self.what}"


def parse_trace(text: str) -> Trace:
    """Read a trace; ``NotFound`` shows the form when ``text`` has another one or no such day exists."""
    found = _FORM.fullmatch(text.strip())
    if found is not None:
        try:
            day = date.fromisoformat(found["day"])
        except ValueError:
            found = None
        else:
            return Trace(found["standard"], day, found["code"], found["what"])
    example = "qingcheng-2017-all-optical@2018-12-31/441802103/IND-001-17"
    raise NotFound(
        Text(zh=f"“{text}”不是一个数字的地址", en=f"“{text}” is not the address of a figure"),
        mend=Text(
            zh=f"从评估结果的 trace 栏复制，形如 {example}",
            en=f"copy one from the trace field of an evaluation, like {example}",
        ),
    )
