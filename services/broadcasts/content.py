"""What a broadcast says: its files, its question, and the text as its readers get it. Pure, but for the language."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.broadcasts.audience import Audience
from services.broadcasts.refusals import BroadcastTooLong, OptionsUnclear
from services.i18n import N_, gettext, ngettext
from services.letters.typeset import EMPTY_LINE, shown_length, typeset
from services.rules.regulation import Regulation
from services.rules.short_names import initials
from storage.repositories.broadcast_people import key_of
from storage.repositories.broadcasts import BroadcastRow
from storage.repositories.homework import NewFile
from storage.vocabulary import BroadcastId, BroadcastState, Channel, FileKind, QuestionKind

LONGEST = 3000  # UTF-16 units of what is typed; with its heading it fits a letter
CAPTION = 1000  # of a photo's or document's caption: the messenger's 1024 less the mark of a copy
MOST_FILES = 10
OPTIONS = range(2, 7)
LONGEST_OPTION = 40
AGAIN = "again"  # ends the key of a reminder
LIVES = timedelta(hours=72)  # how long what becomes of a broadcast is followed


@dataclass(frozen=True, slots=True)
class BroadcastFile:
    """A photo or document, by the messenger's id."""

    kind: FileKind
    file_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Content:
    """What the author made, as it is shown to them; `audience`: what the audience is called."""

    id: BroadcastId
    rev: int
    state: BroadcastState
    audience: str
    text: str
    files: tuple[BroadcastFile, ...]
    question: QuestionKind | None
    options: tuple[str, ...]
    asks_reading: bool
    urgent: bool


def content_of(row: BroadcastRow, audience: str) -> Content:
    """What a stored broadcast says, in the language now spoken."""
    return Content(
        row.id,
        row.rev,
        row.state,
        audience,
        row.text,
        files_of(row),
        None if not row.question else QuestionKind(row.question["kind"]),
        options_of(row),
        row.asks_reading,
        row.urgent,
    )


def files_of(row: BroadcastRow) -> tuple[BroadcastFile, ...]:
    """Its photos and documents."""
    stored = (row.files or {}).get("files", [])
    return tuple(BroadcastFile(FileKind(one["kind"]), one["id"], one["name"]) for one in stored)


def with_file(row: BroadcastRow, file: NewFile) -> dict[str, Any]:
    """Its files and one more, as they are stored."""
    stored = (row.files or {}).get("files", [])
    return {"files": [*stored, {"kind": file.kind.value, "id": file.file_id, "name": file.name}]}


def options_of(row: BroadcastRow) -> tuple[str, ...]:
    """What may be answered; nothing where nothing is asked."""
    if not row.question:
        return ()
    if row.question["kind"] == QuestionKind.YES_NO.value:
        return (gettext(N_("Yes")), gettext(N_("No")))
    return tuple(row.question["options"])


def keys_of(row: BroadcastRow) -> list[str]:
    """The keys of its items: the letter's, and those of the files that were sent below it."""
    return [key_of(row.id), *(file_key(row.id, place) for place in range(len(files_of(row))))]


def file_key(broadcast_id: BroadcastId, place: int) -> str:
    """The key of a file sent by itself."""
    return f"{key_of(broadcast_id)}:{place}"


def inline_file(row: BroadcastRow, text: str) -> BroadcastFile | None:
    """The file that goes with the text in one letter: the only one, with a text that fits under it."""
    files = files_of(row)
    return files[0] if len(files) == 1 and shown_length(text) <= CAPTION else None


def recalled_until(row: BroadcastRow, regulation: Regulation) -> datetime | None:
    """Until when it may be recalled; None: it has not gone out."""
    return None if row.send_at is None else row.send_at + timedelta(hours=regulation.broadcast_recall_hours)


def author(row: BroadcastRow) -> str:
    """«Кузнецова В. А.»."""
    return initials(*row.author)


def letter_text(row: BroadcastRow, class_name: str, channel: Channel, *, again: bool = False) -> str:
    """The letter as HTML; besides Telegram it also says where its files and its answer are. `again`: a reminder."""
    if Audience.from_json(row.audience).office:
        writes = gettext("{name}, administration of the school").format(name=author(row))
    else:
        writes = gettext("{name}, homeroom teacher of {school_class}").format(name=author(row), school_class=class_name)
    elsewhere = channel is not Channel.TELEGRAM
    files = len(files_of(row)) if elsewhere else 0
    options = options_of(row) if elsewhere else ()
    return typeset(
        "broadcast",
        writes=writes,
        urgent=row.urgent,
        again=again,
        text=paragraphs(row.text),
        attached=_attached(files) if files else None,
        options=", ".join(options) if options else None,
        reading=row.asks_reading and elsewhere,
    )


def _attached(count: int) -> str:
    return ngettext(
        "{count} attachment: in Telegram, or ask the homeroom teacher.",
        "{count} attachments: in Telegram, or ask the homeroom teacher.",
        count,
    ).format(count=count)


def paragraphs(text: str) -> str:
    """A typed text whose empty lines stay."""
    return "\n".join(line if line.strip() else EMPTY_LINE for line in text.splitlines())


def tidy(text: str) -> str:
    """A typed text: its lines stay, signs that no database takes go. Raises BroadcastTooLong."""
    kept = "".join(sign for sign in text.strip() if sign == "\n" or unicodedata.category(sign) != "Cc")
    length = len(kept.encode("utf-16-le", "replace")) // 2
    if length > LONGEST:
        raise BroadcastTooLong(length=length, limit=LONGEST)
    return kept


def options_in(text: str) -> list[str]:
    """The options typed one a line. Raises OptionsUnclear."""
    found = list(dict.fromkeys(" ".join(line.split()) for line in tidy(text).splitlines() if line.strip()))
    if len(found) not in OPTIONS or any(len(one) > LONGEST_OPTION for one in found):
        raise OptionsUnclear
    return found


def gist(text: str, files: Sequence[BroadcastFile], width: int) -> str:
    """A broadcast in a line."""
    line = " ".join(text.split()) or (files[0].name if files else "") or gettext("Photo")
    return line if len(line) <= width else line[: width - 1].rstrip(" ,.;:-") + "…"
