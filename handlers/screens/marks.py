"""Kinds of work, a column's grid of marks, and the marks to choose from for one student."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.corrections import AskCorrection
from handlers.callbacks.lessons import OpenLesson
from handlers.callbacks.marks import (
    AddWork,
    CheckWork,
    ChooseKind,
    CommentMark,
    OpenStudent,
    OpenWork,
    PutMark,
    RemoveComment,
    UncheckWork,
)
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.lessons import heading, place
from handlers.screens.names import WIDTHS, columns_for, labels
from services import words
from services.changes import Outcome
from services.comments import CommentAsked, CommentPut
from services.i18n import gettext as _
from services.i18n import pgettext
from services.marks import KindChoice, MarkChoice, MarkedStudent, MarkPut, MarkSheet
from storage.vocabulary import AttendanceCode

WITHDRAWN = "-"  # on the wire
MARKS_A_ROW = 5


def kind_choice(choice: KindChoice) -> Screen:
    """The lesson's columns, and the kinds of work for another."""
    lesson = choice.title.lesson_id
    lines = [f"{heading(choice.title)}, {place(choice.title)}"]
    there = [
        tap("✏️ " + words.work_kind_button(one.kind, one.ordinal), OpenWork(work=one.id, page=0)) for one in choice.works
    ]
    new = [
        tap(
            shortened(words.work_kind_button(kind, ordinal), WIDTHS[2]),
            AddWork(lesson=lesson, kind=kind, ordinal=ordinal),
        )
        for kind, ordinal in choice.kinds
    ]
    if there:
        lines.append(_("✏️ are the columns of this lesson, the others begin a new one."))
    else:
        lines.append(_("What are the marks for?"))
    rows = [*grid(there, 1), *grid(new, 2)]
    if choice.over:  # other kinds' days are over: the way to them is a request
        rows.append([tap(_("Ask for a correction"), AskCorrection(lesson=lesson))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenLesson(lesson=lesson))]])


def mark_sheet(
    sheet: MarkSheet,
    page: int = 0,
    put: MarkPut | None = None,
    note: str | None = None,
    *,
    undo: CallbackData | None = None,
) -> Screen:
    """A page of a column: names with their marks.

    `put`: what became of the tap before, with its way back; `note` says what became of anything else, `undo` takes that
    back.
    """
    students = list(sheet.students)
    columns = columns_for(len(students))
    shown, page, pages = page_of(students, page, columns)
    widest = max((len(_beside(one)) for one in students), default=0)
    short = labels([one.name for one in students], columns, taken=widest)
    work, lesson = sheet.work, sheet.title.lesson_id
    rows = grid(
        (
            tap(short[one.name.id] + _beside(one), OpenStudent(work=work.id, student=one.name.id, page=page))
            for one in shown
        ),
        columns,
    )
    turning = pager(page, pages, lambda other: OpenWork(work=work.id, page=other))
    rows.append([*(turning[0] if turning else []), tap(_("Back"), OpenLesson(lesson=lesson))])
    if put is not None and put.outcome is Outcome.SAVED:
        former = put.former or WITHDRAWN
        undo = PutMark(work=work.id, student=put.student.id, value=former, seen=put.rev, page=page)
    # One row below the names and the pager, so that the heading stays on a phone's screen with 16 names.
    back = [tap(_("Undo"), undo)] if undo is not None else []
    rows.append([*back, tap(_("Another kind"), ChooseKind(lesson=lesson)), *_check(sheet)])
    lines = [f"{heading(sheet.title)}, {place(sheet.title)}", f"<b>{_title(sheet)}</b>{_checked(sheet)}"]
    said = toast(put) if put is not None else note
    lines.append(esc(said) if said else _("Tap a name to put a mark."))
    lines += _footnote([*shown], page, pages)
    return Screen("\n".join(lines), rows)


def mark_choice(choice: MarkChoice, page: int) -> Screen:
    """The marks to choose from; what stands, and till when it may change."""
    work, student = choice.work, choice.student
    lines = [
        f"<b>{esc(student.full)}</b>",
        f"{esc(choice.title.audience)} · {esc(choice.title.subject)}, {words.work_kind(work.kind, work.ordinal)}",
    ]
    if choice.value is not None and choice.until is not None:
        stands = _("{value} stands here; it can be changed until {hour}.")
        lines.append(stands.format(value=f"<b>{esc(choice.value)}</b>", hour=f"{choice.until:%H:%M}"))
        if choice.comment:
            lines.append(_("Comment: {text}").format(text=esc(choice.comment)))

    def put(value: str) -> PutMark:
        return PutMark(work=work.id, student=student.id, value=value, seen=choice.rev, page=page)

    rows = grid((tap(value, put(value)) for value in choice.scale), MARKS_A_ROW)
    if choice.value is not None:
        comment = CommentMark(work=work.id, student=student.id, page=page)
        rows.append([tap(_("Remove"), put(WITHDRAWN)), tap(_("Comment"), comment)])
    rows.append([tap(_("Back"), OpenWork(work=work.id, page=page))])
    return Screen("\n".join(lines), rows)


def mark_put(put: MarkPut, page: int) -> Screen:
    """The grid after a tap; where somebody was faster, who and when, and the question whether to replace it."""
    if put.outcome is not Outcome.CHANGED:
        return mark_sheet(put.sheet, page, put)
    work = put.sheet.work
    question = _("Withdraw it?") if put.value is None else _("Replace it by {value}?").format(value=esc(put.value))
    again = PutMark(work=work.id, student=put.student.id, value=put.value or WITHDRAWN, seen=put.rev, page=page)
    lines = [f"<b>{esc(put.student.full)}</b>", f"{esc(changed(put))} {question}"]
    return Screen("\n".join(lines), [[tap(_("Replace"), again)], [tap(_("Back"), OpenWork(work=work.id, page=page))]])


def work_checked(sheet: MarkSheet) -> Screen:
    """The grid after «Проверил» or its undo."""
    if sheet.checked_at is None:
        return mark_sheet(sheet, note=_("The work isn't checked yet."))
    note = _("The work is checked: its marks are entered today ({clause}).").format(clause=sheet.clause)
    return mark_sheet(sheet, note=note, undo=UncheckWork(work=sheet.work.id))


def comment_asked(asked: CommentAsked, page: int) -> Screen:
    """The comment is awaited as a text."""
    work, student = asked.work, asked.student
    lines = [
        f"<b>{esc(student.full)}</b>",
        f"{esc(asked.title.audience)} · {esc(asked.title.subject)}, {words.work_kind(work.kind, work.ordinal)}: "
        f"<b>{esc(asked.value)}</b>",
    ]
    if asked.comment:
        lines.append(_("Comment: {text}").format(text=esc(asked.comment)))
    lines.append(
        _("Type the comment: the family will read it with the mark. It can be changed until {hour}.").format(
            hour=f"{asked.until:%H:%M}"
        )
    )
    rows: list[list[Button]] = []
    if asked.comment:
        remove = RemoveComment(work=work.id, student=student.id, seen=asked.rev, page=page)
        rows.append([tap(_("Remove the comment"), remove)])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenStudent(work=work.id, student=student.id, page=page))]])


def comment_put(done: CommentPut) -> Screen:
    """The grid after a comment; where somebody was faster, what stands."""
    put = done.put
    if put.outcome is not Outcome.CHANGED:
        return mark_sheet(done.put.sheet, done.page, note=comment_toast(done))
    back = OpenStudent(work=put.sheet.work.id, student=put.student.id, page=done.page)
    lines = [f"<b>{esc(put.student.full)}</b>", esc(changed(put)), _("To comment on it send your text once more.")]
    return Screen("\n".join(lines), [[tap(_("Back"), back)]])


def comment_toast(done: CommentPut) -> str:
    """What became of a comment, with the full name."""
    if done.put.outcome is Outcome.ALREADY:
        return _("Already saved.")
    if done.put.outcome is Outcome.CHANGED:
        return changed(done.put)
    said = _("{name}: the comment is saved.") if done.comment else _("{name}: the comment is removed.")
    return said.format(name=done.put.student.usual)


def toast(put: MarkPut) -> str:
    """What the answer to a tap says, with the full name."""
    if put.outcome is Outcome.ALREADY:
        return _("Already saved.")
    if put.outcome is Outcome.CHANGED:
        return changed(put)
    value = put.value if put.value is not None else _("the mark is withdrawn")
    return f"{put.student.usual} — {value}"


def changed(put: MarkPut) -> str:
    """«Изменено: Смирнова, 10:42 — 4.»"""
    if put.standing is None:
        return _("It has changed meanwhile.")
    return _("Changed: {author}, {hour} — {value}.").format(
        author=put.standing.author,
        hour=f"{put.standing.at:%H:%M}",
        value=put.standing.value if put.standing.value is not None else _("the mark is withdrawn"),
    )


def _title(sheet: MarkSheet) -> str:
    name = words.work_kind(sheet.work.kind, sheet.work.ordinal)
    return name[:1].upper() + name[1:]


def _beside(one: MarkedStudent) -> str:
    if one.value is not None:
        return f" {one.value}"
    return f" {_absent()}" if one.attendance is AttendanceCode.ABSENT else ""


def _absent() -> str:
    return pgettext("in the grid of marks", "abs")


def _footnote(shown: list[MarkedStudent], page: int, pages: int) -> list[str]:
    lines = []
    if any(one.value is None and one.attendance is AttendanceCode.ABSENT for one in shown):
        lines.append(_("{sign} is absent from this lesson.").format(sign=_absent()))
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    return lines


def _check(sheet: MarkSheet) -> list[Button]:
    """«Проверил» of a written work."""
    if not sheet.checkable:
        return []
    return [tap(_("Checked"), CheckWork(work=sheet.work.id))] if sheet.checked_at is None else []


def _checked(sheet: MarkSheet) -> str:
    work = sheet.work
    if sheet.checked_at is None or work.checked_by is None:
        return ""
    said = _("checked: {name}, {day} at {hour}").format(
        name=esc(work.checked_by),
        day=words.day_and_month(sheet.checked_at.date()),
        hour=f"{sheet.checked_at:%H:%M}",
    )
    return f" · {said}"
