"""The letter to a guardian about their absence note: accepted, or not and why."""

from collections.abc import Sequence
from datetime import datetime

from services import words
from services.letters.diary_news import Written
from services.letters.reader import Reader
from services.letters.typeset import typeset
from services.outbox.transport import DueItem
from storage.repositories import absence_notes, diary
from storage.uow import Uow
from storage.vocabulary import NoteId, NoteState


async def decided(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """None where the note isn't the reader's, or was withdrawn meanwhile. Nothing of the reason is repeated."""
    item = items[0]
    today = now.astimezone(reader.zone).date()
    row = await absence_notes.find(uow, reader.school_id, NoteId(int(item.collapse_key.rpartition(":")[2])), today)
    if row is None or row.guardian_id != reader.person_id:
        return None
    if row.state not in {NoteState.CONFIRMED, NoteState.DECLINED}:
        return None
    name = (await diary.names(uow, [row.student_id]))[row.student_id]
    text = typeset(
        "note_decided",
        name=reader.called(name),
        days=words.days(row.from_on, row.until_on),
        confirmed=row.state is NoteState.CONFIRMED,
        answer=row.answer,
        author=row.decided_by or "",
    )
    return Written(text, (item.id,), (row.student_id,))
