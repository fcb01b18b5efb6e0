"""How often one address may ask: a window of time per address and purpose, in Django's cache of this server."""

from django.core.cache import cache

from guangcheng.base.errors import GuangchengError
from guangcheng.base.text import Text

PER_HOUR = 30
"""Public questions from one address in an hour."""
WINDOW_S = 3600


class TooMany(GuangchengError):
    """An address asked too often; answered with HTTP 429."""


def limit(purpose: str, address: str, *, most: int = PER_HOUR) -> None:
    """Count one question; ``TooMany`` beyond ``most`` in a window."""
    key = f"limit:{purpose}:{address}"
    cache.add(key, 0, WINDOW_S)
    try:
        count = cache.incr(key)
    except ValueError:  # the window ended between the two lines
        cache.set(key, 1, WINDOW_S)
        count = 1
    if count > most:
        raise TooMany(
            Text("查询太频繁", "too many questions"),
            mend=Text("请一小时后再试", "try again in an hour"),
        )
