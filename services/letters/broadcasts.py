"""Letters of broadcasts: the same for all of an audience, with what each has pressed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from services import acknowledgements
from services.broadcasts.audience import Audience
from services.broadcasts.content import AGAIN, BroadcastFile, files_of, inline_file, letter_text, options_of
from services.letters.diary_news import Written
from services.letters.reader import Reader
from services.outbox.transport import DueItem, Reachable
from storage.repositories import audiences, broadcasts, rights
from storage.repositories.broadcasts import BroadcastRow
from storage.uow import Uow
from storage.vocabulary import AcknowledgedKind, BroadcastId, BroadcastState, Channel, PersonId

# What is the same for all readers is made once in a look of the postman, which is one transaction: of 1,500 letters
# two hundred are composed at a time, and an alarm may wait behind them.
_kept: WeakKeyDictionary[Uow, dict[Any, Any]] = WeakKeyDictionary()

VOID = frozenset({BroadcastState.RECALLED, BroadcastState.CANCELLED})

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class BroadcastLetter:
    """A letter's text and what is pressed under it. `file` goes with it; else `files` are behind a button.

    `chosen`: the place of what was answered last; `read`: «Ознакомлен(а)» was pressed, None: it isn't asked.
    """

    id: BroadcastId
    text: str
    file: BroadcastFile | None = None
    files: int = 0
    options: tuple[str, ...] = ()
    chosen: int | None = None
    read: bool | None = None


def broadcast_of(collapse_key: str) -> BroadcastId:
    """The broadcast that an item tells of."""
    return BroadcastId(int(collapse_key.split(":")[1]))


async def class_name_of(uow: Uow, row: BroadcastRow) -> str:
    """What its class is called; «» where it is about none."""
    of = Audience.from_json(row.audience).of
    if of is None:
        return ""
    found = await rights.school_class(uow, of, row.school_id, row.author_id, row.created_at.date())
    return "" if found is None else found.name


async def written(uow: Uow, row: BroadcastRow, *, again: bool = False) -> BroadcastLetter:
    """The letter as it stands in a chat, in the language now spoken; nothing is pressed yet."""
    text = letter_text(row, await class_name_of(uow, row), Channel.TELEGRAM, again=again)
    file = None if again else inline_file(row, text)
    return BroadcastLetter(
        row.id,
        text,
        file,
        files=0 if file else len(files_of(row)),
        options=options_of(row),
        read=False if row.asks_reading else None,
    )


async def broadcast_letter(uow: Uow, recipient: Reachable, item: DueItem, now: datetime) -> BroadcastLetter | None:
    """The letter, the reminder or the file of one item; None where there is nothing to tell any more."""
    row = await _to_tell(uow, recipient, item, now)
    if row is None:
        return None
    _broadcast, _id, *more = item.collapse_key.split(":")
    if more and more[0] != AGAIN:  # one of its files, asked for
        files, place = files_of(row), int(more[0])
        return None if place >= len(files) else BroadcastLetter(row.id, "", files[place])
    key = (row.id, recipient.locale, bool(more))
    return await _once(uow, key, partial(written, uow, row, again=bool(more)))


async def by_mail(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """The same for a channel without buttons: it says where files and answers are; None of a single file."""
    _broadcast, _id, *more = items[0].collapse_key.split(":")
    if more and more[0] != AGAIN:
        return None
    row = await _to_tell(uow, reader, items[0], now)
    if row is None:
        return None
    text = letter_text(row, await class_name_of(uow, row), reader.channel, again=bool(more))
    return Written(text, tuple(one.id for one in items), ())


async def _once(uow: Uow, key: object, make: Callable[[], Awaitable[Made]]) -> Made:
    kept = _kept.setdefault(uow, {})
    if key not in kept:
        kept[key] = await make()
    made: Made = kept[key]
    return made


async def _to_tell(uow: Uow, reader: Reachable | Reader, item: DueItem, now: datetime) -> BroadcastRow | None:
    """None: taken back, its reader has left the school, or has answered before the reminder went."""
    id_ = broadcast_of(item.collapse_key)
    row = await _once(uow, id_, partial(broadcasts.find, uow, id_))
    if row is None or row.state in VOID:
        return None
    if item.student_id is None or item.student_id == reader.person_id:
        # No guardianship speaks for them: who works or learns here no more is told nothing.
        today = now.astimezone(reader.zone).date()
        if not await audiences.belongs(uow, row.school_id, reader.person_id, today):
            return None
    if item.collapse_key.endswith(f":{AGAIN}") and await _answered(uow, row, reader.person_id):
        return None
    return row


async def _answered(uow: Uow, row: BroadcastRow, person_id: PersonId) -> bool:
    if row.asks_reading:
        read = await acknowledgements.acknowledged_by(uow, AcknowledgedKind.BROADCAST, str(row.id))
        if person_id not in read:
            return False
    return not row.question or await broadcasts.answer_of(uow, row.id, person_id) is not None
