"""«Не придёт»: a guardian's note step by step, and the note as its homeroom teacher sees it."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.absence_notes import (
    AskToDecline,
    AskToShorten,
    ConfirmNote,
    DeclineNote,
    NoteDays,
    NoteForChild,
    NoteSince,
    NoteWhy,
    OpenClassNotes,
    OpenNote,
    OpenNoteDays,
    OpenOwnNote,
    SendNote,
    ShortenNote,
    StartNote,
    WithdrawNote,
)
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.homeroom import OpenClass
from handlers.callbacks.threads import WriteToTeacher
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from services import words
from services.absence_notes.deciding import WHY
from services.absence_notes.views import (
    Child,
    ClassNotes,
    DayChoice,
    Note,
    NoteDraft,
    NoteSent,
    NoteStart,
    said_reason,
    school_days,
)
from services.i18n import N_
from services.i18n import gettext as _
from services.rules.short_names import initials
from storage.vocabulary import NoteReason, NoteState

LABEL = 30
WEEKS = 4  # on a page of days
SIGNS = {NoteState.ASKED: "⏳", NoteState.CONFIRMED: "✅", NoteState.DECLINED: "✖️", NoteState.WITHDRAWN: "✖️"}
REASONS = {
    NoteReason.ILL: N_("Is ill"),
    NoteReason.DOCTOR: N_("Sees a doctor"),
    NoteReason.FAMILY: N_("Family reasons"),
    NoteReason.OTHER: N_("Another reason"),
}


def start(view: NoteStart) -> Screen:
    """Which child, or when; and the guardian's notes that aren't over."""
    title = _("Will not come to school")
    lines = [f"<b>{title}</b>"]
    if view.child is None:
        lines.append(_("Which child?"))
        children = [tap(shortened(one.name, LABEL), NoteForChild(student=one.student_id)) for one in view.children]
        return Screen("\n".join(lines), [*grid(children, 2), *_own_rows(view.notes), [tap(_("Menu"), OpenMenu())]])
    lines[0] = f"<b>{esc(view.child.name)}</b> · {title}"
    lines.append(_("When? You may also write it: “until 12.04”, or “10.04 to 12.04”."))
    near = [tap(_near(on, view.today), _one_day(view.child, on)) for on in view.days[:2]]
    rows = [near] if near else []
    rows.append([tap(_("Other days"), OpenNoteDays(student=view.child.student_id, page=0))])
    rows += _own_rows(view.notes)
    back = StartNote() if len(view.children) > 1 else OpenMenu()
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def days(view: DayChoice, page: int) -> Screen:
    """School days to choose from, a week a row."""
    weeks = _weeks(view.days)
    shown, page, pages = page_of(weeks, page, 1, WEEKS)
    lines = [f"<b>{esc(view.child.name)}</b> · " + _("Will not come to school")]
    student = view.child.student_id
    rows: list[list[Button]] = []
    if view.since is None:
        lines.append(_("From which day?"))
        rows += _calendar(shown, lambda on: NoteSince(student=student, since=on.isoformat(), page=0))
        rows += pager(page, pages, lambda other: OpenNoteDays(student=student, page=other))
        back: CallbackData = NoteForChild(student=student)
    else:
        since = view.since.isoformat()
        lines.append(_("From {day}. Until which day, itself included?").format(day=words.day_and_month(view.since)))
        only = _("Only {day}").format(day=words.weekday(view.since))
        rows.append([tap(shortened(only, LABEL), _one_day(view.child, view.since))])
        rows += _calendar(shown, lambda on: NoteDays(student=student, since=since, until=on.isoformat()))
        rows += pager(page, pages, lambda other: NoteSince(student=student, since=since, page=other))
        back = OpenNoteDays(student=student, page=0)
    if shown:
        lines.append(words.days(shown[0][0], shown[-1][-1]))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def reason_choice(view: NoteDraft) -> Screen:
    """Why?"""
    place = _place(view)
    buttons = [tap(_(label), NoteWhy(**place, reason=reason)) for reason, label in REASONS.items()]
    rows = [buttons[:2], *([one] for one in buttons[2:])]
    text = f"{_who_and_when(view)}\n" + _("Why? You may also write it in your own words.")
    return Screen(text, [*rows, [tap(_("Back"), NoteForChild(student=view.child.student_id))]])


def shown_back(view: NoteDraft) -> Screen:
    """The whole note before it is sent."""
    assert view.reason is not None
    lines = [_who_and_when(view), _("Reason: {reason}.").format(reason=said_reason(view.reason))]
    if view.words:
        lines.append(f"«{esc(view.words)}»")
    rows: list[list[Button]] = []
    if view.reason is NoteReason.OTHER and not view.words:
        lines += ["", _("Write in a few words why: the homeroom teacher decides by them.")]
    else:
        rows.append([tap(_("Send"), SendNote(**_place(view), reason=view.reason))])
        if not view.words:
            lines += ["", _("To add something, just write it.")]
    place = {"since": view.from_on.isoformat(), "until": view.until_on.isoformat()}
    back = NoteDays(student=view.child.student_id, **place)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def sent(view: NoteSent) -> Screen:
    """The note is with the homeroom teacher."""
    note = view.note
    lines = [f"✉️ {_who(note)}", _("Reason: {reason}.").format(reason=said_reason(note.reason)), ""]
    if view.told:
        lines.append(_("The note is sent to the homeroom teacher. You will be told the answer."))
    else:
        lines.append(
            _("The note is written down, but the homeroom teacher isn't connected here yet: call the school as well.")
        )
    return Screen("\n".join(lines), [[tap(_("Change"), OpenOwnNote(note=note.id))], [tap(_("Menu"), OpenMenu())]])


def own(note: Note) -> Screen:
    """An own note: how it stands, and what may be done."""
    lines = [_who(note), _("Reason: {reason}.").format(reason=said_reason(note.reason))]
    if note.words:
        lines.append(f"«{esc(note.words)}»")
    lines += ["", _state(note)]
    rows: list[list[Button]] = []
    if note.stands:
        if note.until_on > max(note.from_on, note.today - timedelta(days=1)):
            rows.append([tap(_("Comes back earlier"), AskToShorten(note=note.id))])
        if note.state is NoteState.ASKED or note.from_on >= note.today:
            rows.append([tap(_("Withdraw the note"), WithdrawNote(note=note.id))])
    if note.state is NoteState.DECLINED:
        rows.append([tap(_("Write to a teacher"), WriteToTeacher())])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), StartNote())]])


def shortening(note: Note, ends: Sequence[date]) -> Screen:
    """The last day of the absence, among the earlier ones."""
    lines = [_who(note), _("Which is the last day of the absence?")]
    seen = note.until_on.isoformat()
    rows = _calendar(_weeks(ends)[:WEEKS], lambda on: ShortenNote(note=note.id, until=on.isoformat(), seen=seen))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenOwnNote(note=note.id))]])


def class_notes(view: ClassNotes, page: int = 0) -> Screen:
    """The notes of a class: those that await a decision first."""
    title = _("Absence notes")
    lines = [f"<b>{esc(view.name)}</b> · {title}"]
    if not view.notes:
        lines.append(_("No note awaits you, and nobody is excused for the days to come."))
    shown, page, pages = page_of(view.notes, page, 1)
    rows = [[tap(_line(one), OpenNote(note=one.id))] for one in shown]
    rows += pager(page, pages, lambda other: OpenClassNotes(school_class=view.class_id, page=other))
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenClass(school_class=view.class_id))]])


def note(view: Note) -> Screen:
    """A note as the homeroom teacher reads and decides it."""
    who = view.guardian if view.relation is None else f"{view.guardian} ({words.relation(view.relation)})"
    lines = [
        f"<b>{esc(view.student.usual)}, {esc(view.class_name)}</b>",
        _("Will not come: {days}, {reason}.").format(
            days=words.days(view.from_on, view.until_on), reason=said_reason(view.reason)
        ),
        *([f"«{esc(view.words)}»"] if view.words else []),
        f"— {esc(who)}",
        "",
        _state(view),
    ]
    rows: list[list[Button]] = []
    if view.state is NoteState.ASKED:
        rows.append([tap(_("Confirm"), ConfirmNote(note=view.id)), tap(_("Decline"), AskToDecline(note=view.id))])
    if view.class_id is not None:
        rows.append([tap(_("All notes"), OpenClassNotes(school_class=view.class_id, page=0))])
    return Screen("\n".join(lines), rows)


def declining(view: Note) -> Screen:
    """Why a note is declined."""
    text = note(view).text + "\n\n" + _("Why do you decline it? Choose, or write it: the guardian will read it.")
    rows = [[tap(_(said), DeclineNote(note=view.id, why=why))] for why, said in WHY.items()]
    return Screen(text, [*rows, [tap(_("Back"), OpenNote(note=view.id))]])


def toast(view: Note) -> str:
    """What the answer to a decision says."""
    return {
        NoteState.CONFIRMED: _("Confirmed: the reason stands in the journal"),
        NoteState.DECLINED: _("Declined, the guardian is told"),
        NoteState.WITHDRAWN: _("The note is withdrawn"),
        NoteState.ASKED: _("The note awaits a decision."),
    }[view.state]


def _state(note: Note) -> str:
    """How a note stands, in words."""
    match note.state:
        case NoteState.ASKED:
            return "⏳ " + _("The note awaits a decision.")
        case NoteState.CONFIRMED:
            return "✅ " + _("Confirmed: {name}.").format(name=esc(note.decided_by or ""))
        case NoteState.DECLINED:
            return "✖️ " + _("Declined: {name}. {why}").format(name=esc(note.decided_by or ""), why=esc(note.answer))
        case NoteState.WITHDRAWN:
            return "✖️ " + _("Withdrawn by the guardian.")


def _who(note: Note) -> str:
    days_ = words.days(note.from_on, note.until_on)
    return _("<b>{name}</b> will not come: {days}.").format(name=esc(note.student.first), days=days_)


def _who_and_when(view: NoteDraft) -> str:
    said = words.day(view.from_on, view.today) if view.days == 1 else words.days(view.from_on, view.until_on)
    if view.days > 1:
        said = f"{said} ({school_days(view.days)})"
    return _("<b>{name}</b> will not come: {days}.").format(name=esc(view.child.name), days=said)


def _line(one: Note) -> str:
    sign = SIGNS[one.state]
    tail = f" · {words.days(one.from_on, one.until_on)}"
    name = initials(one.student.last, one.student.first)
    return f"{sign} {shortened(name, LABEL - len(tail) - 3)}{tail}"


def _own_rows(notes: Sequence[Note]) -> list[list[Button]]:
    return [
        [
            tap(
                shortened(f"{SIGNS[one.state]} {one.student.first}: {words.days(one.from_on, one.until_on)}", LABEL),
                OpenOwnNote(note=one.id),
            )
        ]
        for one in notes[:4]
    ]


def _near(on: date, today: date) -> str:
    if on == today:
        return _("Today")
    if on == today + timedelta(days=1):
        return _("Tomorrow")
    return words.weekday(on)


def _one_day(child: Child, on: date) -> NoteDays:
    return NoteDays(student=child.student_id, since=on.isoformat(), until=on.isoformat())


def _place(view: NoteDraft) -> dict[str, int | str]:
    return {
        "student": view.child.student_id,
        "since": view.from_on.isoformat(),
        "until": view.until_on.isoformat(),
    }


def _weeks(found: Sequence[date]) -> list[list[date]]:
    """School days, a list a week."""
    weeks: dict[date, list[date]] = {}
    for on in found:
        weeks.setdefault(on - timedelta(days=on.weekday()), []).append(on)
    return list(weeks.values())


def _calendar(weeks: Sequence[Sequence[date]], button: Callable[[date], CallbackData]) -> list[list[Button]]:
    return [[tap(words.short_day(on), button(on)) for on in week] for week in weeks]
