"""The one error tree.

::

    GuangchengError            every error a person can mend or must know; never a traceback at the doors
    ├── InputError             what was given cannot be used                        exit 2, HTTP 422
    │   ├── WrongFormat        a file is not what it claims to be                   exit 2, HTTP 415
    │   └── UsageError         an option or argument makes no sense                 exit 2, HTTP 400
    ├── NotFound               a named thing does not exist                         exit 2, HTTP 404
    ├── Refused                the act would lose or change more than was agreed to exit 2, HTTP 409
    ├── Denied                 the person acting may not do this                exit 2, HTTP 403
    └── OutsideKnowledge       the answer would be a guess (a calendar year, a datum) exit 2, HTTP 422

Domain errors know no exit code and no HTTP status: the doors translate (``apps``).
A message says what was found; ``where`` says in which file, row and column; ``mend`` says how to put it right.
"""

from dataclasses import dataclass

from guangcheng.base.text import Lang, Text

__all__ = [
    "Denied",
    "GuangchengError",
    "InputError",
    "NotFound",
    "OutsideKnowledge",
    "Refused",
    "UsageError",
    "Where",
    "WrongFormat",
]


@dataclass(frozen=True, slots=True)
class Where:
    """A place in something a person gave us; rows are 1-based as a spreadsheet shows them."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None

    def in_(self, lang: Lang) -> str:
        """``file › sheet › row 5 › column C``, leaving out what is not known."""
        words = {"zh": ("第{}行", "{}列"), "en": ("row {}", "column {}")}[lang]
        parts = [self.file, self.sheet]
        parts.append(words[0].format(self.row) if self.row is not None else None)
        parts.append(words[1].format(self.column) if self.column is not None else None)
        parts.append(self.field)
        return " › ".join(part for part in parts if part)


class GuangchengError(Exception):
    """What was found, where, and how to mend it, in both languages."""

    def __init__(self, message: Text, *, mend: Text, where: Where | None = None) -> None:
        self.message = message
        self.mend = mend
        self.where = where or Where()
        super().__init__(message.en)

    def in_(self, lang: Lang) -> str:
        """The whole message for a person reading ``lang``."""
        place = self.where.in_(lang)
        head = f"{place}: {self.message.in_(lang)}" if place else self.message.in_(lang)
        arrow = "怎么改：" if lang == "zh" else "To mend: "
        return f"{head}\n{arrow}{self.mend.in_(lang)}"


class InputError(GuangchengError):
    """What was given cannot be used."""


class WrongFormat(InputError):
    """A file is not what its name or magic bytes claim."""


class UsageError(InputError):
    """An option or argument makes no sense."""


class NotFound(GuangchengError):
    """A named thing (city, register, standard, area, trace) does not exist."""


class Refused(GuangchengError):
    """The act would lose or change more than the person agreed to."""


class Denied(GuangchengError):
    """The person acting has no right to do this here."""


class OutsideKnowledge(GuangchengError):
    """An honest answer is not possible; a guess is refused."""
