"""From a change in the journal to the facts its families will be told. Pure: `items.put` stores what these return.

One key is one fact about one student: a later value under the same key collapses with what still waits, and a value
that the family was told already is no news.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours, Times
from services.rules.regulation import Regulation
from storage.repositories.recipients import Recipient
from storage.vocabulary import AttendanceCode, DeliveryMode, ItemKind, LessonId, PersonId, WorkId

DIGEST = "digest"  # the bundle of the evening letter
EXPLAINED = "explained"  # an absence whose alarm had gone and whose reason is known now
OWN = "own_homework:"  # begins the key of a homework that is one student's alone
_ATTACHED = re.compile(r"(?s)(.*)\n📎 (\d+)")


def mark_changed(
    recipients: Sequence[Recipient],
    *,
    lesson_id: LessonId,
    work_id: WorkId,
    student_id: PersonId,
    value: str | None,
    now: datetime,
    zone: ZoneInfo,
    regulation: Regulation,
    told: Collection[PersonId] = (),
) -> list[Fact]:
    """A student's mark was put, replaced or (value None) withdrawn.

    `told`: who heard of the mark that is corrected. They hear of the correction in the evening even where they want
    only what is important by now: nobody is left with a mark that stands no more.
    """
    facts = []
    for one in _of(student_id, recipients):
        hours = hours_of(one, regulation)
        times = quiet_hours.times(ItemKind.MARK, hours, now, zone, regulation)
        if times is None and one.person_id in told:
            evening = replace(hours, mode=DeliveryMode.DIGEST, kinds={})
            times = quiet_hours.times(ItemKind.MARK, evening, now, zone, regulation)
        if times is not None:
            key = f"mark:{work_id}:{one.student_id}"
            facts.append(_fact(one, ItemKind.MARK, times, diary(one.student_id), key, value, lesson_id, work_id))
    return facts


def with_comment(value: str | None, comment: str) -> str | None:
    """A mark's value in an item, with its comment on the lines after it: whoever changes either, tells both."""
    return f"{value}\n{comment}" if value is not None and comment else value


def without_comment(told: str | None) -> tuple[str | None, str]:
    """A mark's value and its comment («» none) from what an item holds."""
    value, _, comment = (told or "").partition("\n")
    return value or None, comment


def homework_changed(
    recipients: Sequence[Recipient],
    *,
    lesson_id: LessonId,
    text: str | None,
    now: datetime,
    zone: ZoneInfo,
    regulation: Regulation,
    own: bool = False,
) -> list[Fact]:
    """Homework of each recipient's student was given, changed or (None) taken back.

    «», which is «не задано», is news only after some was given. `own`: it is this student's alone, besides the
    general one; the recipients must be that student's.
    """
    facts = []
    for one in recipients:
        times = quiet_hours.times(ItemKind.HOMEWORK, hours_of(one, regulation), now, zone, regulation)
        if times is not None:
            key = f"{OWN if own else 'homework:'}{lesson_id}:{one.student_id}"
            facts.append(_fact(one, ItemKind.HOMEWORK, times, diary(one.student_id), key, text or None, lesson_id))
    return facts


def absence_tapped(
    recipients: Sequence[Recipient],
    *,
    lesson_id: LessonId,
    student_id: PersonId,
    code: AttendanceCode,
    alarm: bool,
    confirmed: bool,
    now: datetime,
    zone: ZoneInfo,
    regulation: Regulation,
    knowing: Collection[PersonId] = (),
) -> list[Fact]:
    """A student's attendance changed.

    `alarm`: an absence of this lesson is told at once, because no other lesson of the day has been: it is the first
    absence of the day, or the first after being present, and its reason isn't known. `confirmed`: «Готово» stands.
    `knowing`: who wrote it beforehand and reads of it in the evening only.
    The alarm and the line of the evening letter are two keys, so that neither waits for the other's hour.
    """
    facts = []
    for one in _of(student_id, recipients):
        hours = hours_of(one, regulation)
        alarm_key, bundle = f"absence:{lesson_id}:{one.student_id}", f"absence:{lesson_id}:{one.student_id}"
        later_key = f"later:{lesson_id}:{one.student_id}"
        absent = code is AttendanceCode.ABSENT
        alarmed = alarm and one.person_id not in knowing
        if absent and alarmed:
            times = _always(ItemKind.ABSENCE, hours, now, zone, regulation)
            if not confirmed:
                times = quiet_hours.unconfirmed_absence(now, regulation)
            facts.append(_fact(one, ItemKind.ABSENCE, times, bundle, alarm_key, code.value, lesson_id))
        elif not absent:
            times = _always(ItemKind.ABSENCE_WITHDRAWN, hours, now, zone, regulation)
            facts.append(_fact(one, ItemKind.ABSENCE_WITHDRAWN, times, bundle, alarm_key, None, lesson_id))
        told_later = code is AttendanceCode.LATE or (absent and not alarmed)
        times = _always(ItemKind.ABSENCE_LATER, hours, now, zone, regulation)
        value = code.value if told_later else None
        facts.append(_fact(one, ItemKind.ABSENCE_LATER, times, DIGEST, later_key, value, lesson_id))
    return facts


def absence_explained(
    recipients: Sequence[Recipient],
    *,
    lesson_id: LessonId,
    student_id: PersonId,
    now: datetime,
    zone: ZoneInfo,
    regulation: Regulation,
) -> list[Fact]:
    """The reason of an absence is known now; the recipients are those whom its alarm reached."""
    facts = []
    for one in _of(student_id, recipients):
        times = _always(ItemKind.ABSENCE_WITHDRAWN, hours_of(one, regulation), now, zone, regulation)
        key = f"absence:{lesson_id}:{one.student_id}"
        facts.append(_fact(one, ItemKind.ABSENCE_WITHDRAWN, times, key, key, EXPLAINED, lesson_id))
    return facts


def with_files(text: str | None, files: int) -> str | None:
    """A homework's text as the value of its fact: more attachments are news too."""
    return f"{text}\n📎 {files}" if text and files else text


def without_files(value: str) -> tuple[str, int]:
    """The text of such a value, and how many attachments it has."""
    found = _ATTACHED.fullmatch(value)
    return (found[1], int(found[2])) if found else (value, 0)


def _of(student_id: PersonId, recipients: Sequence[Recipient]) -> list[Recipient]:
    return [one for one in recipients if one.student_id == student_id]


def hours_of(recipient: Recipient, regulation: Regulation) -> Hours:
    """The recipient's hours; what they never chose is the regulation's."""
    usual = quiet_hours.default_hours(regulation)
    return Hours(
        recipient.mode or usual.mode,
        usual.digest_minute if recipient.digest_minute is None else recipient.digest_minute,
        usual.quiet_from if recipient.quiet_from is None else recipient.quiet_from,
        usual.quiet_until if recipient.quiet_until is None else recipient.quiet_until,
        quiet_hours.wishes(recipient.kinds),
    )


def diary(student_id: PersonId) -> str:
    """The bundle that marks and homework of one child share."""
    return f"diary:{student_id}"


def _always(kind: ItemKind, hours: Hours, now: datetime, zone: ZoneInfo, regulation: Regulation) -> Times:
    found = quiet_hours.times(kind, hours, now, zone, regulation)
    assert found is not None, f"{kind} goes to everybody"
    return found


def _fact(
    recipient: Recipient,
    kind: ItemKind,
    times: Times,
    bundle: str,
    key: str,
    value: str | None,
    lesson_id: LessonId,
    work_id: WorkId | None = None,
) -> Fact:
    return Fact(
        school_id=recipient.school_id,
        bot_id=recipient.bot_id,
        recipient_id=recipient.person_id,
        kind=kind,
        bundle=DIGEST if times.evening else bundle,
        collapse_key=key,
        value=value,
        priority=times.priority,
        due_at=times.due_at,
        cap_at=times.cap_at,
        expires_at=times.expires_at,
        student_id=recipient.student_id,
        channel=recipient.channel,
        lesson_id=lesson_id,
        work_id=work_id,
    )
