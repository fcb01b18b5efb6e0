"""Words for people, in the two languages of the product.

Below the doors nothing knows which language a person reads, so every sentence a person may meet is a
:class:`Text`, Chinese first and English complete; the type checker sees to it that none lacks its twin.
"""

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Chinese and in English; ``{name}`` places are filled by :meth:`format`."""

    zh: str
    en: str

    def format(self, **values: object) -> "Text":
        """A new text with the named places filled in both languages; a missing name raises ``KeyError``."""
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))

    def in_(self, lang: Lang) -> str:
        """The sentence in ``lang``."""
        return self.zh if lang == "zh" else self.en
