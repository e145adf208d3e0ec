"""The diary's day."""

from datetime import date

from handlers.callbacks.family import OpenDiaryDay, OpenMenu
from handlers.callbacks.finals import OpenChildResults
from handlers.callbacks.homework import SendFiles
from handlers.screen import Button, Screen, esc, grid, shortened, tap
from services import words
from services.diary import AbsenceLine, Child, DiaryDay, DiaryLesson, ToDo
from services.i18n import gettext as _
from services.letters.typeset import cut, fits
from services.words import short_day
from storage.vocabulary import AttendanceCode

# How many signs of a topic or a homework the day shows; the next is tried where it would be too long.
WIDTHS = (500, 160, 60)
NAME_WIDTH = 14


def day(view: DiaryDay, note: str | None = None) -> Screen:
    """A child's day; `note` (HTML) stands above it."""
    text = ""
    for width in WIDTHS:
        text = _text(view, note, width)
        if fits(text):
            break
    return Screen(text, _rows(view))


def _text(view: DiaryDay, note: str | None, width: int) -> str:
    title = f"<b>{esc(view.child.first_name)}, {esc(view.class_name)}</b> · {words.day(view.on_date, view.today)}"
    blocks = [_lesson(lesson, width) for lesson in view.lessons] or [_("No lessons on this day.")]
    return "\n\n".join([*([note] if note else []), title, *blocks])


def _lesson(lesson: DiaryLesson, width: int) -> str:
    head = f"<b>{lesson.number}. {esc(lesson.subject)}</b> · {lesson.starts_at:%H:%M}"
    if lesson.room and not lesson.cancelled:
        head += " · " + esc(words.room(shortened(lesson.room, 12)))
    lines = [head]
    if lesson.cancelled:
        why = f": {esc(cut(lesson.why, width))}" if lesson.why else ""
        return "\n".join([head, _("The lesson is cancelled") + why])
    if lesson.marks:
        marks = ", ".join(f"<b>{esc(one.value)}</b> ({words.work_kind(one.kind, one.ordinal)})" for one in lesson.marks)
        lines.append(_("Marks: {marks}").format(marks=marks))
        lines += [esc(cut(one.comment, width)) for one in lesson.marks if one.comment]
    if lesson.absence is not None:
        lines.append(_absence(lesson.absence))
    if lesson.topic:
        lines.append(_("Topic: {topic}").format(topic=esc(cut(lesson.topic, width))))
    if lesson.todo:
        todo = "; ".join(_todo(one, width) for one in lesson.todo)
        lines.append(_("To be done: {text}").format(text=todo))
    if lesson.given:
        way = f" ({words.homework_way(lesson.way)})" if lesson.way is not None else ""
        lines.append(_("Given: {text}").format(text=esc(cut(lesson.given, width)) + way + _attached(lesson.files)))
    elif lesson.given == "":
        lines.append(_("No homework given"))
    if lesson.own:
        lines.append(_("Given individually: {text}").format(text=esc(cut(lesson.own, width))))
    return "\n".join(lines)


def _absence(absence: AbsenceLine) -> str:
    if absence.code is AttendanceCode.ABSENT:
        return _("Wasn't in class")
    if absence.minutes_late is not None:
        return _("Came late by {minutes} min").format(minutes=absence.minutes_late)
    return _("Came late")


def _todo(one: ToDo, width: int) -> str:
    text = esc(cut(one.text, width))
    if one.way is not None:
        text += f" ({words.homework_way(one.way)})"
    return _("individually: {text}").format(text=text) if one.own else text + _attached(one.files)


def _attached(files: int) -> str:
    return f" 📎 {files}" if files else ""


def _rows(view: DiaryDay) -> list[list[Button]]:
    turn = []
    if view.before is not None:
        turn.append(tap(f"← {short_day(view.before)}", _of(view.child, view.before)))
    if view.on_date != view.today:
        turn.append(tap(_("Today"), _of(view.child, view.today)))
    if view.after is not None:
        turn.append(tap(f"{short_day(view.after)} →", _of(view.child, view.after)))
    attached = {
        lesson_id: subject
        for lesson in view.lessons
        for lesson_id, files in [(lesson.id, lesson.files), *((one.lesson_id, one.files) for one in lesson.todo)]
        for subject in [lesson.subject]
        if files
    }
    files = [
        tap(f"📎 {shortened(subject, NAME_WIDTH)}", SendFiles(student=view.child.id, lesson=lesson_id))
        for lesson_id, subject in attached.items()
    ]
    others = [
        tap(("• " if child.id == view.child.id else "") + _label(child, view), _of(child, view.on_date))
        for child in view.children
    ]
    return [
        *grid(files, 2),
        *([turn] if turn else []),
        *(grid(others, 2) if len(others) > 1 else []),
        [tap(_("Results"), OpenChildResults(student=view.child.id)), tap(_("Menu"), OpenMenu())],
    ]


def _label(child: Child, view: DiaryDay) -> str:
    """The first name, told apart from a brother's of the same name by the surname."""
    namesakes = sum(one.first_name == child.first_name for one in view.children)
    name = child.first_name if namesakes == 1 else f"{child.first_name} {child.last_name}"
    return shortened(name, NAME_WIDTH)


def _of(child: Child, on: date) -> OpenDiaryDay:
    return OpenDiaryDay(student=child.id, day=on.isoformat())
