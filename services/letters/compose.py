"""What a family's letter, or a notice, says: the due items of one bundle turned into one text."""

from collections.abc import Sequence
from datetime import date, datetime

from services import words
from services.letters import diary_news, digest, notices, results
from services.letters.diary_news import Written
from services.letters.news import DIGEST, EXPLAINED
from services.letters.notices import Notice
from services.letters.sources import gather
from services.letters.typeset import in_sentence, typeset
from services.outbox.returning import BUNDLE as RETURN
from services.outbox.transport import DueItem, Reachable
from services.rules import finals, quiet_hours
from services.rules.quiet_hours import Hours
from services.rules.regulation import Regulation
from storage.repositories import diary, preferences
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, ItemKind

ABSENCES = frozenset({ItemKind.ABSENCE, ItemKind.ABSENCE_WITHDRAWN})
NEWS = frozenset({ItemKind.MARK, ItemKind.HOMEWORK, ItemKind.ABSENCE_LATER, ItemKind.DIGEST})
NOTICES = frozenset({ItemKind.JOINED, ItemKind.CONFIRMED, ItemKind.REVOKED, ItemKind.RELINKED, ItemKind.UNREACHED})


async def held_until(uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> datetime | None:
    """Until when a letter that is due must wait: the end of quiet hours, or the evening's own item; None: it may go."""
    if items[0].bundle == RETURN or all(quiet_hours.passes(item.kind) for item in items):
        return None  # who has just come back is awake
    chosen = await preferences.find(uow, recipient.person_id)
    _name, _zone, stored = await diary.school(uow, recipient.school_id)
    regulation = Regulation.from_json(stored)
    if chosen is None:
        hours = quiet_hours.default_hours(regulation)
    else:
        hours = Hours(chosen.mode, chosen.digest_minute, chosen.quiet_from, chosen.quiet_until)
    if items[0].kind is ItemKind.TERM_RESULT:
        until = finals.after_quiet(now, hours, recipient.zone, regulation)
    else:
        until = quiet_hours.after_quiet(now, hours, recipient.zone)
    if until > now:
        return until
    if items[0].bundle != DIGEST or any(item.kind is ItemKind.DIGEST for item in items):
        return None
    awaited = await digest.is_awaited(uow, recipient.school_id, recipient.person_id, hours, now, recipient.zone)
    return now if awaited else None


async def about_student(uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Written | None:
    """A family's letter in the language now spoken; None where nothing is left to tell."""
    today = now.astimezone(recipient.zone).date()
    if items[0].bundle == RETURN:
        return await diary_news.evening(uow, recipient, items, today, returned=True)
    if items[0].kind is ItemKind.TERM_RESULT:
        return await results.results(uow, recipient, items)
    if items[0].kind in ABSENCES:
        return await _absence(uow, recipient, items[0], today)
    if items[0].bundle == DIGEST or any(item.kind is ItemKind.ABSENCE_LATER for item in items):
        return await diary_news.evening(uow, recipient, items, today)
    return await diary_news.at_once(uow, recipient, items, today)


async def notice(uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Notice | None:
    """A notice in the language now spoken; None where nothing is left to tell. A bundle is of one kind."""
    today = now.astimezone(recipient.zone).date()
    alike = [item for item in items if item.kind is items[0].kind]
    match items[0].kind:
        case ItemKind.JOINED:
            return await notices.joined(uow, recipient, alike, today)
        case ItemKind.CONFIRMED:
            return notices.confirmed(alike)
        case ItemKind.REVOKED:
            return notices.revoked(alike)
        case ItemKind.RELINKED:
            return await notices.relinked(uow, alike)
        case ItemKind.UNREACHED:
            return await notices.unreached(uow, recipient, alike, today)
        case _:
            raise ValueError(f"{items[0].kind} is no notice")


async def _absence(uow: Uow, recipient: Reachable, item: DueItem, today: date) -> Written:
    """An absence, or that it was taken back; one child and one lesson, nothing of the reason (product §3)."""
    assert item.student_id is not None and item.lesson_id is not None
    sources = await gather(uow, recipient, [item], today)
    lesson = sources.lessons[item.lesson_id]
    view = {
        "name": sources.name(item.student_id),
        "subject": in_sentence(lesson.subject),
        "number": lesson.slot,
        "hour": words.hour(lesson.starts_at, sources.zone),
        "day": None if lesson.on_date == today else words.day(lesson.on_date, today),
    }
    if item.value == AttendanceCode.ABSENT:
        text = typeset("absence", **view)
    elif item.value == EXPLAINED:
        text = typeset("absence_explained", **view)
    else:
        stands = await diary.absences(uow, item.student_id, [item.lesson_id])
        late = item.lesson_id in stands and stands[item.lesson_id].code is AttendanceCode.LATE
        text = typeset("absence_withdrawn", **view, late=late)
    return Written(text, (item.id,), (item.student_id,))
