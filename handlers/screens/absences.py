"""«Отсутствующие»: whom to ask after, a student's day, and the week's verification."""

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.callbacks.absences import OpenAbsence, OpenAbsences, OpenSeenLesson, OpenWeek, SetReason, VerifyWeek
from handlers.callbacks.homeroom import OpenClass
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.lessons import lesson_card
from services import words
from services.absences import AbsenceDay, ClassAbsences, ReasonPut, SeenLesson, StudentDay, Week
from services.changes import Outcome
from services.i18n import gettext as _
from services.i18n import ngettext
from services.lessons import Card
from services.rules.short_names import initials
from storage.vocabulary import AbsenceReason, AttendanceCode, PersonId

LABEL = 30
CODES = {AttendanceCode.PRESENT: "✅", AttendanceCode.ABSENT: "❌", AttendanceCode.LATE: "🕓"}


def overview(view: ClassAbsences, page: int = 0, note: str | None = None) -> Screen:
    """Today's absences and open ones, a button a student and day; what contradicts is named."""
    days = list(view.days)
    shown, page, pages = page_of(days, page, 1)
    lines = [f"<b>{esc(view.name)}</b> · " + _("Absent")]
    if not days:
        lines.append(_("Nobody is absent today, and every reason is known."))
    elif view.open:
        lines.append(
            ngettext(
                "{count} absence waits for its reason (?).", "{count} absences wait for their reason (?).", view.open
            ).format(count=view.open)
        )
    lines += [
        _("⚠️ {name}: a note for today, but a lesson has seen them").format(name=esc(one.usual))
        for one in view.came_after_all
    ]
    lines += [_warning(one, view.today) for one in shown if one.contradicts]
    lines += [
        ngettext("{name}: {count} day without a reason", "{name}: {count} days without a reason", one.running).format(
            name=esc(one.student.usual), count=one.running
        )
        for one in shown
        if one.running > 1
    ]
    if note:
        lines += ["", note]
    rows = [
        [tap(_label(one, view.today), OpenAbsence(student=one.student.id, day=one.on_date.isoformat()))]
        for one in shown
    ]
    came = [one for one in view.came_after_all if one.id not in {day.student.id for day in days}]
    rows += [
        [tap(shortened(f"⚠️ {one.usual}", LABEL), OpenAbsence(student=one.id, day=view.today.isoformat()))]
        for one in came[:4]
    ]
    rows += pager(page, pages, lambda other: OpenAbsences(school_class=view.class_id, page=other))
    week = _("The week is verified") if view.verified else _("Verify the week")
    rows.append([tap(week, OpenWeek(school_class=view.class_id, week=view.today.isoformat()))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenClass(school_class=view.class_id))]])


def student_day(day: StudentDay, note: str | None = None) -> Screen:
    """A student's day, lesson by lesson, and the reasons to choose from; a tap sets it for the whole day."""
    lines = [f"<b>{esc(day.student.usual)}</b> · {words.day(day.on_date, day.today)}", ""]
    lines += [_lesson_line(one) for one in day.lessons]
    odd = [one for one in day.lessons if one.contradicts]
    if odd:
        lines += ["", _("Absent between lessons attended. Ask the teachers:")]
        lines += [f"{one.slot}. {esc(', '.join(one.teachers))}" for one in day.lessons if one.code is not None]
        lines.append(_("A reason settles it."))
    if day.absent:
        lines += ["", _reason_line(day)]
    if note:
        lines += ["", note]
    rows: list[list[Button]] = []
    if day.absent:
        rows += [[_choice(day, reason)] for reason in AbsenceReason]
        if day.reason is not None:
            rows.append([_choice(day, None)])
    iso = day.on_date.isoformat()
    seen = [
        tap(
            shortened(f"{one.slot} · {one.subject}", 16),
            OpenSeenLesson(student=day.student.id, day=iso, lesson=one.lesson_id),
        )
        for one in odd
    ]
    rows += grid(seen, 2)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenAbsences(school_class=day.class_id, page=0))]])


def reason_put(put: ReasonPut) -> Screen:
    """The day after a tap; where it has changed meanwhile the tap is to be repeated."""
    if put.outcome is Outcome.CHANGED:
        return student_day(put.day, _("It has changed meanwhile. Look at it and choose again."))
    return student_day(put.day)


def reason_toast(put: ReasonPut) -> str:
    """What the answer to a tap on a reason says."""
    if put.outcome is Outcome.ALREADY:
        return _("Already saved.")
    if put.outcome is Outcome.CHANGED:
        return _("It has changed meanwhile. Look at it and choose again.")
    return f"{put.day.student.usual} — {_said(put.day.reason)}"


def seen_lesson(card: Card, student_id: PersonId, on_date: date) -> Screen:
    """The lesson card to read only: its record is its teachers'."""
    text = lesson_card(card).text + "\n\n" + _("The record is entered by the lesson's teachers.")
    return Screen(text, [[tap(_("Back"), OpenAbsence(student=student_id, day=on_date.isoformat()))]])


def week(view: Week) -> Screen:
    """What was missed in a week, by reason, and the word that it was verified."""
    sunday = view.monday + timedelta(days=6)
    lines = [f"<b>{esc(view.name)}</b> · {words.days(view.monday, sunday)}", _("Lessons missed:")]
    lines += [
        f"{words.reason_letter(reason)} — {_said(reason)}: {view.missed.get(reason, 0)}"
        for reason in (*AbsenceReason, None)
    ]
    if view.contradictions:
        lines.append(_("Contradictions: {count}").format(count=view.contradictions))
    rows: list[list[Button]] = []
    place = {"school_class": view.class_id, "week": view.monday.isoformat()}
    if view.verified_at is not None and view.verified_by is not None:
        lines += [
            "",
            _("Verified: {author}, {day}, {hour}").format(
                author=esc(view.verified_by),
                day=words.day_and_month(view.verified_at.date()),
                hour=f"{view.verified_at:%H:%M}",
            ),
        ]
    else:
        rows.append([tap(_("Verified"), VerifyWeek(**place))])
    before, after = view.monday - timedelta(days=7), view.monday + timedelta(days=7)
    turn = [_week_button(f"← {words.short_day(before)}", view, before)]
    if after <= view.today:
        turn.append(_week_button(f"{words.short_day(after)} →", view, after))
    rows += [turn, [tap(_("Back"), OpenAbsences(school_class=view.class_id, page=0))]]
    return Screen("\n".join(lines), rows)


def _week_button(label: str, view: Week, day: date) -> Button:
    return tap(label, OpenWeek(school_class=view.class_id, week=day.isoformat()))


def _label(one: AbsenceDay, today: date) -> str:
    day = _("today") if one.on_date == today else words.short_day(one.on_date)
    sign = f"{'⚠️ ' if one.contradicts else ''}{words.reason_letter(one.reason)} "
    tail = f" · {day}: {_ranges(one.slots)}"
    name = initials(one.student.last, one.student.first)
    return sign + shortened(name, LABEL - len(sign) - len(tail)) + tail


def _ranges(slots: Sequence[int]) -> str:
    """«1–3, 5» for lessons 1, 2, 3 and 5."""
    runs: list[list[int]] = []
    for slot in sorted(set(slots)):
        if runs and runs[-1][-1] == slot - 1:
            runs[-1].append(slot)
        else:
            runs.append([slot])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _warning(one: AbsenceDay, today: date) -> str:
    return _("⚠️ {name}, {day}: absent between lessons attended ({lessons})").format(
        name=esc(one.student.usual), day=words.day(one.on_date, today), lessons=", ".join(map(str, one.contradicts))
    )


def _lesson_line(one: SeenLesson) -> str:
    said = "▫" if one.code is None else CODES[one.code]
    line = f"{one.slot}. {said} {esc(one.subject)}"
    if one.code is AttendanceCode.ABSENT:
        return f"{line} — {words.reason_letter(one.reason)}"
    if one.minutes_late is not None:
        return f"{line} " + _("({minutes} min)").format(minutes=one.minutes_late)
    return line


def _reason_line(day: StudentDay) -> str:
    if day.reason is None:
        return _("The reason is open. It is set for the whole day by one tap:")
    last = max((one for one in day.absent if one.entered_at is not None), key=lambda one: str(one.entered_at))
    hour = f"{last.entered_at:%H:%M}" if last.entered_at is not None else ""
    on = words.day_and_month(last.entered_at.date()) if last.entered_at is not None else ""
    return _("Reason: {reason} — {author}, {day}, {hour}").format(
        reason=_said(day.reason), author=esc(last.author or ""), day=on, hour=hour
    )


def _choice(day: StudentDay, reason: AbsenceReason | None) -> Button:
    chosen = "• " if day.absent and reason is not None and day.reason is reason else ""
    data = SetReason(student=day.student.id, day=day.on_date.isoformat(), reason=reason, seen=day.rev)
    return tap(f"{chosen}{words.reason_letter(reason)} · {_said(reason)}", data)


def _said(reason: AbsenceReason | None) -> str:
    return _("open") if reason is None else words.absence_reason(reason)
