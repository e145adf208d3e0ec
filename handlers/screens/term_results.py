"""«Итоги»: the school's classes in a term, a class by subject, closing, received results, and a child's results."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.family import OpenDiaryDay, OpenMenu
from handlers.callbacks.finals import (
    AskToClose,
    ChooseReceiptClass,
    ChooseReceiptSubject,
    ChooseReceivedAt,
    CloseTerm,
    OpenClassResults,
    OpenDoubts,
    OpenGrid,
    OpenReceipts,
    OpenTerm,
    RegisterReceipt,
)
from handlers.callbacks.homeroom import OpenClass
from handlers.callbacks.reading import Acknowledge
from handlers.screen import ROWS_OF_NAMES, Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.finals import SIGNS, SPANS_A_ROW, hint, on_the_wire
from handlers.screens.names import WIDTHS
from handlers.screens.reading import acknowledged
from services import words
from services.finals.closing import ClassView, Doubt, Overview, SubjectDoubts
from services.finals.family import ChildResults
from services.finals.grid import scope_words
from services.finals.reading import OwnReading
from services.finals.receipts import Receipt, Receivable
from services.finals.spans import Span
from services.i18n import gettext as _
from services.i18n import ngettext
from services.letters.typeset import cut, fits
from services.rules.finals import Hint
from storage.vocabulary import ClassId, PersonId, SubjectId, TermKind, TermScope

DAYS_OFFERED = 4
HOURS = range(7, 22)
HOURS_A_ROW = 4
DOUBTS_SHOWN = (8, 4, 2)


def overview(view: Overview, page: int = 0, note: str | None = None) -> Screen:
    """The classes with what they still owe; «Закрыть» when it is time."""
    shown, page, pages = page_of(view.classes, page, 2)
    blanks = sum(one.blanks for one in view.classes)
    title = _("Results")
    lines = [f"<b>{title}</b>, {scope_words(view.span)}", _when(view.span)]
    if note is not None:
        lines.append(esc(note))
    if not view.classes:
        lines.append(_("No class has had lessons in it."))
    elif blanks:
        lines.append(
            ngettext("{count} mark is still to be sent.", "{count} marks are still to be sent.", blanks).format(
                count=blanks
            )
        )
    else:
        lines.append(_("All marks have been sent."))
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    scope = {"scope": SIGNS[view.span.scope.kind], "number": view.span.scope.number}
    buttons = [
        tap(
            f"✅ {one.name}" if not one.blanks else f"{one.name} · {one.blanks}",
            OpenClassResults(school_class=one.class_id, page=0, **scope),
        )
        for one in shown
    ]
    rows = [*grid(buttons, 2), *pager(page, pages, lambda other: OpenTerm(page=other, **scope))]
    if view.may_close:
        rows.append([tap(_close(view.span), AskToClose(term=view.span.scope.number))])
    rows += _spans(view.spans, view.span, lambda span: OpenTerm(page=0, **_scope(span)))
    rows.append([tap(_("Results received"), OpenReceipts())])
    rows.append([tap(_("Menu"), OpenMenu())])
    return Screen("\n".join(lines), rows)


def ask_to_close(view: Overview) -> Screen:
    """Close the term: are you sure?"""
    text = _("Close {term} for the whole school? Marks, topics and attendance of it change only by request then.")
    rows = [
        [tap(_close(view.span), CloseTerm(term=view.span.scope.number))],
        [tap(_("Back"), OpenTerm(page=0, **_scope(view.span)))],
    ]
    return Screen(text.format(term=f"<b>{scope_words(view.span)}</b>"), rows)


def school_class(view: ClassView, page: int, *, controls: bool) -> Screen:
    """A class by subject; each opens its grid, to look at."""
    shown, page, pages = page_of(view.subjects, page, 1)
    lines = [f"<b>{esc(view.name)}</b>, {scope_words(view.span)}", _when(view.span)]
    lines.append(_("✅ sent, ✏️ a draft, ▫️ not begun.") if view.subjects else _("No class has had lessons in it."))
    for one in shown:
        left = one.nothing + one.drafts
        if left and one.teachers:
            said = f"{one.subject} ({one.subgroup})" if one.subgroup else one.subject
            lines.append(f"{esc(said)} — {esc(one.teachers)}")
    if pages > 1:
        lines.append(_("Page {page} of {pages}").format(page=page + 1, pages=pages))
    rows = []
    for one in shown:
        left = one.nothing + one.drafts
        sign = "✅" if not left else "✏️" if one.nothing < one.students else "▫️"
        tail = f" · {left}" if left else ""
        # A long subject is cut before its subgroup, which alone tells two such buttons apart.
        group = f" ({one.subgroup})" if one.subgroup else ""
        label = f"{sign} {shortened(one.subject, WIDTHS[1] - len(group) - len(tail) - 3)}{group}{tail}"
        rows.append([tap(label, OpenGrid(page=0, **on_the_wire(one.place)))])
    here = {"school_class": view.class_id}
    rows += pager(page, pages, lambda other: OpenClassResults(page=other, **here, **_scope(view.span)))
    if view.span.scope.kind is TermScope.TERM:
        rows.append([tap(_("Second look"), OpenDoubts(**here, **_scope(view.span)))])
    rows += _spans(view.spans, view.span, lambda span: OpenClassResults(page=0, **here, **_scope(span)))
    back = OpenTerm(page=0, **_scope(view.span)) if controls else OpenClass(school_class=view.class_id)
    rows.append([tap(_("Back"), back), tap(_("Menu"), OpenMenu())])
    return Screen("\n".join(lines), rows)


def doubts(view: ClassView, found: Sequence[SubjectDoubts]) -> Screen:
    """What deserves a second look in a class, by subject."""
    heading = _("Second look")
    title = f"<b>{heading}</b>\n{esc(view.name)}, {scope_words(view.span)}"
    text = title + "\n" + _("Nothing stands out.")
    for most in DOUBTS_SHOWN:
        blocks = [_doubts(one, most) for one in found]
        text = "\n\n".join([title, *blocks]) if blocks else text
        if fits(text):
            break
    back = OpenClassResults(school_class=view.class_id, page=0, **_scope(view.span))
    return Screen(text, [[tap(_("Back"), back)]])


def _doubts(one: SubjectDoubts, most: int) -> str:
    name = f"{one.subject} ({one.subgroup})" if one.subgroup else one.subject
    lines = [f"<b>{esc(cut(name, 60))}</b>"]
    if one.no_control:
        lines.append(hint(Hint.NO_CONTROL))
    far = [doubt for doubt in one.doubts if Hint.GAP in doubt.hints]
    if far:
        said = [f"{esc(doubt.name.usual)} {esc(doubt.value or '')} ({_average(doubt)})" for doubt in far[:most]]
        more = f" (+{len(far) - most})" if len(far) > most else ""
        lines.append(_("Far from the average: {names}").format(names=", ".join(said) + more))
    few = [doubt for doubt in one.doubts if Hint.FEW_MARKS in doubt.hints]
    if few:
        named = ", ".join(esc(doubt.name.usual) for doubt in few[:most])
        more = f" (+{len(few) - most})" if len(few) > most else ""
        lines.append(_("Few marks: {names}").format(names=named + more))
    return "\n".join(lines)


def _average(doubt: Doubt) -> str:
    return words.average(doubt.average) if doubt.average is not None else "—"


def receipts(found: Sequence[Receipt], note: str | None = None) -> Screen:
    """What was received, each with its clock; one opens its grid."""
    title = _("Results received")
    lines = [f"<b>{title}</b>"]
    if note is not None:
        lines.append(esc(note))
    if not found:
        lines.append(_("Nothing yet. Register exam and state exam results when they come: their clock starts then."))
    rows: list[list[Button]] = []
    for one in found[-ROWS_OF_NAMES:]:
        what = words.term_scope(one.scope.kind)
        head = f"{'✅' if one.issued else '▫️'} {esc(one.row.class_name)} {esc(one.row.subject)}, {what}"
        received = _moment(one.received_at)
        if one.issued:
            lines.append(_("{what}: received {received}").format(what=head, received=received))
        else:
            until = _moment(one.due_at)
            lines.append(
                _("{what}: received {received}, to be sent until {until}").format(
                    what=head, received=received, until=until
                )
            )
        for place, subgroup in one.places:
            label = f"{one.row.class_name} {one.row.subject}" + (f" ({subgroup})" if subgroup else "")
            tail = f" · {words.term_scope_button(one.scope.kind)}"
            label = shortened(label, WIDTHS[1] - len(tail)) + tail
            rows.append([tap(label, OpenGrid(page=0, **on_the_wire(place)))])
    rows.append([tap(_("Register results"), ChooseReceiptClass(page=0))])
    rows.append([tap(_("Back"), OpenTerm(page=0, scope=SIGNS[TermScope.TERM], number=0))])
    return Screen("\n".join(lines), rows)


def receipt_class(classes: Sequence[tuple[ClassId, str]], page: int) -> Screen:
    """Results came: of which class?"""
    shown, page, pages = page_of(classes, page, 2)
    sign = SIGNS[TermScope.EXAM]
    buttons = [
        tap(shortened(name, WIDTHS[2]), ChooseReceiptSubject(school_class=class_id, scope=sign, page=0))
        for class_id, name in shown
    ]
    rows = [*grid(buttons, 2), *pager(page, pages, lambda other: ChooseReceiptClass(page=other))]
    return Screen(_("Of which class have results come?"), [*rows, [tap(_("Back"), OpenReceipts())]])


def receipt_subject(view: Receivable, scope: TermScope, page: int) -> Screen:
    """Results of a class came: in which subject?"""
    shown, page, pages = page_of(view.subjects, page, 2)
    sign = SIGNS[scope]
    day = view.now.date().isoformat()

    def subject(subject_id: SubjectId, name: str) -> Button:
        at = ChooseReceivedAt(school_class=view.class_id, subject=subject_id, scope=sign, day=day)
        return tap(shortened(name, WIDTHS[2]), at)

    rows = grid((subject(*one) for one in shown), 2)
    rows += pager(page, pages, lambda other: ChooseReceiptSubject(school_class=view.class_id, scope=sign, page=other))
    if len(view.kinds) > 1:
        rows.append(
            [
                tap(
                    ("• " if kind is scope else "") + words.term_scope_button(kind),
                    ChooseReceiptSubject(school_class=view.class_id, scope=SIGNS[kind], page=0),
                )
                for kind in view.kinds
            ]
        )
    rows.append([tap(_("Back"), ChooseReceiptClass(page=0))])
    title = f"<b>{esc(view.name)}</b>, {words.term_scope(scope)}"
    return Screen("\n".join([title, _("In which subject?")]), rows)


def received_at(view: Receivable, subject_id: SubjectId, scope: TermScope, on: date) -> Screen:
    """Results came: at what hour of a day; only what is over is offered."""
    sign = SIGNS[scope]
    here = {"school_class": view.class_id, "subject": subject_id, "scope": sign}
    today = view.now.date()
    minute = view.now.hour * 60 + view.now.minute
    rows: list[list[Button]] = []
    if on == today:
        rows.append([tap(_("Now"), RegisterReceipt(day=on.isoformat(), minute=minute, **here))])
    hours = [hour for hour in HOURS if on < today or hour * 60 <= minute]
    rows += grid(
        (tap(f"{hour}:00", RegisterReceipt(day=on.isoformat(), minute=hour * 60, **here)) for hour in hours),
        HOURS_A_ROW,
    )
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_OFFERED))]
    rows.append(
        [
            tap(
                ("• " if day == on else "") + words.short_day(day),
                ChooseReceivedAt(day=day.isoformat(), **here),
            )
            for day in days
        ]
    )
    rows.append([tap(_("Back"), ChooseReceiptSubject(school_class=view.class_id, scope=sign, page=0))])
    subject = esc(dict(view.subjects).get(subject_id, ""))
    title = f"<b>{esc(view.name)} · {subject}</b>, {words.term_scope(scope)}"
    question = _("When did the results come: {day}?").format(day=words.day(on, today))
    return Screen("\n".join([title, question]), rows)


def child(view: ChildResults, today: date) -> Screen:
    """A child's results of the year."""
    title = _("Results")
    lines = [f"<b>{esc(view.first_name)}, {esc(view.class_name)}</b> · {title}"]
    if not view.subjects:
        lines.append(_("No results yet: they come at the end of a term."))
    for one in view.subjects:
        values = ", ".join(f"{scope_words(span)} — <b>{esc(value)}</b>" for span, value in one.values)
        lines.append(f"{esc(one.subject)}: {values}")
    rows = [[acknowledge(view.student_id, view.reading)]] if view.reading is not None else []
    back = OpenDiaryDay(student=view.student_id, day=today.isoformat())
    return Screen("\n".join(lines), [*rows, [tap(_("Diary"), back)], [tap(_("Menu"), OpenMenu())]])


def acknowledge(student_id: PersonId, reading: OwnReading) -> Button:
    """«Ознакомлен(а)»; pressed, since when."""
    label = _("I have seen it") if reading.read_at is None else acknowledged(reading.read_at)
    return tap(label, Acknowledge(student=student_id, seen=reading.seen))


def _scope(span: Span) -> dict[str, object]:
    return {"scope": SIGNS[span.scope.kind], "number": span.scope.number}


def _close(span: Span) -> str:
    match span.term_kind:
        case TermKind.TRIMESTER:
            return _("Close the trimester")
        case TermKind.HALF_YEAR:
            return _("Close the half-year")
        case _other:
            return _("Close the quarter")


def _button(span: Span) -> str:
    return words.term_scope_button(span.scope.kind, span.term_kind, span.ordinal)


def _spans(spans: Sequence[Span], chosen: Span, opens: Callable[[Span], CallbackData]) -> list[list[Button]]:
    if len(spans) < 2:
        return []
    return grid(
        (tap(("• " if span.scope == chosen.scope else "") + _button(span), opens(span)) for span in spans),
        SPANS_A_ROW,
    )


def _when(span: Span) -> str:
    if span.closed:
        return _("It is closed.")
    return _("Marks are entered from {since} to {until}.").format(
        since=words.day_and_month(span.window.opens_on), until=words.day_and_month(span.window.closes_on)
    )


def _moment(at: datetime) -> str:
    return f"{words.day_and_month(at.date())}, {at:%H:%M}"
