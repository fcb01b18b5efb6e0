"""What verbs ask of e-mail: one function; the door gives it, tests keep what it was given."""

from collections.abc import Callable

from guangcheng.base.text import Text

Send = Callable[[str, Text, Text], None]
"""Sends one e-mail: address, subject, body."""
