"""Why a file can't be read at all: codes that the child process answers with."""

from enum import StrEnum


class Refusal(StrEnum):
    """A reason to refuse a whole file; services.imports.reading has the sentence for each."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    NOT_TEXT = "not_text"
    UNKNOWN_ENCODING = "unknown_encoding"
    OLD_EXCEL = "old_excel"
    OPEN_DOCUMENT = "open_document"
    NOT_A_TABLE = "not_a_table"
    NOT_EXCEL = "not_excel"
    BROKEN_ZIP = "broken_zip"
    ZIP_BOMB = "zip_bomb"
    TOO_MANY_SHEETS = "too_many_sheets"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MUCH_TEXT = "too_much_text"
    BROKEN_CSV = "broken_csv"
    BROKEN_XML = "broken_xml"
    NOT_XML = "not_xml"
    HAS_DTD = "has_dtd"
    TOO_MANY_ELEMENTS = "too_many_elements"
    NOT_ASC = "not_asc"
    TOO_HARD = "too_hard"
    TOO_SLOW = "too_slow"


class FileRefused(Exception):
    """The file can't be read; `where` says the line or sheet, where one is known."""

    def __init__(self, refusal: Refusal, where: str = "") -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.where = where
