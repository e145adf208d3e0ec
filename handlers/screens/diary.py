"""The diary's day."""

from collections.abc import Sequence
from datetime import date

from handlers.callbacks.diary import OpenChildAbsences, OpenResults, OpenToDo, OpenWeek
from handlers.callbacks.family import OpenDiaryDay, OpenMenu
from handlers.callbacks.homework import SendFiles
from handlers.screen import Button, Screen, esc, grid, shortened, tap
from handlers.screens.diary_rows import NAME_WIDTH, children_rows, first_fitting, rest, turning
from services import words
from services.diary import AbsenceLine, Child, DiaryDay, DiaryLesson, ToDo
from services.i18n import gettext as _
from services.letters.typeset import cut
from storage.vocabulary import AttendanceCode

# How many signs of a topic or a homework the day shows; the next is tried where it would be too long.
WIDTHS = (500, 160, 60, 30)


def day(view: DiaryDay, note: str | None = None) -> Screen:
    """A child's day; `note` (HTML) stands above it."""
    return Screen(first_fitting(lambda width: _text(view, note, width), WIDTHS), _rows(view))


def _text(view: DiaryDay, note: str | None, width: int) -> str:
    title = f"<b>{esc(view.child.first_name)}, {esc(view.class_name)}</b> · {words.day(view.on_date, view.today)}"
    blocks = [_lesson(lesson, width) for lesson in view.lessons] or [rest(view.rest, _("No lessons on this day."))]
    return "\n\n".join([*([note] if note else []), title, *blocks])


def _lesson(lesson: DiaryLesson, width: int) -> str:
    head = f"<b>{lesson.number}. {esc(cut(lesson.subject, width))}</b> · {lesson.starts_at:%H:%M}"
    if lesson.room and not lesson.cancelled:
        head += " · " + room(lesson.room)
    lines = [head]
    if lesson.cancelled:
        why = f": {esc(cut(lesson.why, width))}" if lesson.why else ""
        return "\n".join([head, _("The lesson is cancelled") + why])
    if lesson.marks:
        marks = ", ".join(f"<b>{esc(one.value)}</b> ({words.work_kind(one.kind, one.ordinal)})" for one in lesson.marks)
        lines.append(_("Marks: {marks}").format(marks=marks))
        lines += [esc(cut(one.comment, width)) for one in lesson.marks if one.comment]
    if lesson.absence is not None:
        lines.append(absence(lesson.absence))
    if lesson.topic:
        lines.append(_("Topic: {topic}").format(topic=esc(cut(lesson.topic, width))))
    if lesson.todo:
        lines.append(_("To be done: {text}").format(text="; ".join(todo(one, width) for one in lesson.todo)))
    if lesson.given:
        way = f" ({words.homework_way(lesson.way)})" if lesson.way is not None else ""
        lines.append(_("Given: {text}").format(text=esc(cut(lesson.given, width)) + way + attached(lesson.files)))
    elif lesson.given == "":
        lines.append(_("No homework given"))
    if lesson.own:
        lines.append(_("Given individually: {text}").format(text=esc(cut(lesson.own, width))))
    return "\n".join(lines)


def room(name: str) -> str:
    """A lesson's room, short: «каб. 104» of «104 (технология)»."""
    return esc(words.room(shortened(name.partition(" (")[0] or name, 12)))


def absence(one: AbsenceLine) -> str:
    """What attendance says of a lesson, as a line of its own."""
    if one.code is AttendanceCode.ABSENT:
        return _("Wasn't in class")
    if one.minutes_late is not None:
        return _("Came late by {minutes} min").format(minutes=one.minutes_late)
    return _("Came late")


def todo(one: ToDo, width: int) -> str:
    """What has to be done, as HTML."""
    text = esc(cut(one.text, width))
    if one.way is not None:
        text += f" ({words.homework_way(one.way)})"
    return _("individually: {text}").format(text=text) if one.own else text + attached(one.files)


def attached(files: int) -> str:
    """How many files are attached, if any."""
    return f" 📎 {files}" if files else ""


def files_rows(child: Child, lessons: Sequence[DiaryLesson]) -> list[list[Button]]:
    """A button for the files of each homework that has some."""
    found = {
        lesson_id: lesson.subject
        for lesson in lessons
        for lesson_id, files in [(lesson.id, lesson.files), *((one.lesson_id, one.files) for one in lesson.todo)]
        if files
    }
    return grid(
        (
            tap(f"📎 {shortened(subject, NAME_WIDTH)}", SendFiles(student=child.id, lesson=lesson_id))
            for lesson_id, subject in found.items()
        ),
        2,
    )


def _rows(view: DiaryDay) -> list[list[Button]]:
    child = view.child.id
    today = None if view.on_date == view.today else tap(_("Today"), _of(view.child, view.today))
    turn = turning(view.before, view.after, today, lambda on: _of(view.child, on))
    return [
        *files_rows(view.child, view.lessons),
        *([turn] if turn else []),
        *children_rows(view.child, view.children, lambda one: _of(one, view.on_date)),
        [
            tap(_("Homework ahead"), OpenToDo(student=child)),
            tap(_("Week"), OpenWeek(student=child, day=view.on_date.isoformat())),
        ],
        [
            tap(_("Missed lessons"), OpenChildAbsences(student=child, term=0, page=0)),
            tap(_("Results"), OpenResults(student=child)),
        ],
        [tap(_("Menu"), OpenMenu())],
    ]


def _of(child: Child, on: date) -> OpenDiaryDay:
    return OpenDiaryDay(student=child.id, day=on.isoformat())
