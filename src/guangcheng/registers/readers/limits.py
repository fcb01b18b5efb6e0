"""How much a reader takes before it refuses a file: no file, however small, may fill the memory of an office PC."""

MAX_ROWS = 5_000_000
"""Rows of one table: five times the largest city's premises."""

MAX_COLUMNS = 2_000
"""Columns of one table; the widest register has about twenty."""

MAX_CELLS = 60_000_000
"""Rows × columns of one table: five million rows of a dozen columns."""

MAX_CELL_CHARS = 131_072
"""Characters of one cell: four times what a spreadsheet can hold, and the csv module's own limit."""

MAX_LINE_CHARS = 1_048_576
"""Characters of one line of text: longer ones come from a missing line break, or from malice."""

MAX_TEXT_BYTES = 1 << 30
"""Size of a CSV file."""

MAX_ZIP_MEMBERS = 5_000
"""Files inside a workbook or a zipped shapefile."""

MAX_UNPACKED_BYTES = 500_000_000
"""What a zip may unpack to; a full sheet of a million rows and a dozen columns is about this."""

MAX_ZIP_RATIO = 200
"""Unpacked to packed size; spreadsheets reach 10 to 50, zip bombs 1,000."""

ZIP_RATIO_FROM_BYTES = 1_000_000
"""Members that unpack to less than this may be packed as tightly as they like."""

MAX_XLS_BYTES = 64 << 20
"""Size of a legacy workbook, which is read whole."""

MAX_GEOJSON_BYTES = 64 << 20
"""Size of a GeoJSON file, which is checked whole: about 300,000 points."""

MAX_JSON_BRACKETS = 4_000_000
"""Opening brackets in a GeoJSON file: each costs some 60 bytes while the file is checked."""

MAX_CHUNK_BYTES = 128 << 20
"""What one column of one row group of a Parquet file may unpack to."""

HEADER_SEARCH_ROWS = 30
"""Rows from the top in which the header is looked for."""

LABEL_COLUMNS = 6
"""Leading columns in which the word 合计 or 小计 is looked for."""
