"""What a typed topic should be looked at twice for (В 4.4.11). Pure."""

import re
from enum import StrEnum

_WORK = re.compile(
    r"(контрольн\w*|лабораторн\w*|практическ\w*)\s+работ\w*\s*(№?\s*\d+)?\s*[.!]?", re.IGNORECASE
)  # and nothing more: neither «по теме» nor a title


class Doubt(StrEnum):
    """Why a topic may not be what the journal wants; the teacher may still say yes."""

    NOT_RUSSIAN = "not_russian"
    NO_THEME = "no_theme"


def doubt_about(topic: str) -> Doubt | None:
    """Why a typed topic is shown back before it is written; None: it is written at once.

    Records are in Russian in all subjects, foreign languages too, and a practical, laboratory or control work is
    recorded with its theme (В 4.4.11). A topic whose letters are mostly not Cyrillic isn't in Russian; formulas and
    names in brackets pass, and so does what has no letters.
    """
    letters = [letter for letter in topic if letter.isalpha()]
    cyrillic = sum("а" <= letter <= "я" or letter == "ё" for letter in map(str.lower, letters))
    if letters and cyrillic * 2 < len(letters):
        return Doubt.NOT_RUSSIAN
    if _WORK.fullmatch(topic.strip()):
        return Doubt.NO_THEME
    return None
