"""What takes long is worked out once, behind the pages, and kept: the shelf of answers.

One thread computes figures, one answer after the other: two evaluations of a large city side by side would need twice
the memory and give each the half of the machine. What may take longer than a person waits (audits, trends, files being
checked) has a thread of its own, so that no figure stands in line behind it. A page that asks waits a moment
(``RESULTS_PATIENCE_S``), then says that the answer is being worked out (:class:`Computing`) and asks again.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookLong
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from django.conf import settings

Answer = TypeVar("Answer")
Lane = Literal["figures", "slow"]

MOST_KEPT = 256
"""Answers of one shelf that are kept, the longest unasked goes first."""


class Computing(Exception):
    """An answer is being worked out; ``ticket`` asks whether it is there."""

    def __init__(self, ticket: str) -> None:
        super().__init__(ticket)
        self.ticket = ticket


@dataclass(frozen=True, slots=True)
class _Held:
    ticket: str
    future: "Future[Any]"


class Shelf:
    """Answers by key; thread-safe. An answer that failed is told to whoever asked, then tried anew."""

    def __init__(self, most: int = MOST_KEPT, *, lane: Lane = "figures") -> None:
        self._most = most
        self._lane: Lane = lane
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, _Held] = OrderedDict()

    def ask(self, key: Hashable, work: Callable[[], Answer], *, patience: float | None = None) -> Answer:
        """The answer for ``key``, worked out by ``work`` unless it is there or on its way.

        Waits at most ``patience`` seconds (the setting ``RESULTS_PATIENCE_S`` by default), then raises
        :class:`Computing`. What ``work`` raised is raised here.
        """
        held = self.start(key, work)
        wait = settings.RESULTS_PATIENCE_S if patience is None else patience
        try:
            return cast("Answer", held.future.result(wait))
        except TookLong:
            if held.future.done():
                raise
            raise Computing(held.ticket) from None
        finally:
            if held.future.done() and held.future.exception() is not None:
                self._drop(key, held)

    def start(self, key: Hashable, work: Callable[[], Any]) -> _Held:
        """Have the answer worked out, without waiting."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                held = _Held(_ticket(key), _worker(self._lane).submit(work))
                self._held[key] = held
                self._make_room()
            self._held.move_to_end(key)
            return held

    def peek(self, key: Hashable) -> Any | None:
        """The answer if it is there, else ``None``; nothing is started."""
        with self._lock:
            held = self._held.get(key)
        if held is None or not held.future.done() or held.future.exception() is not None:
            return None
        return held.future.result()

    def pending(self, ticket: str) -> bool:
        """Whether the answer with this ticket is still being worked out."""
        with self._lock:
            return any(held.ticket == ticket and not held.future.done() for held in self._held.values())

    def drop(self, stale: Callable[[Any], bool]) -> None:
        """Drop the answers whose keys are ``stale``."""
        with self._lock:
            for key in [key for key in self._held if stale(key)]:
                del self._held[key]

    def forget(self) -> None:
        """Drop every answer (tests; a city that was replaced)."""
        with self._lock:
            self._held.clear()

    def _drop(self, key: Hashable, held: _Held) -> None:
        with self._lock:
            if self._held.get(key) is held:
                del self._held[key]

    def _make_room(self) -> None:
        done = [key for key, held in self._held.items() if held.future.done()]
        for key in done[: max(0, len(self._held) - self._most)]:
            del self._held[key]


def _ticket(key: Hashable) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()[:24]


_made: dict[Lane, ThreadPoolExecutor] = {}
_making = threading.Lock()


def _worker(lane: Lane) -> ThreadPoolExecutor:
    """The one thread of a lane, made when first needed (so that a forked server makes its own)."""
    with _making:
        if lane not in _made:
            _made[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=lane)
        return _made[lane]
