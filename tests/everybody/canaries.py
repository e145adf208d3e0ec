"""Canaries: a word per child and place, that occurs nowhere else; whoever receives one must have the right to it.

A canary is «ъ» with three more letters: no Russian word has «ъ» before a consonant, and no text of ours has one.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from aiogram.methods import TelegramMethod
from pypdf import PdfReader

from tests.everybody.chats import files_of

CANARY = re.compile("[ъЪ][бвгджзклмнпрстфхцчшщ][аеиоу][бвгджзклмнпрстфхцчшщ]")
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"


def words() -> Iterator[str]:
    """Canaries, each but once: two thousand of them."""
    return ("ъ" + "".join(signs) for signs in itertools.product(_CONSONANTS, "аеиоу", _CONSONANTS))


def heard_in(text: str) -> set[str]:
    """The canaries in a text."""
    return {one.casefold() for one in CANARY.findall(text)}


def heard(calls: Iterable[TelegramMethod[Any]]) -> dict[int, set[str]]:
    """The canaries that calls brought, by chat; of texts, buttons, captions, toasts, file names and files."""
    found: dict[int, set[str]] = {}
    for call in calls:
        said = heard_in(text_of(call))
        for name, content in files_of([call]):
            said |= heard_in(name + in_file(content))
        if said:
            found.setdefault(getattr(call, "chat_id", 0), set()).update(said)
    return found


def text_of(call: TelegramMethod[Any]) -> str:
    """All the words of a call."""
    return call.model_dump_json(exclude={"document", "photo", "media"}, exclude_defaults=True)


def in_file(content: bytes) -> str:
    """The words of a PDF or a table; of a picture none can be read."""
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "".join(parts.read(one).decode("utf-8", "replace") for one in parts.namelist())
    return content.decode("utf-8", "replace") if not content.startswith(b"\x89PNG") else ""
