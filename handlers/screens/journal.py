"""«Журнал»: classes and subjects, a class's term by name, one student's marks."""

from collections.abc import Sequence

from handlers.callbacks.corrections import OpenOwnRequests
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.journal import Only, OpenJournal, OpenStudentMarks, OpenTermJournal
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.names import WIDTHS, labels
from services import words
from services.finals.grid import scope_words
from services.finals.sheets import Place
from services.i18n import gettext as _
from services.i18n import ngettext
from services.journal import StudentLine, StudentTerm, Taught, TermJournal, Weighed

LATEST = 40  # marks shown of a student: more than a term has


def assignments(found: Sequence[Taught], page: int) -> Screen:
    """The classes and subjects of a teacher."""
    title = _("Journal")
    lines = [f"<b>{title}</b>"]
    lines.append(_("Which class and subject?") if found else _("You teach nothing that has marks."))
    shown, page, pages = page_of(found, page, 1)
    rows = [[tap(_assigned(one), _of(one))] for one in shown]
    foot = [*_turning(page, pages), tap(_("Menu"), OpenMenu())]
    return Screen("\n".join(lines), [*rows, [tap(_("My requests"), OpenOwnRequests(page=0))], foot])


def term(view: TermJournal, only: Only, page: int) -> Screen:
    """A page of a class's term: averages, proposals, how many marks; or only those with none or one."""
    chosen = {Only.ALL: view.lines, Only.NO_MARKS: view.without_marks, Only.ONE_MARK: view.with_one_mark}[only]
    shown, page, pages = page_of(chosen, page, 1)
    widest = max((len(beside(one, view.wanted)) for one in chosen), default=0)
    short = labels([one.name for one in chosen], 1, taken=widest)
    wire = _wire(view.place)
    rows = [
        [
            tap(
                short[one.name.id] + beside(one, view.wanted),
                OpenStudentMarks(**wire, student=one.name.id, page=page),
            )
        ]
        for one in shown
    ]

    def of(which: Only, other: int = 0) -> OpenTermJournal:
        return OpenTermJournal(**wire, only=which, page=other)

    choices = []
    if only is not Only.ALL:
        choices.append(tap(_("All"), of(Only.ALL)))
    for which, label, people in (
        (Only.NO_MARKS, _("No marks: {count}"), view.without_marks),
        (Only.ONE_MARK, _("One mark: {count}"), view.with_one_mark),
    ):
        if people and which is not only:
            choices.append(tap(label.format(count=len(people)), of(which)))
    rows += grid([*choices, *_terms(view)], 3)
    turning = pager(page, pages, lambda other: of(only, other))
    rows.append([*(turning[0] if turning else []), tap(_("Back"), OpenJournal(page=0))])
    lines = [f"<b>{esc(view.audience)} · {esc(view.subject)}</b>, {scope_words(view.span)}"]
    lines += _heading(only, len(chosen))
    wanted = {"count": view.wanted, "clause": esc(view.clause)}
    if only is Only.ALL:
        lines.append(_("Beside a name: average → proposal · marks of {count} asked for ({clause}).").format(**wanted))
    else:
        lines.append(_("The term asks for at least {count} marks ({clause}).").format(**wanted))
    return Screen("\n".join(lines), rows)


def student(view: StudentTerm, page: int) -> Screen:
    """A student's marks of the term with dates and kinds, the average and the forecast."""
    line = view.line
    lines = [
        f"<b>{esc(line.name.full)}</b>",
        f"{esc(view.audience)} · {esc(view.subject)}, {scope_words(view.span)}",
        "",
    ]
    if not view.marks:
        lines.append(_("No marks in this term yet."))
    lines += [_mark(one) for one in view.marks[-LATEST:]]
    lines.append("")
    if line.average is not None:
        average = _("Average {average}, it proposes {proposal}.")
        lines.append(
            average.format(average=words.average(line.average), proposal=f"<b>{esc(line.proposal or '–')}</b>")
        )
    if view.forecast is not None:
        lines.append(_("Forecast: {forecast}.").format(forecast=words.forecast(view.forecast)))
    lines.append(_("Marks: {count}, at least {wanted} are asked for.").format(count=line.count, wanted=view.wanted))
    back = OpenTermJournal(**_wire(view.place), only=Only.ALL, page=page)
    return Screen("\n".join(lines), [[tap(_("Back"), back)]])


def _assigned(one: Taught) -> str:
    return shortened(f"{one.assignment.audience} · {one.assignment.row.subject}", WIDTHS[1])


def _of(one: Taught) -> OpenTermJournal:
    row = one.assignment.row
    return OpenTermJournal(
        school_class=row.class_id,
        subgroup=row.subgroup_id or 0,
        subject=row.subject_id,
        term=one.term_id,
        only=Only.ALL,
        page=0,
    )


def _wire(place: Place) -> dict[str, int]:
    return {
        "school_class": place.class_id,
        "subgroup": place.subgroup_id or 0,
        "subject": place.subject_id,
        "term": place.scope.number,
    }


def _turning(page: int, pages: int) -> list[Button]:
    turning = pager(page, pages, lambda other: OpenJournal(page=other))
    return turning[0] if turning else []


def _terms(view: TermJournal) -> list[Button]:
    """The other terms begun; one term alone needs no buttons."""
    wire = _wire(view.place)
    return [
        tap(
            words.term_scope_button(one.scope.kind, one.term_kind, one.ordinal),
            OpenTermJournal(**{**wire, "term": one.scope.number}, only=Only.ALL, page=0),
        )
        for one in view.terms
        if one.scope != view.span.scope
    ]


def _heading(only: Only, count: int) -> list[str]:
    if only is Only.NO_MARKS:
        return [
            ngettext("{count} student without marks.", "{count} students without marks.", count).format(count=count)
        ]
    if only is Only.ONE_MARK:
        return [
            ngettext("{count} student with one mark.", "{count} students with one mark.", count).format(count=count)
        ]
    return []


def beside(one: StudentLine, wanted: int) -> str:
    """« 4,33→4 · 5/7»; « · 0/7» without marks."""
    average = "" if one.average is None else f" {words.average(one.average)}→{one.proposal}"
    return f"{average} · {one.count}/{wanted}"


def _mark(one: Weighed) -> str:
    mark = one.mark
    kind = words.work_kind(mark.kind, mark.ordinal)
    weight = f" ×{one.weight}" if one.weight != 1 else ""
    comment = f" — {esc(mark.comment)}" if mark.comment else ""
    return f"{words.day_and_month(mark.on_date)}: <b>{esc(mark.value)}</b>{weight}, {kind}{comment}"
