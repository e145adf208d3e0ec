"""The diary's week, its timetable, and what has to be done for the next school day."""

from datetime import date, timedelta

from handlers.callbacks.diary import OpenThisWeek, OpenToDo, OpenWeek, OpenWeekTimetable
from handlers.callbacks.family import OpenDiaryDay, OpenMenu
from handlers.screen import Button, Screen, esc, grid, tap
from handlers.screens.diary import files_rows, room, todo
from handlers.screens.diary_rows import children_rows, first_fitting, heading, rest, turning
from services import words
from services.diary import (
    DiaryDay,
    DiaryLesson,
    DiaryWeek,
    Elsewhere,
    Opened,
    TimetableLesson,
    WeekTimetable,
)
from services.i18n import gettext as _
from services.letters.typeset import cut

# How many signs of a homework, a name or a reason are shown; the next is tried where the whole would be too long.
WIDTHS = (200, 100, 50, 25, 12, 0)
DAYS_A_ROW = 3
NAME = 25  # signs of a subject or a name that are always shown
SUNDAY = timedelta(days=6)


def week(view: DiaryWeek) -> Screen:
    """A child's week: each day's lessons with marks, absences and what has to be done for them."""
    child = view.opened.child.id
    title = heading(view.opened, _("week, {days}").format(days=words.days(view.monday, view.monday + SUNDAY)))

    def text(width: int) -> str:
        days = [
            "\n".join([f"<i>{words.weekday(day)}</i>", *(_line(lesson, width) for lesson in lessons)])
            for day, lessons in view.days
        ]
        note = [] if width else [_("The homework is in the days: tap one.")]
        return "\n\n".join([title, *(days or [rest(view.rest, _("No lessons in this week."))]), *note])

    days = [tap(words.short_day(day), OpenDiaryDay(student=child, day=day.isoformat())) for day, _lessons in view.days]
    turn = turning(view.before, view.after, _this_week(view.opened, view.monday), lambda on: _week(child, on))
    rows = [
        *grid(days, DAYS_A_ROW),
        *([turn] if turn else []),
        *children_rows(view.opened.child, view.opened.children, lambda one: _week(one.id, view.monday)),
        [
            tap(_("Timetable"), OpenWeekTimetable(student=child, day=view.monday.isoformat())),
            tap(_("Homework ahead"), OpenToDo(student=child)),
        ],
        [tap(_("Diary"), OpenDiaryDay(student=child, day=view.opened.today.isoformat())), tap(_("Menu"), OpenMenu())],
    ]
    return Screen(first_fitting(text, WIDTHS), rows)


def _line(lesson: DiaryLesson, width: int) -> str:
    subject = esc(cut(lesson.subject, max(width, NAME)))
    if lesson.cancelled:
        return f"{lesson.number}. <s>{subject}</s> " + _("cancelled")
    line = f"{lesson.number}. {subject}"
    if lesson.marks:
        line += ": " + ", ".join(f"<b>{esc(one.value)}</b>" for one in lesson.marks)
    if lesson.absence is not None:
        line += " · " + words.attendance(lesson.absence.code)
    if lesson.todo and width:
        line += "\n" + _("HW: {text}").format(text="; ".join(todo(one, width) for one in lesson.todo))
    return line


def timetable(view: WeekTimetable) -> Screen:
    """A week's timetable; what differs from the usual stands in bold."""
    child = view.opened.child.id
    title = heading(view.opened, _("timetable, {days}").format(days=words.days(view.monday, view.monday + SUNDAY)))

    def text(width: int) -> str:
        days = [
            "\n".join([f"<i>{words.weekday(day)}</i>", *(_entry(lesson, width) for lesson in lessons)])
            for day, lessons in view.days
        ]
        return "\n\n".join([title, *(days or [rest(view.rest, _("No lessons in this week."))])])

    this = view.opened.today - timedelta(days=view.opened.today.weekday())
    now = None if this == view.monday else tap(_("This week"), _timetable(child, this))
    turn = turning(view.before, view.after, now, lambda on: _timetable(child, on))
    rows = [
        *([turn] if turn else []),
        *children_rows(view.opened.child, view.opened.children, lambda one: _timetable(one.id, view.monday)),
        [tap(_("Week"), _week(child, view.monday)), tap(_("Menu"), OpenMenu())],
    ]
    return Screen(first_fitting(text, WIDTHS), rows)


def _entry(lesson: TimetableLesson, width: int) -> str:
    subject = esc(cut(lesson.subject, max(width, NAME)))
    head = f"{lesson.number}. {lesson.starts_at:%H:%M} "
    if lesson.moved_to is not None:
        return head + f"<s>{subject}</s> <b>" + _("moved to {place}").format(place=_place(lesson.moved_to)) + "</b>"
    if lesson.cancelled:
        why = f": {esc(cut(lesson.why, width))}" if lesson.why else ""
        return head + f"<s>{subject}</s> <b>" + _("cancelled") + f"</b>{why}"
    line = head + subject
    if lesson.room:
        line += " · " + room(lesson.room)
    if lesson.substitutes:
        names = ", ".join(esc(cut(name, max(width, NAME))) for name in lesson.substitutes)
        line += " · <b>" + _("substituted by {names}").format(names=names) + "</b>"
    if lesson.moved_from is not None:
        line += " · <b>" + _("moved from {place}").format(place=_place(lesson.moved_from)) + "</b>"
    return line


def _place(other: Elsewhere) -> str:
    return _("{day}, lesson {number}").format(day=words.weekday(other.on_date), number=other.slot)


def to_do(view: DiaryDay) -> Screen:
    """What has to be done for the next school day, subject by subject."""
    own = f"<b>{esc(view.child.first_name)}, {esc(view.class_name)}</b>"

    def text(width: int) -> str:
        title = f"{own} · " + _("homework for {day}").format(day=words.day(view.on_date, view.today))
        held = [lesson for lesson in view.lessons if not lesson.cancelled]
        subjects = {
            lesson.subject: _due([one for one in held if one.subject == lesson.subject], width) for lesson in held
        }
        blocks = [f"<b>{esc(cut(subject, max(width, NAME)))}</b>\n{due}" for subject, due in subjects.items()]
        otherwise = (
            _("No lessons on this day.") if view.lessons else _("The timetable of the next days isn't here yet.")
        )
        return "\n\n".join([title, *(blocks or [rest(view.rest, otherwise)])])

    child = view.child.id
    rows = [
        *files_rows(view.child, [lesson for lesson in view.lessons if lesson.todo]),
        *children_rows(view.child, view.children, lambda one: OpenToDo(student=one.id)),
        [
            tap(_("Diary"), OpenDiaryDay(student=child, day=view.today.isoformat())),
            tap(_("Week"), OpenThisWeek(student=child)),
        ],
        [tap(_("Menu"), OpenMenu())],
    ]
    return Screen(first_fitting(text, (500, *WIDTHS[:-1])), rows)


def _due(lessons: list[DiaryLesson], width: int) -> str:
    """What a subject's lessons of the day ask for: it stands at the first of them."""
    due = [todo(one, width) for lesson in lessons for one in lesson.todo]
    if due:
        return "\n".join(due)
    return _("No homework given") if all(lesson.said for lesson in lessons) else _("Not entered yet")


def _this_week(own: Opened, monday: date) -> Button | None:
    if own.today - timedelta(days=own.today.weekday()) == monday:
        return None
    return tap(_("This week"), OpenThisWeek(student=own.child.id))


def _week(child: int, on: date) -> OpenWeek:
    return OpenWeek(student=child, day=on.isoformat())


def _timetable(child: int, on: date) -> OpenWeekTimetable:
    return OpenWeekTimetable(student=child, day=on.isoformat())
