"""How a gap is said: a line of a reminder or of the deputy head's list, and the button that opens it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.callbacks.lessons import OpenReminded
from handlers.callbacks.reminders import (
    OpenRemindedBriefing,
    OpenRemindedContacts,
    OpenRemindedGrid,
    OpenRemindedMarks,
    OpenRemindedPrinting,
    OpenRemindedWeek,
    OpenRemindedWork,
)
from handlers.screen import Button, esc, shortened, tap
from handlers.screens.finals import SIGNS
from services import words
from services.i18n import N_, ngettext
from services.i18n import gettext as _
from services.rules.finals import Scope
from services.rules.gaps import Gap
from storage.vocabulary import ClockKind, ClockState, RecordPart

LABEL = 30
PARTS = {
    RecordPart.TOPIC: N_("topic"),
    RecordPart.ATTENDANCE: N_("attendance"),
    RecordPart.HOMEWORK: N_("homework"),
}


def line(gaps: Sequence[Gap], zone: ZoneInfo, now: datetime) -> str:
    """What is missing, as HTML: «7Б · Алгебра, 3-й урок, 10:25–11:05 — тема, ДЗ до 15:05, п. 2.7»."""
    return f"{_title(gaps[0], zone, now)} — {missing(gaps, zone, now)}"


def missing(gaps: Sequence[Gap], zone: ZoneInfo, now: datetime) -> str:
    """What of one thing is missing, with its clocks, safe as HTML."""
    return ", ".join(_said(gap, zone, now) for gap in gaps)


def button(gaps: Sequence[Gap]) -> Button | None:
    """What opens the thing in place; None for what is done in the office."""
    gap = gaps[0]
    match gap.kind:
        case ClockKind.LESSON | ClockKind.HOMEWORK if gap.lesson_id is not None:
            return tap(
                shortened(f"{gap.slot} · {gap.audience} {gap.subject}", LABEL), OpenReminded(lesson=gap.lesson_id)
            )
        case ClockKind.WRITTEN_WORK | ClockKind.CHECKED_WORK if gap.lesson_id is not None:
            label = shortened(_("Marks: {what}").format(what=f"{gap.audience} {gap.subject}"), LABEL)
            if gap.work_id is None:
                return tap(label, OpenRemindedMarks(lesson=gap.lesson_id))
            return tap(label, OpenRemindedWork(work=gap.work_id))
        case ClockKind.TERM_MARKS | ClockKind.RESULTS | ClockKind.STATE_EXAM if gap.class_id and gap.subject_id:
            scope = Scope.parse(gap.scope)
            grid = OpenRemindedGrid(
                school_class=gap.class_id,
                subgroup=gap.subgroup_id or 0,
                subject=gap.subject_id,
                scope=SIGNS[scope.kind],
                number=scope.number,
            )
            return tap(shortened(f"{gap.audience} {gap.subject}", LABEL), grid)
        case ClockKind.VERIFICATION if gap.class_id is not None and gap.on_date is not None:
            label = shortened(_("Attendance: {name}").format(name=gap.audience), LABEL)
            return tap(label, OpenRemindedWeek(school_class=gap.class_id, week=gap.on_date.isoformat()))
        case ClockKind.BRIEFING if gap.class_id is not None:
            label = shortened(_("Families: {name}").format(name=gap.audience), LABEL)
            return tap(label, OpenRemindedBriefing(school_class=gap.class_id))
        case ClockKind.PRINTED if gap.class_id is not None:
            label = shortened(_("Printing: {name}").format(name=gap.audience), LABEL)
            return tap(label, OpenRemindedPrinting(school_class=gap.class_id))
        case ClockKind.CONTACTS if gap.class_id is not None:
            label = shortened(_("Contacts: {name}").format(name=gap.audience), LABEL)
            return tap(label, OpenRemindedContacts(school_class=gap.class_id))
        case _:
            return None


def _title(gap: Gap, zone: ZoneInfo, now: datetime) -> str:
    today = now.astimezone(zone).date()
    match gap.kind:
        case ClockKind.LESSON | ClockKind.HOMEWORK if gap.starts_at is not None and gap.ends_at is not None:
            hours = f"{gap.starts_at.astimezone(zone):%H:%M}–{gap.ends_at.astimezone(zone):%H:%M}"
            place = _("lesson {slot}, {hours}").format(slot=gap.slot, hours=hours)
            day = "" if gap.on_date in (None, today) else f", {words.day_and_month(gap.on_date)}"
            return f"{_bold(gap)}, {place}{day}"
        case ClockKind.WRITTEN_WORK | ClockKind.CHECKED_WORK if gap.on_date is not None and gap.work_kind is not None:
            return f"{_bold(gap)}, {words.work_kind(gap.work_kind)}, {words.day_and_month(gap.on_date)}"
        case ClockKind.CLASS_LISTS:
            title = _("Class lists")
            return f"<b>{title}</b>"
        case ClockKind.SECTIONS:
            title = _("Sections of the journal")
            return f"<b>{title}</b>"
        case ClockKind.PLANS:
            level = _("level {level}").format(level=gap.audience)
            return f"<b>{esc(gap.subject)}, {level}</b>"
        case _:
            return _bold(gap)


def _bold(gap: Gap) -> str:
    return f"<b>{esc(' · '.join(part for part in (gap.audience, gap.subject) if part))}</b>"


def _said(gap: Gap, zone: ZoneInfo, now: datetime) -> str:
    until = _until(gap, zone, now)
    match gap.kind:
        case ClockKind.HOMEWORK:
            homework = _(PARTS[RecordPart.HOMEWORK])
            return f"{homework} ({until})" if gap.state is ClockState.OVERDUE else f"{homework} {until}"
        case ClockKind.LESSON:
            named = ", ".join(_(PARTS[part]) for part in gap.missing)
            return f"{named} ({until})" if gap.state is ClockState.OVERDUE else named
        case ClockKind.WRITTEN_WORK | ClockKind.CHECKED_WORK if gap.work_id is None:
            said = _("no column of marks")
            return f"{said}, {until}"
        case ClockKind.WRITTEN_WORK | ClockKind.CHECKED_WORK:
            left = ngettext("{count} without a mark", "{count} without a mark", gap.left).format(count=gap.left)
            return f"{left}, {until}"
        case ClockKind.TERM_MARKS:
            left = ngettext("{count} without a term mark", "{count} without a term mark", gap.left)
            return f"{left.format(count=gap.left)}, {until}"
        case ClockKind.RESULTS | ClockKind.STATE_EXAM:
            said = _("received results")
            return f"{said}, {until}"
        case ClockKind.VERIFICATION:
            day = "" if gap.on_date is None else words.day_and_month(gap.on_date)
            said = _("attendance of the week from {day} to be verified").format(day=day)
            return f"{said}, {until}"
        case ClockKind.CLASS_LISTS:
            said = _("nobody is listed in {names}").format(names=esc(gap.audience))
            return f"{said}, {until}"
        case ClockKind.SECTIONS:
            said = _("no lessons are laid out for {names}").format(names=esc(gap.audience))
            return f"{said}, {until}"
        case ClockKind.PLANS:
            said = _("no plan of topics")
            return f"{said}, {until}"
        case ClockKind.BRIEFING:
            said = _("inform the families")
            return f"{said}, {until}"
        case ClockKind.PRINTED:
            said = _("print for the families on paper")
            return f"{said}, {until}"
        case ClockKind.CONTACTS:
            said = _("verify the families' contacts")
            return f"{said}, {until}"


def _until(gap: Gap, zone: ZoneInfo, now: datetime) -> str:
    """«до 15:05, п. 2.7», «до 15 сентября, п. 2.5», «срок был 8 сентября, п. 4.7»."""
    due_at = gap.due_at.astimezone(zone)
    by_hour = gap.kind in {ClockKind.HOMEWORK, ClockKind.RESULTS, ClockKind.STATE_EXAM}
    same_day = due_at.date() == now.astimezone(zone).date()
    hour = f"{due_at:%H:%M}"
    if by_hour:
        moment = hour if same_day else f"{words.day_and_month(due_at.date())}, {hour}"
    else:
        moment = _("today") if same_day else words.day_and_month(due_at.date())
    if gap.state is ClockState.OVERDUE:
        return _("was due {moment}, {clause}").format(moment=moment, clause=esc(gap.clause))
    if not by_hour and same_day:
        return _("due today, {clause}").format(clause=esc(gap.clause))
    return _("until {hour}, {clause}").format(hour=moment, clause=esc(gap.clause))
