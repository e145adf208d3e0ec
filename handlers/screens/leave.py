"""Absences of employees: who is away, of what kind, till when, and «Что с уроками?»."""

from datetime import date, timedelta

from handlers.callbacks.arrangements import (
    AskLeaveKind,
    AskLeaveUntil,
    EndLeave,
    OpenArrangements,
    OpenLeave,
    OpenLeaves,
    OpenTeacherDay,
    PutLeave,
)
from handlers.screen import Button, Screen, esc, grid, shortened, tap
from handlers.screens.arrangements import leave_words
from services import reasons, words
from services.i18n import gettext as _
from services.i18n import ngettext
from services.leave import Leaves, PersonLeave, UntilAsked
from services.rules.short_names import Named
from storage.vocabulary import LeaveKind

LABEL = 30
SHOWN = 8
SPANS = (1, 2, 3, 7, 14)


def leaves(view: Leaves) -> Screen:
    """Everybody's absences, a button each."""
    title = _("Absences")
    lines = [f"<b>{title}</b>", ""]
    for one in view.lines[:SHOWN]:
        said = leave_words(one.leave.kind.value, one.leave.since_on, one.leave.until_on)
        lines.append(f"{esc(one.person.initials)}: {said[:1].lower()}{esc(said[1:])}")
    left = len(view.lines) - SHOWN
    if left > 0:
        lines.append(ngettext("and {count} more", "and {count} more", left).format(count=left))
    if not view.lines:
        lines.append(_("Nobody is away."))
    lines += ["", _("To enter an absence, open the teacher's day in “Substitutions”.")]
    rows = [[tap(shortened(one.person.initials, LABEL), OpenLeave(person=one.person.id))] for one in view.lines[:SHOWN]]
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenArrangements())]])


def person_leave(view: PersonLeave) -> Screen:
    """One employee's absences, and the days whose lessons want somebody."""
    lines = [f"<b>{esc(view.person.initials)}</b>"]
    lines += [esc(leave_words(one.kind.value, one.since_on, one.until_on)) for one in view.leaves]
    if not view.leaves:
        lines.append(_("No absence is entered."))
    if view.days:
        lines += ["", _("What becomes of the lessons?")]
    rows = [
        [tap(_day_label(one.on_date, one.lessons, one.uncovered), _day(view.person, one.on_date))] for one in view.days
    ]
    for one in view.leaves[:2]:
        label = _("Back at work") if one.since_on < view.today else _("Withdraw the absence")
        rows.append([tap(label, EndLeave(leave=one.id))])
    rows.append([tap(_("Enter an absence"), AskLeaveKind(person=view.person.id, since=view.today.isoformat()))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenLeaves())]])


def kinds(person: Named, since_on: date) -> Screen:
    """Of what kind, from which day?"""
    on = since_on.isoformat()
    lines = [f"<b>{esc(person.initials)}</b>", _("Absent from {day}. Why?").format(day=words.day_and_month(since_on))]
    rows: list[list[Button]] = grid(
        [
            tap(said[:1].upper() + said[1:], AskLeaveUntil(person=person.id, kind=kind, since=on))
            for kind in LeaveKind
            for said in [reasons.leave(kind)]
        ],
        2,
    )
    turn = [since_on - timedelta(days=1), since_on + timedelta(days=1)]
    rows.append(
        [
            tap(
                f"← {words.short_day(day)}" if day < since_on else f"{words.short_day(day)} →",
                AskLeaveKind(person=person.id, since=day.isoformat()),
            )
            for day in turn
        ]
    )
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), _day(person, since_on))]])


def until_asked(asked: UntilAsked) -> Screen:
    """Till when?"""
    since, person = asked.since_on, asked.person
    lines = [
        f"<b>{esc(person.initials)}</b>",
        f"{esc(reasons.leave(asked.kind))}, " + _("from {day}").format(day=words.day_and_month(since)),
        "",
        _("The last day of the absence? Choose, or write it: 20.11."),
    ]
    whose = {"person": person.id, "kind": asked.kind, "since": since.isoformat()}
    rows = grid(
        [
            tap(
                words.short_day(last) if days > 1 else _("One day"),
                PutLeave(**whose, until=(since + timedelta(days=days)).isoformat()),
            )
            for days in SPANS
            for last in [since + timedelta(days=days - 1)]
        ],
        3,
    )
    rows.append([tap(_("Nobody knows yet"), PutLeave(**whose, until=""))])
    back = AskLeaveKind(person=person.id, since=since.isoformat())
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def _day(person: Named, on_date: date) -> OpenTeacherDay:
    return OpenTeacherDay(day=on_date.isoformat(), teacher=person.id)


def _day_label(on_date: date, lessons: int, uncovered: int) -> str:
    if not uncovered:
        return f"✅ {words.short_day(on_date)}"
    counted = ngettext("{count} of {all} lesson open", "{count} of {all} lessons open", lessons)
    return shortened(f"▫ {words.short_day(on_date)} · " + counted.format(count=uncovered, all=lessons), LABEL)
