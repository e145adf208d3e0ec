"""The limits that a file from outside is read under; standard library only, the child process imports them too."""

TABLE_BYTES = 2 * 1024 * 1024
"""The largest XLSX, CSV or text file."""

XML_BYTES = 20 * 1024 * 1024
"""The largest XML file."""

ZIP_ENTRIES = 500
ZIP_BYTES = 64 * 1024 * 1024
"""What all entries of an XLSX may unpack to."""
ZIP_RATIO = 200
"""Unpacked bytes to packed ones in one entry; office programs stay under 40."""

SHEETS = 60
ROWS = 20_000
"""Rows in all sheets of a file together."""
COLUMNS = 80
CELL_CHARS = 2_000
TABLE_CHARS = 16 * 1024 * 1024
"""Characters in all cells together."""

XML_ELEMENTS = 200_000
XML_DEPTH = 8

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 40.0
