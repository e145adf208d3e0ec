"""A lesson cancelled, moved or restored: why, where to, and how it stands."""

from handlers.callbacks.arrangements import (
    AskToMove,
    CancelLesson,
    ChooseMove,
    ChooseMoveOn,
    MoveLesson,
    OpenArrangedDay,
)
from handlers.screen import Screen, grid, tap
from handlers.screens.arrangements import change_line, conflict_lines, head, reason_rows, state_rows
from services import reasons, words
from services.changes import Outcome
from services.i18n import N_
from services.i18n import gettext as _
from services.lesson_states import CancelAsked, MoveAsked, MoveChoice, StatePut
from storage.vocabulary import LessonState


def cancel_asked(asked: CancelAsked) -> Screen:
    """Why is the lesson not held?"""
    lesson = asked.lesson
    lines = [
        *head(lesson, asked.today),
        "",
        _("Cancel this lesson? Its teachers are told. Choose the reason, or write it."),
    ]
    ident = lesson.title.lesson_id
    rows = reason_rows(reasons.OF_CHANGE, lambda reason: CancelLesson(lesson=ident, reason=reason))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenArrangedDay(day=lesson.title.on_date.isoformat()))]])


def move_choice(choice: MoveChoice) -> Screen:
    """The bells of a day; ⚠️ where the class or a teacher has something."""
    lesson, ident = choice.lesson, choice.lesson.title.lesson_id
    lines = [
        *head(lesson, choice.today),
        "",
        _("Move to: <b>{day}</b>").format(day=words.day(choice.on_date, choice.today)),
    ]
    if any(one.conflicts for one in choice.slots):
        lines.append(_("⚠️: the class or the teacher has a lesson then."))
    on = choice.on_date.isoformat()
    rows = grid(
        [
            tap(
                f"{'⚠️ ' if one.conflicts else ''}{one.number} · {one.hour}",
                AskToMove(lesson=ident, day=on, slot=one.number),
            )
            for one in choice.slots
        ],
        2,
    )
    turn = [
        tap(f"← {words.short_day(day)}" if day < choice.on_date else f"{words.short_day(day)} →", button)
        for day in (choice.before, choice.after)
        if day is not None
        for button in [ChooseMoveOn(lesson=ident, day=day.isoformat())]
    ]
    if turn:
        rows.append(turn)
    back = OpenArrangedDay(day=lesson.title.on_date.isoformat())
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def move_asked(asked: MoveAsked) -> Screen:
    """Why there, and in spite of what."""
    lesson, ident = asked.lesson, asked.lesson.title.lesson_id
    where = _("{day}, lesson {slot}, {hour}").format(
        day=words.weekday(asked.on_date), slot=asked.slot.number, hour=asked.slot.hour
    )
    lines = [*head(lesson, asked.today), "", _("Move to: <b>{day}</b>").format(day=where)]
    lines += conflict_lines(asked.slot.conflicts)
    lines += ["", _("Its teachers are told. Choose the reason, or write it.")]
    on, slot = asked.on_date.isoformat(), asked.slot.number
    rows = reason_rows(reasons.OF_CHANGE, lambda reason: MoveLesson(lesson=ident, day=on, slot=slot, reason=reason))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), ChooseMove(lesson=ident))]])


def state_put(put: StatePut) -> Screen:
    """The lesson as it stands now."""
    lesson = put.lesson
    lines = [*head(lesson, put.today), "", change_line(lesson) if lesson.changed else _("Held as in the timetable.")]
    if put.outcome is Outcome.CHANGED:
        lines += ["", _("Somebody has arranged this lesson meanwhile: this is how it stands now.")]
    back = OpenArrangedDay(day=lesson.title.on_date.isoformat())
    return Screen("\n".join(lines), [*state_rows(lesson), [tap(_("Back"), back)]])


def state_toast(put: StatePut) -> str | None:
    """What a tap is answered with."""
    if put.outcome is not Outcome.SAVED:
        return None
    said = {
        LessonState.CANCELLED: N_("The lesson is cancelled"),
        LessonState.MOVED: N_("The lesson is moved"),
    }
    return _(said.get(put.lesson.state, N_("The lesson is restored")))
