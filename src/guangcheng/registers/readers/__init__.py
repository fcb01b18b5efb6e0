"""Files as people send them, turned into raw tables."""

from pathlib import Path

from guangcheng.base.errors import UsageError, Where
from guangcheng.registers.raw import RawTable
from guangcheng.registers.readers.encodings import check_name
from guangcheng.registers.readers.sniff import Format, sniff
from guangcheng.registers.rulebook import rule

__all__ = ["read"]

_WITH_SHEETS = frozenset({Format.XLSX, Format.XLS, Format.GEOPACKAGE, Format.SHAPEFILE_ZIP})


def read(
    path: Path,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    known_headers: frozenset[str] = frozenset(),
) -> list[RawTable]:
    """The tables of a file: one per sheet or layer that holds data.

    The format is decided by the content, and the name must agree. ``encoding`` is for formats that may not state
    theirs (CSV, shapefile, old ``.xls``) and has no effect on the others; without it UTF-8 and then GB18030 are tried
    strictly. ``sheet`` names one sheet or layer. ``known_headers`` (words made by :func:`readers.headers.normalise`)
    helps to tell the header from the title rows above it.

    Cells are handed on as stored, never reformatted; a cell that cannot be believed (formula without a result, error
    value, digits lost) is a fault in ``faults`` and its row stays in the table, so that nothing is lost.

    Raises ``NotFound`` where there is no such file, ``WrongFormat`` for a file that is not what it claims, cannot be
    decoded, is damaged or too large, ``InputError`` for one without header or data or with two headers alike,
    ``UsageError`` for a sheet or encoding that does not exist. Each message ends in the number of its rule (R-0xx).
    """
    found = sniff(path)
    if sheet is not None and found not in _WITH_SHEETS:
        raise rule("R-019").error(UsageError, Where(file=str(path)), sheet=sheet)
    if encoding is not None:
        check_name(encoding, path)
    return _read(found, path, encoding, sheet, known_headers)


def _read(
    found: Format, path: Path, encoding: str | None, sheet: str | None, known_headers: frozenset[str]
) -> list[RawTable]:
    """Call the reader of the format; each is imported only when needed."""
    if found is Format.TEXT:
        from guangcheng.registers.readers.text import read_text

        return read_text(path, encoding, known_headers)
    if found is Format.XLSX:
        from guangcheng.registers.readers.xlsx import read_xlsx

        return read_xlsx(path, sheet, known_headers)
    if found is Format.XLS:
        from guangcheng.registers.readers.xls import read_xls

        return read_xls(path, encoding, sheet, known_headers)
    if found is Format.PARQUET:
        from guangcheng.registers.readers.parquet import read_parquet

        return read_parquet(path)
    return _read_spatial(found, path, encoding, sheet)


def _read_spatial(found: Format, path: Path, encoding: str | None, sheet: str | None) -> list[RawTable]:
    from guangcheng.registers.readers import shapefile, spatial

    if found is Format.GEOJSON:
        return spatial.read_geojson(path)
    if found is Format.GEOPACKAGE:
        return spatial.read_geopackage(path, sheet)
    if found is Format.SHAPEFILE:
        return shapefile.read_shapefile(path, encoding)
    return shapefile.read_shapefile_zip(path, sheet, encoding)
