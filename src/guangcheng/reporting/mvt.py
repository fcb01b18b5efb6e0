"""Point layers written as Mapbox Vector Tiles 2.1 (the protobuf wire format), with no library in between.

Only what a map of points needs: features of one point each, with string and whole-number properties. The tests read
every tile back with the reference library. See https://github.com/mapbox/vector-tile-spec/tree/master/2.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["EXTENT", "Layer", "Value"]

EXTENT = 4096
"""Steps across a tile (spec 4.1: the usual extent)."""

Value = str | int
"""What a property may be; whole numbers are 0 or more."""

_VARINT, _BYTES = 0, 2
_MOVE_TO_ONE_POINT = 9
_POINT = 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


_SHORT = tuple(_varint(number) for number in range(2 * EXTENT + 1))
"""Varints met for every feature: coordinates, tags, lengths."""


def _number(number: int) -> bytes:
    return _SHORT[number] if number < len(_SHORT) else _varint(number)


def _field(tag: int, payload: bytes) -> bytes:
    return _number(tag << 3 | _BYTES) + _number(len(payload)) + payload


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _field(1, value.encode("utf-8"))
    return _number(5 << 3 | _VARINT) + _number(value)


@dataclass(slots=True)
class Layer:
    """One layer being written: add points, then take ``bytes``; keys and values are numbered as they first appear."""

    name: str
    _features: list[bytes] = field(default_factory=list)
    _keys: dict[str, int] = field(default_factory=dict)
    _values: dict[Value, int] = field(default_factory=dict)

    def point(self, x: int, y: int, properties: Mapping[str, Value], number: int | None = None) -> None:
        """Add a point at ``x``, ``y`` (0 … ``EXTENT`` - 1 from the tile's top left); ``number`` is the feature's id."""
        tags = b"".join(
            _number(self._keys.setdefault(key, len(self._keys)))
            + _number(self._values.setdefault(value, len(self._values)))
            for key, value in properties.items()
        )
        # zigzag of a number that is not negative is its double
        where = _SHORT[_MOVE_TO_ONE_POINT] + _SHORT[2 * x] + _SHORT[2 * y]
        head = b"" if number is None else _number(1 << 3 | _VARINT) + _number(number)
        kind = _number(3 << 3 | _VARINT) + _number(_POINT)
        self._features.append(_field(2, head + (_field(2, tags) if tags else b"") + kind + _field(4, where)))

    def bytes(self) -> bytes:
        """The layer as it stands in a tile; layers are joined by joining their bytes. No features give no bytes."""
        if not self._features:
            return b""
        parts = [_number(15 << 3 | _VARINT) + _number(2), _field(1, self.name.encode("utf-8")), *self._features]
        parts += [_field(3, key.encode("utf-8")) for key in self._keys]
        parts += [_field(4, _value(value)) for value in self._values]
        parts.append(_number(5 << 3 | _VARINT) + _number(EXTENT))
        return _field(3, b"".join(parts))
