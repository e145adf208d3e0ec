"""The reminder to families who have not pressed «Ознакомлен(а)» under results (М Регл. 3)."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services import words
from services.letters import news
from services.letters.diary_news import Written
from services.letters.reader import Reader
from services.letters.typeset import in_sentence, typeset
from services.outbox.items import Fact
from services.outbox.transport import DueItem
from services.rules import quiet_hours
from services.rules.finals import Scope
from services.rules.reading import moment_of, subject_of
from services.rules.regulation import Regulation
from storage.repositories import acknowledgements, diary
from storage.repositories import finals as finals_rows
from storage.repositories import reading as rows
from storage.repositories.recipients import Recipient
from storage.uow import Uow
from storage.vocabulary import AcknowledgedKind, Channel, ItemKind, PersonId

# How long a reminder waits at most while more results of the same term are issued day after day.
GATHERING = timedelta(days=7)
BY_ITSELF = "auto"  # told once under a key, it is never put again


def reminders(
    recipients: Sequence[Recipient],
    scope: Scope,
    since: datetime,
    zone: ZoneInfo,
    regulation: Regulation,
    *,
    by_hand: bool = False,
) -> list[Fact]:
    """A reminder for each, of results told at `since`: the next day's evening, once; by hand at once, once a day."""
    row = quiet_hours.timing(ItemKind.READING_REMINDER, regulation)
    facts = []
    for one in recipients:
        if one.channel is Channel.PAPER:
            continue  # who gets paper signs the sheet
        hours = news.hours_of(one, regulation)
        day = since.astimezone(zone).date()
        next_day = datetime.combine(day + timedelta(days=1), time(), zone)
        when = quiet_hours.times(ItemKind.READING_REMINDER, hours, next_day, zone, regulation)
        if when is None:
            continue
        due_at = quiet_hours.after_quiet(since, hours, zone) if by_hand else when.due_at
        cap_at = due_at if by_hand else due_at + GATHERING
        key = key_of(scope, one.student_id)
        facts.append(
            Fact(
                school_id=one.school_id,
                bot_id=one.bot_id,
                recipient_id=one.person_id,
                kind=ItemKind.READING_REMINDER,
                bundle=key,
                collapse_key=f"{key}:again" if by_hand else key,
                value=day.isoformat() if by_hand else BY_ITSELF,
                priority=row.priority,
                due_at=due_at,
                cap_at=cap_at,
                expires_at=None if row.expires is None else due_at + row.expires,
                student_id=one.student_id,
                channel=one.channel,
            )
        )
    return facts


def key_of(scope: Scope, student_id: PersonId) -> str:
    """The key, and the bundle, of a reminder: «reading:results:term:5:120»."""
    return f"reading:{AcknowledgedKind.RESULTS.value}:{scope.key}:{student_id}"


async def reminder(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """The reminder; None where the family has answered by now."""
    _reading, _results, subject = items[0].collapse_key.removesuffix(":again").split(":", 2)
    scope_key, _colon, student = subject.rpartition(":")
    student_id = PersonId(int(student))
    issued = [one for one in await rows.issued(uow, [student_id]) if one.scope == scope_key]
    if not issued:
        return None
    stood = subject_of(scope_key, student_id, issued[0].last_at)
    if await acknowledgements.of_subjects(uow, AcknowledgedKind.RESULTS, [stood]):
        return None
    stands = [
        one
        for one in await finals_rows.standing(uow, [student_id], None, [scope_key])
        if one.issued and one.value is not None
    ]
    subjects, terms = await finals_rows.titles(uow, {one.subject_id for one in stands}, reader.school_id)
    scope = Scope.parse(scope_key)
    lines = sorted((in_sentence(subjects[one.subject_id]), words.term_mark(one.value or "")) for one in stands)
    text = typeset(
        "reading_reminder",
        name=reader.called((await diary.names(uow, [student_id]))[student_id]),
        scope=words.term_scope(scope.kind, *terms.get(scope_key, (None, 0))),
        lines=lines,
    )
    return Written(text, tuple(one.id for one in items), (student_id,), seen=moment_of(issued[0].last_at))
