"""The attendance grid."""

from handlers.callbacks.lessons import (
    ConfirmAllPresent,
    ConfirmAttendance,
    OpenAttendance,
    OpenLesson,
    PutAttendance,
    PutLate,
    RestoreRecord,
)
from handlers.screen import Button, Screen, esc, grid, page_of, pager, tap
from handlers.screens.lessons import heading, lesson_card, not_coming, place
from handlers.screens.names import columns_for, labels
from services import words
from services.attendance import AttendanceConfirmed, AttendancePut, AttendanceSheet, SeatedStudent
from services.changes import Outcome
from services.i18n import gettext as _
from services.rules.attendance import LATE_BY, next_code
from storage.vocabulary import AttendanceCode, RecordPart

SIGNS = {AttendanceCode.PRESENT: "", AttendanceCode.ABSENT: "❌ ", AttendanceCode.LATE: "🕓 "}


def attendance_sheet(sheet: AttendanceSheet, page: int = 0, put: AttendancePut | None = None) -> Screen:
    """A page of names; each button wants the next state. `put`: what became of the tap before."""
    students = list(sheet.students)
    columns = columns_for(len(students))
    shown, page, pages = page_of(students, page, columns)
    short = labels([one.name for one in students], columns, taken=3)
    rows = grid((tap(SIGNS[one.code] + short[one.name.id], _next(sheet, one, page)) for one in shown), columns)
    lesson = sheet.title.lesson_id
    if put is not None and put.outcome is Outcome.CHANGED:
        again = PutAttendance(lesson=lesson, student=put.student.id, code=put.code, seen=put.rev, page=page)
        rows.insert(0, [tap(_("Replace"), again)])
    confirm = (
        tap(_("All present"), ConfirmAllPresent(lesson=lesson, seen=sheet.rev))
        if sheet.all_present
        else tap(_("Done"), ConfirmAttendance(lesson=lesson, seen=sheet.rev))
    )
    # As many rows after every tap: no name may move from under the finger.
    rows.append([confirm, *(_minutes(sheet, put, page) if _is_late(put) else [])])
    back = tap(_("Back"), OpenLesson(lesson=lesson))
    turn = pager(page, pages, lambda other: OpenAttendance(lesson=lesson, page=other))
    rows.append([back, *(turn[0] if turn else [])])
    return Screen(_text(sheet, page, pages, put), rows)


def _is_late(put: AttendancePut | None) -> bool:
    return put is not None and put.outcome is not Outcome.CHANGED and put.code is AttendanceCode.LATE


def _minutes(sheet: AttendanceSheet, put: AttendancePut | None, page: int) -> list[Button]:
    """By how many minutes the student of the tap before was late; nobody has to say."""
    assert put is not None, "somebody was late"
    one = next(one for one in sheet.students if one.name.id == put.student.id)
    return [
        tap(
            f"•{minutes}" if minutes == one.minutes_late else str(minutes),
            PutLate(lesson=sheet.title.lesson_id, student=one.name.id, minutes=minutes, seen=one.rev, page=page),
        )
        for minutes in LATE_BY
    ]


def put_toast(put: AttendancePut) -> str:
    """What the answer to a tap on a name says, with the full name."""
    if put.outcome is Outcome.ALREADY:
        return _("Already saved.")
    if put.outcome is Outcome.CHANGED:
        return changed(put)
    return f"{put.student.usual} — {words.attendance(put.code)}"


def confirmed(done: AttendanceConfirmed) -> Screen:
    """The card after «Готово»; the grid where it wants a look first."""
    if done.sheet is not None or done.card is None:
        assert done.sheet is not None
        return attendance_sheet(done.sheet)
    if done.outcome is Outcome.ALREADY or done.back_to is None:
        return lesson_card(done.card, _("Already saved."))
    undo = RestoreRecord(
        lesson=done.card.title.lesson_id,
        part=RecordPart.ATTENDANCE,
        back_to=done.back_to,
        seen=done.card.revs[RecordPart.ATTENDANCE],
    )
    return lesson_card(done.card, _("The attendance is confirmed."), undo)


def confirmed_toast(done: AttendanceConfirmed) -> str:
    """What the answer to «Готово» or «Все присутствуют» says."""
    if done.sheet is not None:
        return _("Somebody is marked here, or it has changed meanwhile. Look through the list and press “Done”.")
    return _("Already saved.") if done.outcome is Outcome.ALREADY else _("The attendance is confirmed.")


def changed(put: AttendancePut) -> str:
    """«Изменено: Смирнова, 10:42 — опоздал.»"""
    if put.standing is None:
        return _("It has changed meanwhile.")
    code = AttendanceCode(put.standing.value or AttendanceCode.PRESENT)
    return _("Changed: {author}, {hour} — {value}.").format(
        author=put.standing.author, hour=f"{put.standing.at:%H:%M}", value=words.attendance(code)
    )


def _next(sheet: AttendanceSheet, one: SeatedStudent, page: int) -> PutAttendance:
    return PutAttendance(
        lesson=sheet.title.lesson_id, student=one.name.id, code=next_code(one.code), seen=one.rev, page=page
    )


def _text(sheet: AttendanceSheet, page: int, pages: int, put: AttendancePut | None) -> str:
    counts = {code: sum(one.code is code for one in sheet.students) for code in AttendanceCode}
    absent, late = counts[AttendanceCode.ABSENT], counts[AttendanceCode.LATE]
    if put is not None and _is_late(put):
        hint = _("{name} is late: by how many minutes?").format(name=esc(put.student.usual))
    else:
        hint = _("❌ absent → 🕓 late → present")
    if pages > 1:
        hint = _("Page {page} of {pages}").format(page=page + 1, pages=pages) + " · " + hint
    lines = [
        f"{heading(sheet.title)}, {place(sheet.title)}",
        _("In the list {students}, absent {absent}, late {late}").format(
            students=len(sheet.students), absent=absent, late=late
        ),
        hint,
    ]
    expected = [one.name for one in sheet.students if one.expected_absent and one.code is AttendanceCode.PRESENT]
    if expected and not sheet.confirmed:
        lines.insert(2, not_coming(expected))
    if put is not None and put.outcome is Outcome.CHANGED:
        question = _("{name}: replace by “{value}”?").format(name=put.student.usual, value=words.attendance(put.code))
        lines += ["", esc(f"{changed(put)} {question}")]
    return "\n".join(lines)
