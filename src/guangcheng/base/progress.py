"""How long work tells a person how far it is, without knowing there is a terminal."""

from typing import Protocol


class Progress(Protocol):
    """Told of each finished part; the doors draw a bar, tests record, libraries pass it on."""

    def start(self, label: str, total: int | None) -> None:
        """A piece of work called ``label`` begins, of ``total`` parts if that is known."""

    def advance(self, done: int = 1) -> None:
        """``done`` more parts are finished."""

    def finish(self) -> None:
        """The piece of work is over."""


class Silent:
    """Progress nobody watches."""

    def start(self, label: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, done: int = 1) -> None:
        """Say nothing."""

    def finish(self) -> None:
        """Say nothing."""


SILENT: Progress = Silent()
