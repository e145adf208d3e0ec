"""«Четвертные»: classes and subjects, the grid of term marks, one student of it, the class's forecast."""

from collections.abc import Sequence

from handlers.callbacks.family import OpenMenu
from handlers.callbacks.finals import (
    AcceptAll,
    AskForTermMark,
    IssueAll,
    NobodyTook,
    OpenClassResults,
    OpenFinals,
    OpenForecast,
    OpenGrid,
    OpenTermMark,
    PutTermMark,
    ScopeSign,
)
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.names import WIDTHS, labels
from services import words
from services.changes import Outcome
from services.finals.grid import (
    Assigned,
    ClassForecast,
    Sent,
    StudentView,
    TermMarkPut,
    refusal_to_enter,
    scope_words,
)
from services.finals.refusals import NotYetOpen
from services.finals.sheets import Access, Place, Sheet, StudentRow
from services.finals.spans import Span
from services.i18n import gettext as _
from services.i18n import ngettext
from services.rules.finals import Hint, Scope, Standing, allows_blanks
from storage.vocabulary import EXEMPT, NOT_ASSESSED, ClassId, SubgroupId, SubjectId, TermScope

SIGNS = {
    TermScope.TERM: ScopeSign.TERM,
    TermScope.YEAR: ScopeSign.YEAR,
    TermScope.EXAM: ScopeSign.EXAM,
    TermScope.FINAL: ScopeSign.FINAL,
    TermScope.STATE_EXAM: ScopeSign.STATE_EXAM,
}
SCOPES = {sign: kind for kind, sign in SIGNS.items()}
WITHDRAWN = "-"
ON_THE_WIRE = {EXEMPT: "e", NOT_ASSESSED: "n"}
FROM_THE_WIRE: dict[str, str | None] = {WITHDRAWN: None, **{sign: value for value, sign in ON_THE_WIRE.items()}}
ROWS = 6  # of names: with what stands below them, the heading stays on a phone's screen
SPANS_A_ROW = 3
MARKS_SHOWN = 24
NAMES_AT_RISK = 12
_HINTS = {
    Hint.GAP: lambda: _("The mark is far from the average."),
    Hint.NO_CONTROL: lambda: _("There was no control work in the term."),
    Hint.FEW_MARKS: lambda: _("There are few marks for the week's hours."),
}


def place_of(school_class: int, subgroup: int, subject: int, scope: ScopeSign, number: int) -> Place:
    """The grid that a button names."""
    return Place(
        ClassId(school_class),
        SubgroupId(subgroup) if subgroup else None,
        SubjectId(subject),
        Scope(SCOPES[scope], number),
    )


def on_the_wire(place: Place) -> dict[str, object]:
    """A grid as buttons name it."""
    return {
        "school_class": place.class_id,
        "subgroup": place.subgroup_id or 0,
        "subject": place.subject_id,
        "scope": SIGNS[place.scope.kind],
        "number": place.scope.number,
    }


def hint(which: Hint) -> str:
    """Why a term mark deserves a second look."""
    return _HINTS[which]()


def assignments(found: Sequence[Assigned], page: int) -> Screen:
    """Classes and subjects with how far they are."""
    if not found:
        return Screen(_("You teach nothing that has term marks."), [[tap(_("Menu"), OpenMenu())]])
    shown, page, pages = page_of(found, page, 1)
    spans = {one.span.scope: one.span for one in found}
    alike = len(spans) == 1
    title = _("Term marks")
    lines = [f"<b>{title}</b>" + (f" · {scope_words(found[0].span)}" if alike else "")]
    lines.append(_("✅ sent, ✏️ a draft, ▫️ not begun."))
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    rows = [[tap(_assigned(one, alike), open_grid(one.place))] for one in shown]
    rows += pager(page, pages, lambda other: OpenFinals(page=other))
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])


def _assigned(one: Assigned, alike: bool) -> str:
    sign = "✅" if one.issued else "✏️" if one.nothing < one.students else "▫️"
    tail = "" if alike else " · " + words.term_scope_button(one.span.scope.kind, one.span.term_kind, one.span.ordinal)
    if 0 < one.nothing < one.students:
        tail += " · " + _("without: {count}").format(count=one.nothing)
    name = shortened(f"{one.audience} {one.subject}", WIDTHS[1] - len(tail) - 2)
    return f"{sign} {name}{tail}"


def sheet(view: Sheet, page: int = 0, note: str | None = None) -> Screen:
    """A page of a grid; `note`: what became of the tap before."""
    shown, page, pages = page_of(view.students, page, 1, ROWS)
    widest = max((len(_beside(one)) for one in view.students), default=0)
    short = labels([one.name for one in view.students], 1, taken=widest)
    wire = on_the_wire(view.place)
    rows = [
        [tap(short[one.name.id] + _beside(one), OpenTermMark(student=one.name.id, page=page, **wire))] for one in shown
    ]
    rows += pager(page, pages, lambda other: OpenGrid(page=other, **wire))
    refusal = refusal_to_enter(view)
    if refusal is None:
        if view.to_accept:
            rows.append([tap(_("Accept all"), AcceptAll(**wire))])
        if view.to_issue:
            rows.append([tap(_("Issue and send"), IssueAll(seen=view.seen, **wire))])
        elif _may_say_nobody(view):
            rows.append([tap(_("Nobody took it"), NobodyTook(**wire))])
    rows += _spans(view)
    rows.append([tap(_("Forecast"), OpenForecast(**wire)), _back(view)])
    lines = [heading(view), *_about(view)]
    if note is not None:
        lines.append(esc(note))
    if view.to_accept and refusal is None:
        lines.append(_("“4?” is a proposal."))
    return Screen("\n".join(lines), rows)


def heading(view: Sheet) -> str:
    title = f"{view.assignment.audience} · {view.assignment.row.subject}"
    return f"<b>{esc(title)}</b>, {scope_words(view.span)}"


def _about(view: Sheet) -> list[str]:
    """When it is entered, who sees it, how far it is."""
    window, clause = view.span.window, view.regulation.clauses["term_marks"]
    until = words.day_and_month(window.closes_on)
    lines = []
    refusal = refusal_to_enter(view)
    if refusal is not None:
        lines.append(refusal.say())
        if isinstance(refusal, NotYetOpen):
            lines.append(_("Until then this is a forecast."))
    elif view.nobody_took:
        return [*lines, _("Nobody here took the exam. Should results come after all, put the marks.")]
    elif view.span.due_at is not None:
        due = view.span.due_at.astimezone(view.zone)
        moment = f"{words.day_and_month(due.date())}, {due:%H:%M}"
        lines.append(_("To be sent until {moment} ({clause}).").format(moment=moment, clause=_results_clause(view)))
    elif view.span.standing(view.today) is Standing.LATE:
        lines.append(_("It was due until {day} ({clause}): what is sent now is late.").format(day=until, clause=clause))
    else:
        lines.append(_("Due until {day} ({clause}).").format(day=until, clause=clause))
    if refusal is None and view.to_issue:
        lines.append(_("Only you see the draft. What has been sent changes only through the deputy head."))
    if _all_sent(view):
        lines.append(_("All marks have been sent."))
    elif refusal is None and view.blanks:
        without = ngettext("Without a mark: {count}.", "Without a mark: {count}.", len(view.blanks))
        lines.append(without.format(count=len(view.blanks)))
    return lines


def _results_clause(view: Sheet) -> str:
    kind = "state_exam" if view.span.scope.kind is TermScope.STATE_EXAM else "results"
    return view.regulation.clauses[kind]


def _may_say_nobody(view: Sheet) -> bool:
    """Whether it is an exam's grid that stands empty, and nobody has said why."""
    empty = bool(view.students) and len(view.blanks) == len(view.students)
    return allows_blanks(view.place.scope.kind) and empty and not view.nobody_took


def _all_sent(view: Sheet) -> bool:
    return bool(view.students) and all(one.issued for one in view.students)


def _beside(one: StudentRow) -> str:
    """« · 4,33 · 4?»: the average, and what stands or is proposed."""
    average = f" · {words.average(one.average)}" if one.average is not None else ""
    if one.value is not None:
        return f"{average} · {one.value}" + (" ✅" if one.issued else "")
    return f"{average} · {one.proposal}?" if one.proposal is not None else f"{average} · —"


def _spans(view: Sheet) -> list[list[Button]]:
    """«Учебный период»: what else the class has marks for."""
    if len(view.spans) < 2:
        return []

    def button(span: Span) -> Button:
        label = words.term_scope_button(span.scope.kind, span.term_kind, span.ordinal)
        place = Place(view.place.class_id, view.place.subgroup_id, view.place.subject_id, span.scope)
        return tap(("• " if span.scope == view.span.scope else "") + label, open_grid(place))

    return grid((button(span) for span in view.spans), SPANS_A_ROW)


def open_grid(place: Place) -> OpenGrid:
    return OpenGrid(page=0, **on_the_wire(place))


def _back(view: Sheet) -> Button:
    if view.access is Access.ENTERS:
        return tap(_("Back"), OpenFinals(page=0))
    scope = view.place.scope
    back = OpenClassResults(school_class=view.place.class_id, scope=SIGNS[scope.kind], number=scope.number, page=0)
    return tap(_("Back"), back)


def student(view: StudentView, page: int) -> Screen:
    """One student: the average with its marks, the forecast, what stands, and what may be put."""
    row, sheet_view = view.row, view.sheet
    wire = on_the_wire(sheet_view.place)
    lines = [f"<b>{esc(row.name.full)}</b>", heading(sheet_view)]
    lines += _marks(view)
    if row.proposal is not None and row.value is None:
        lines.append(_("Proposed: {value}").format(value=f"<b>{row.proposal}</b>"))
    if view.forecast is not None:
        lines.append(_("Forecast: {forecast}").format(forecast=words.forecast(view.forecast)))
    lines += [f"▫️ {hint(one)}" for one in view.hints]
    rows: list[list[Button]] = []
    if row.value is not None:
        lines.append(_stands(view))
    if refusal_to_enter(sheet_view) is None and not row.issued:
        rows = _choices(view, page)
    elif row.issued and sheet_view.access is Access.ENTERS:
        rows = [[tap(_("Ask for a correction"), AskForTermMark(student=row.name.id, **wire))]]
    rows.append([tap(_("Back"), OpenGrid(page=page, **wire))])
    return Screen("\n".join(lines), rows)


def _choices(view: StudentView, page: int) -> list[list[Button]]:
    row = view.row

    def put(value: str) -> PutTermMark:
        wire = on_the_wire(view.sheet.place)
        return PutTermMark(student=row.name.id, value=value, seen=row.rev, page=page, **wire)

    marks = [tap(value, put(ON_THE_WIRE.get(value, value))) for value in view.values]
    rows = [marks[: -len(ON_THE_WIRE)], marks[-len(ON_THE_WIRE) :]]
    if row.value is not None:
        rows.append([tap(_("Remove"), put(WITHDRAWN))])
    return rows


def _marks(view: StudentView) -> list[str]:
    row = view.row
    if view.sheet.span.scope.kind is not TermScope.TERM:
        return []
    if row.average is None:
        return [_("No marks in this term.")]
    given = " ".join(mark.value for mark in row.marks[-MARKS_SHOWN:])
    count = ngettext("{count} mark", "{count} marks", len(row.marks)).format(count=len(row.marks))
    return [
        _("Average {average}, {marks}: {given}").format(
            average=f"<b>{words.average(row.average)}</b>", marks=count, given=esc(given)
        )
    ]


def _stands(view: StudentView) -> str:
    row = view.row
    value = f"<b>{esc(row.value or '')}</b>"
    if row.entered_at is None:
        return _("Stands: {value}").format(value=value)
    at = row.entered_at.astimezone(view.sheet.zone)
    moment = f"{words.day_and_month(at.date())}, {at:%H:%M}"
    said = (
        _("Sent: {value} ({author}, {moment}). A correction goes through the deputy head.")
        if row.issued
        else _("A draft: {value} ({author}, {moment}).")
    )
    return said.format(value=value, author=esc(row.author or ""), moment=moment)


def put_done(put: TermMarkPut, page: int) -> Screen:
    """The grid after a tap; where somebody was faster, who and when, and the question whether to replace it."""
    if put.outcome is not Outcome.CHANGED:
        return sheet(put.sheet, page, put_toast(put))
    wire = on_the_wire(put.sheet.place)
    wanted = WITHDRAWN if put.value is None else ON_THE_WIRE.get(put.value, put.value)
    question = _("Withdraw it?") if put.value is None else _("Replace it by {value}?").format(value=esc(put.value))
    again = PutTermMark(student=put.student.id, value=wanted, seen=put.rev, page=page, **wire)
    lines = [f"<b>{esc(put.student.full)}</b>", f"{esc(put_toast(put))} {question}"]
    return Screen("\n".join(lines), [[tap(_("Replace"), again)], [tap(_("Back"), OpenGrid(page=page, **wire))]])


def put_toast(put: TermMarkPut) -> str:
    """What the answer to a tap says, with the full name."""
    if put.outcome is Outcome.ALREADY:
        return _("Already saved.")
    if put.outcome is Outcome.CHANGED:
        if put.standing is None:
            return _("It has changed meanwhile.")
        return _("Changed: {author}, {hour} — {value}.").format(
            author=put.standing.author,
            hour=f"{put.standing.at:%H:%M}",
            value=put.standing.value if put.standing.value is not None else _("the mark is withdrawn"),
        )
    value = put.value if put.value is not None else _("the mark is withdrawn")
    return f"{put.student.usual} — {value}"


def accepted(view: Sheet, count: int) -> tuple[Screen, str]:
    """The grid after «Принять все», and the tap's answer."""
    if count == 0:
        said = _("There was nothing to accept.")
    else:
        said = ngettext("{count} mark is drafted.", "{count} marks are drafted.", count).format(count=count)
    return sheet(view, 0, said), said


def sent(done: Sent) -> tuple[Screen, str]:
    """The grid after «Выставить и отправить», and the tap's answer."""
    if done.outcome is Outcome.ALREADY:
        said = _("These marks had been sent before.")
    elif done.outcome is Outcome.CHANGED:
        said = _("The marks have changed meanwhile. Look at them once more.")
    else:
        day = words.day(done.told_at.date(), done.sheet.today)
        said = ngettext("{count} mark is issued.", "{count} marks are issued.", done.count).format(count=done.count)
        said += " " + _("Families are told {day} at {hour}.").format(day=day, hour=f"{done.told_at:%H:%M}")
    return sheet(done.sheet, 0, said), said


def not_taken(view: Sheet, outcome: Outcome) -> tuple[Screen, str]:
    """The grid after «Никто не сдавал», and the tap's answer."""
    said = _("Already saved.") if outcome is Outcome.ALREADY else _("Written down: no results are waited for.")
    return sheet(view), said


def class_forecast(view: ClassForecast) -> Screen:
    """How the term would end as it stands."""
    spread = view.spread
    lines = [heading(view.sheet), _("If the term ended today:")]
    lines += [f"{value} — {count}" for value, count in spread.counts if count]
    if spread.blank:
        lines.append(_("no marks — {count}").format(count=spread.blank))
    if spread.quality is not None:
        lines.append(
            _("Quality {quality} %, success {success} %").format(quality=spread.quality, success=spread.success)
        )
    if view.at_risk:
        title = _("At risk:")
        lines += ["", f"<b>{title}</b>"]
        nothing = _("no marks")
        for name, value in view.at_risk[:NAMES_AT_RISK]:
            lines.append(f"{esc(name.usual)} — {esc(value if value is not None else nothing)}")
        if len(view.at_risk) > NAMES_AT_RISK:
            lines.append(_("And {count} more.").format(count=len(view.at_risk) - NAMES_AT_RISK))
    return Screen("\n".join(lines), [[tap(_("Back"), open_grid(view.sheet.place))]])
