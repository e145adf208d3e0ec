"""A teacher's day and the lesson card."""

from collections.abc import Sequence
from datetime import date

from aiogram.filters.callback_data import CallbackData
from babel.dates import format_date

from handlers.callbacks.corrections import AskCorrection
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.lessons import (
    ConfirmAllPresent,
    ConfirmAttendance,
    NoHomework,
    OpenAttendance,
    OpenDay,
    OpenHomework,
    OpenLesson,
    OpenLessons,
    OpenTopic,
    PutPlanTopic,
)
from handlers.callbacks.marks import OpenMarks
from handlers.screen import Button, Screen, esc, shortened, tap
from services import reasons, words
from services.access import TermClosed
from services.i18n import gettext as _
from services.i18n import ngettext, pgettext, spoken
from services.lessons import Card, Day, DayLesson, LessonTitle, Part, Standing
from services.rules.short_names import Named, initials
from storage.vocabulary import RecordPart

LABEL = 30
SHOWN_TEXT = 700  # of a topic or homework in the card; the whole stands in the journal
SIGNS = {
    Standing.DONE: "✅",
    Standing.OPEN: "▫",
    Standing.AHEAD: "🕓",
    Standing.NOT_HELD: "✖️",
    Standing.ON_PAPER: "📄",
}


def day(view: Day) -> Screen:
    """The lessons of a day, a button each, and the way to the days around it."""
    title = _("My lessons")
    lines = [f"<b>{title}</b> · {words.day(view.on_date, view.today)}"]
    if not view.lessons:
        lines.append(_("No lessons on this day."))
    elif any(one.standing is Standing.OPEN for one in view.lessons):
        lines.append(_("▫ is still to be filled in."))
    if any(one.standing is Standing.AHEAD for one in view.lessons):
        lines.append(_("🕓 hasn't begun yet."))
    rows = [[tap(_line(one), OpenLesson(lesson=one.title.lesson_id))] for one in view.lessons]
    turn = []
    if view.before is not None:
        turn.append(tap(f"← {_short(view.before)}", OpenDay(day=view.before.isoformat())))
    if view.on_date != view.today:
        turn.append(tap(_("Today"), OpenLessons()))
    if view.after is not None:
        turn.append(tap(f"{_short(view.after)} →", OpenDay(day=view.after.isoformat())))
    return Screen("\n".join(lines), [*rows, *([turn] if turn else []), [tap(_("Menu"), OpenMenu())]])


def lesson_card(card: Card, note: str | None = None, undo: CallbackData | None = None) -> Screen:
    """The whole job of one lesson. `note` (HTML) says what was just done, `undo` takes it back."""
    lines = [heading(card.title), _when(card), *_change_lines(card), "", _topic_line(card), _attendance_line(card)]
    if card.takes_marks:
        lines += [_homework_line(card), _marks_line(card)]
    if card.expected_absent:
        lines += ["", not_coming(card.expected_absent)]
    if card.absent_earlier:
        lines += ["", _("Missed earlier lessons: {names}").format(names=_absent_earlier(card))]
    if card.refusal is not None:
        lines += ["", esc(card.refusal.say())]
    elif card.complete:
        lines += ["", _("All is filled in.")]
    if note:
        lines += ["", note]
    return Screen("\n".join(lines), _card_rows(card, undo))


def heading(title: LessonTitle) -> str:
    """«7Б · Алгебра» in bold, safe as HTML."""
    return f"<b>{esc(title.audience)} · {esc(title.subject)}</b>"


def place(title: LessonTitle) -> str:
    """«3-й урок, 10:25–11:05»."""
    hours = f"{title.starts_at:%H:%M}–{title.ends_at:%H:%M}"
    return _("lesson {slot}, {hours}").format(slot=title.slot, hours=hours)


def names(people: Sequence[Named]) -> str:
    """Short names in one line, safe as HTML."""
    return ", ".join(esc(initials(one.last, one.first)) for one in people)


def not_coming(people: Sequence[Named]) -> str:
    """«Не придут: Иванов П., Сидоров К.», by their guardians' word; safe as HTML."""
    return ngettext("Will not come: {names}", "Will not come: {names}", len(people)).format(names=names(people))


def _when(card: Card) -> str:
    parts = [place(card.title)]
    if card.title.room:
        parts.append(esc(words.room(card.title.room)))
    return " · ".join([*parts, words.day(card.title.on_date, card.today)])


def _change_lines(card: Card) -> list[str]:
    """How the lesson differs from the timetable (В 2.3; В 4.4.8)."""
    lines = [_("Substitution: {name}").format(name=esc(one)) for one in card.substitutions]
    if card.state_reason:
        lines.append("✖️ " + _("Reason: {reason}").format(reason=esc(reasons.said(card.state_reason))))
    return lines


def _topic_line(card: Card) -> str:
    if card.topic is None:
        return _missing(_("Topic"))
    return _entered(_("Topic"), _text(card.topic))


def _attendance_line(card: Card) -> str:
    marked = []
    if card.absent:
        marked.append(_("absent {count}: {names}").format(count=len(card.absent), names=names(card.absent)))
    if card.late:
        marked.append(_("late {count}: {names}").format(count=len(card.late), names=_late_names(card)))
    if card.attendance is None:
        to_confirm = _(" — press “Done”") if marked else ""
        return _missing(_("Attendance")) + (": " if marked else "") + "; ".join(marked) + to_confirm
    everybody = ngettext("all {count} present", "all {count} present", card.students).format(count=card.students)
    return _entered(_("Attendance"), ("; ".join(marked) or everybody) + _late(card.attendance))


def _late_names(card: Card) -> str:
    return ", ".join(
        names([one])
        + (" " + _("({minutes} min)").format(minutes=minutes) if (minutes := card.minutes_late.get(one.id)) else "")
        for one in card.late
    )


def _homework_line(card: Card) -> str:
    return " · ".join([_general_homework(card), *([_personal(card.personal)] if card.personal else [])])


def _general_homework(card: Card) -> str:
    if card.homework is not None:
        part = card.homework
        text = esc(shortened(part.value, SHOWN_TEXT)) if part.value else _("none set")
        way = f" ({words.homework_way(part.way)})" if part.way is not None else ""
        files = f" 📎 {card.files}" if card.files else ""
        return _entered(_homework(), text + way + files + _late(part))
    if card.homework_due_at is None:
        return _missing(_homework())
    clock = _("until {hour}, {clause}").format(hour=f"{card.homework_due_at:%H:%M}", clause=esc(card.clause))
    return _missing(f"{_homework()} {clock}")


def _personal(count: int) -> str:
    return ngettext("+ {count} individual", "+ {count} individual", count).format(count=count)


def _homework() -> str:
    return pgettext("button", "Homework")


def _marks_line(card: Card) -> str:
    if not card.works:
        return _missing(_("Marks"))
    counted = ", ".join(f"{words.work_kind(one.kind, one.ordinal)} — {_marks(one.marks)}" for one in card.works)
    return _entered(_("Marks"), counted)


def _marks(count: int) -> str:
    return ngettext("{count} mark put", "{count} marks put", count).format(count=count)


def _missing(part: str) -> str:
    return f"▫ {part}"


def _entered(part: str, what: str) -> str:
    return f"✅ {part}: {what}"


def _absent_earlier(card: Card) -> str:
    return ", ".join(
        names([one.student]) + (f" ({words.absence_reason(one.reason)})" if one.reason else "")
        for one in card.absent_earlier
    )


def _text(part: Part) -> str:
    return esc(shortened(part.value, SHOWN_TEXT)) + _late(part)


def _late(part: Part) -> str:
    return " · " + _("after its time") if part.late else ""


def _card_rows(card: Card, undo: CallbackData | None) -> list[list[Button]]:
    lesson, rows = card.title.lesson_id, []
    if card.refusal is None:
        rows += _record_rows(card)
    elif card.works:
        rows.append([tap(_("Marks"), OpenMarks(lesson=lesson))])
    if isinstance(card.refusal, TermClosed) and card.takes_marks:
        rows.append([tap(_("Ask for a correction"), AskCorrection(lesson=lesson))])
    if undo is not None:  # low, where no finger is that has just saved something
        rows.append([tap(_("Undo"), undo)])
    rows.append([tap(_("My lessons"), OpenDay(day=card.title.on_date.isoformat()))])
    return rows


def _record_rows(card: Card) -> list[list[Button]]:
    lesson, rows = card.title.lesson_id, []
    if card.next_topic is not None:
        label = shortened(_("Topic: {title}").format(title=card.next_topic.title), LABEL)
        seen = card.revs[RecordPart.TOPIC]
        rows.append([tap(label, PutPlanTopic(lesson=lesson, topic=card.next_topic.id, seen=seen))])
    one_tap = []
    if card.attendance is None:
        seen = card.revs[RecordPart.ATTENDANCE]
        marked = card.absent or card.late
        one_tap.append(
            tap(_("Done"), ConfirmAttendance(lesson=lesson, seen=seen))
            if marked
            else tap(_("All present"), ConfirmAllPresent(lesson=lesson, seen=seen))
        )
    if card.takes_marks and card.homework is None:
        one_tap.append(tap(_("None set"), NoHomework(lesson=lesson, seen=card.revs[RecordPart.HOMEWORK])))
    if one_tap:
        rows.append(one_tap)
    rows.append(
        [tap(_("Attendance"), OpenAttendance(lesson=lesson, page=0)), tap(_("Topic"), OpenTopic(lesson=lesson))]
    )
    if card.takes_marks:
        rows.append([tap(_homework(), OpenHomework(lesson=lesson)), tap(_("Marks"), OpenMarks(lesson=lesson))])
    return rows


def _line(one: DayLesson) -> str:
    title = one.title
    return shortened(f"{SIGNS[one.standing]} {title.slot} · {title.audience} {title.subject}", LABEL)


def _short(on: date) -> str:
    return format_date(on, "EEE d", locale=spoken())
