"""Cells of a school's sheets as values: dates, numbers, telephones, addresses. None means: it isn't one."""

import re
from datetime import date

from services.names import clean, fold

_MONTHS = (
    ("янв", 1), ("фев", 2), ("мар", 3), ("апр", 4), ("мая", 5), ("май", 5), ("июн", 6),
    ("июл", 7), ("авг", 8), ("сен", 9), ("окт", 10), ("ноя", 11), ("дек", 12),
)  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ t]\d{1,2}:\d{2}(?::\d{2})?)?")
_NUMBERS = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})")
_WORDS = re.compile(r"(\d{1,2})\s+([а-я]+)\.?\s+(\d{4})")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(?:\.[^@\s,;<>.]+)+")
_DIRECT = re.compile(r"(?:№|n)?\s*(.+?)\s+от\s+(.+)", re.IGNORECASE)


def read_date(text: str, today: date) -> date | None:
    """A date from «01.09.2026», «1 сентября 2026 г.», «2026-09-01», «1/9/26» (day first, always).

    Two digits of a year mean the last hundred years up to the next one.
    """
    text = fold(text).removesuffix("г.").removesuffix("года").removesuffix("г").strip(' «»"')
    if found := _ISO.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(text):
        return _date(_year(found[3], today), int(found[2]), int(found[1]))
    if found := _WORDS.fullmatch(text.replace("»", "").replace("«", "")):
        month = next((number for start, number in _MONTHS if found[2].startswith(start)), 0)
        return _date(int(found[3]), month, int(found[1]))
    return None


def _year(text: str, today: date) -> int:
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year + 1 else year - 100


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def is_iso(text: str) -> bool:
    """Whether a cell stands as a date that the office program made of something else."""
    return _ISO.fullmatch(text) is not None


def read_whole(text: str) -> int | None:
    """A whole number from «12», «12.», «12,0»."""
    found = re.fullmatch(r"(\d{1,6})(?:[.,]0*)?", clean(text))
    return int(found[1]) if found else None


def read_phone(text: str) -> str | None:
    """A telephone as +79161234567; ten digits are taken for a Russian number."""
    if re.search(r"[^\d\s()+.\-–—/]", text):
        return None
    digits = re.sub(r"\D", "", text)
    if len(digits) == 11 and digits[0] == "8" and not text.strip().startswith("+"):
        digits = "7" + digits[1:]
    if len(digits) == 10:
        digits = "7" + digits
    return "+" + digits if 11 <= len(digits) <= 15 else None


def read_email(text: str) -> str | None:
    """An e-mail address in lower case."""
    text = clean(text).casefold()
    return text if _EMAIL.fullmatch(text) and len(text) <= 254 else None


def split_application(text: str, today: date) -> tuple[str, date | None]:
    """A number and, where it is written in the same cell, its date: «№ 15 от 28.08.2026»."""
    text = clean(text)
    found = _DIRECT.fullmatch(text)
    if found and (on := read_date(found[2], today)):
        return found[1].strip(" №"), on
    return text.lstrip("№ ").strip(), None


def split_list(text: str) -> list[str]:
    """The parts of a cell that lists several things."""
    return [part for part in (clean(piece) for piece in re.split(r"[;,\n]", text)) if part]
