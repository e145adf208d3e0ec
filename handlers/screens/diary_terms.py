"""The diary's absences of a term, and the results of a year."""

from collections.abc import Callable, Sequence

from handlers.callbacks.diary import OpenChildAbsences, OpenResults, OpenSubjects, OpenYear
from handlers.callbacks.family import OpenDiaryDay, OpenMenu
from handlers.screen import Button, Screen, esc, page_of, pager, tap
from handlers.screens.diary_rows import children_rows, first_fitting, heading, term_rows, term_words, year_rows
from services import words
from services.diary import AbsenceCount, AbsencesView, AbsentRow, Opened, YearResult, YearView
from services.i18n import gettext as _
from services.i18n import ngettext
from services.letters.typeset import cut, fits
from storage.vocabulary import AbsenceReason, AttendanceCode

DAYS_A_PAGE = 10
WIDTHS = (200, 60, 30, 14)


def absences(view: AbsencesView, page: int) -> Screen:
    """A child's absences in a term by day, with reasons; the counts of all terms of the year above."""
    terms, child = view.terms, view.opened.child.id
    shown, page, pages = page_of(view.days, page, 1, rows=DAYS_A_PAGE)
    lines = [
        heading(
            view.opened,
            _("absences, {term}").format(term=esc(term_words(terms.chosen, terms))),
            terms.chosen.class_name,
        )
    ]
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    counts = [f"{_term(view, n)}: {_counted(count)}" for n, (_one, count) in enumerate(view.counts)]
    days = [f"<i>{words.weekday(day)}</i>\n" + "\n".join(_day(rows)) for day, rows in shown]
    text = "\n\n".join(["\n".join(lines), "\n".join(counts), *days])
    rows = [
        *pager(page, pages, lambda to: OpenChildAbsences(student=child, term=terms.chosen.id, page=to)),
        *term_rows(terms, lambda one: OpenChildAbsences(student=child, term=one.id, page=0)),
        *children_rows(
            view.opened.child, view.opened.children, lambda one: OpenChildAbsences(student=one.id, term=0, page=0)
        ),
        [
            tap(_("Diary"), OpenDiaryDay(student=child, day=view.opened.today.isoformat())),
            tap(_("Subjects"), OpenSubjects(student=child, term=terms.chosen.id)),
        ],
        [tap(_("Menu"), OpenMenu())],
    ]
    return Screen(text, rows)


def _term(view: AbsencesView, number: int) -> str:
    return esc(term_words(view.counts[number][0], view.terms)).capitalize()


def _counted(count: AbsenceCount) -> str:
    said = []
    if count.missed:
        said.append(
            ngettext("{count} lesson missed", "{count} lessons missed", count.missed).format(count=count.missed)
        )
        reasons = ", ".join(f"{_reason(reason)} — {number}" for reason, number in count.by_reason)
        said[-1] += f" ({reasons})"
    if count.late:
        said.append(_("late: {count}").format(count=count.late))
    return ", ".join(said) or _("neither absences nor late comings")


def _day(rows: Sequence[AbsentRow]) -> list[str]:
    """A day's absences by reason, «1, 2, 3-й уроки: болеет», and each late coming."""
    by_reason: dict[AbsenceReason | None, list[int]] = {}
    for row in rows:
        if row.line.code is AttendanceCode.ABSENT:
            by_reason.setdefault(row.line.reason, []).append(row.slot)
    lines = [_lessons(slots, _reason(reason)) for reason, slots in by_reason.items()]
    for row in rows:
        if row.line.code is AttendanceCode.LATE:
            late = (
                _("late")
                if row.line.minutes_late is None
                else _("late by {minutes} min").format(minutes=row.line.minutes_late)
            )
            lines.append(_lessons([row.slot], late))
    return lines


def _lessons(slots: Sequence[int], what: str) -> str:
    said = ngettext("Lesson {numbers}: {what}", "Lessons {numbers}: {what}", len(slots))
    return said.format(numbers=", ".join(map(str, slots)), what=what)


def _reason(reason: AbsenceReason | None) -> str:
    return _("the reason isn't named yet") if reason is None else words.absence_reason(reason)


def year(view: YearView) -> Screen:
    """What was issued in a year, by subject."""
    terms, child = view.terms, view.opened.child.id
    title = heading(view.opened, _("results, {year}").format(year=esc(terms.chosen.year)), terms.chosen.class_name)

    def text(width: int, scope: Callable[[YearResult], str]) -> str:
        lines = [
            f"{esc(cut(subject, width))}: " + ", ".join(f"{scope(one)} — <b>{esc(one.value)}</b>" for one in results)
            for subject, results in view.subjects
        ]
        return "\n\n".join([title, "\n".join(lines) or _("No results yet: they come at the end of a term.")])

    said = text(WIDTHS[0], _scope)
    if not fits(said):
        said = first_fitting(lambda width: text(width, _short_scope), WIDTHS)
    rows = [
        *year_rows(terms, lambda one: OpenYear(student=child, term=one.id)),
        *children_rows(view.opened.child, view.opened.children, lambda one: OpenYear(student=one.id, term=0)),
        [
            tap(_("Subjects"), OpenSubjects(student=child, term=terms.chosen.id)),
            tap(_("Results"), OpenResults(student=child)),
        ],
        [tap(_("Menu"), OpenMenu())],
    ]
    return Screen(said, rows)


def _scope(one: YearResult) -> str:
    if one.term is None:
        return words.term_scope(one.scope)
    return words.term_scope(one.scope, one.term.kind, one.term.ordinal)


def _short_scope(one: YearResult) -> str:
    if one.term is None:
        return words.term_scope_button(one.scope)
    return words.term_scope_button(one.scope, one.term.kind, one.term.ordinal)


def results(screen: Screen, own: Opened) -> Screen:
    """«Итоги» of the year with the other children's names and the way to the years before; the menu stays last."""
    more: list[Sequence[Button]] = [
        *children_rows(own.child, own.children, lambda one: OpenResults(student=one.id)),
        [tap(_("By year"), OpenYear(student=own.child.id, term=0))],
    ]
    return Screen(screen.text, [*screen.rows[:-1], *more, *screen.rows[-1:]])
