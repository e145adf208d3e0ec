"""Notes as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.i18n import N_, gettext, ngettext
from services.rules.short_names import Named
from storage.repositories.absence_notes import NoteRow
from storage.vocabulary import ClassId, NoteId, NoteReason, NoteState, PersonId, Relation

REASONS = {
    NoteReason.ILL: N_("is ill"),
    NoteReason.FAMILY: N_("family reasons"),
    NoteReason.DOCTOR: N_("sees a doctor"),
    NoteReason.OTHER: N_("another reason"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it stands, days inclusive. `decided_by`: a surname; `answer`: why it was declined.

    `relation` None: who wrote it is nobody's guardian any more. `today`: the school's date.
    """

    id: NoteId
    student: Named
    class_id: ClassId | None
    class_name: str
    guardian: str
    relation: Relation | None
    from_on: date
    until_on: date
    reason: NoteReason
    words: str
    state: NoteState
    decided_by: str | None
    answer: str
    today: date

    @property
    def over(self) -> bool:
        """Whether its last day has passed."""
        return self.until_on < self.today

    @property
    def stands(self) -> bool:
        """Whether it is open or confirmed, and not over."""
        return self.state in {NoteState.ASKED, NoteState.CONFIRMED} and not self.over


def view_of(row: NoteRow, today: date) -> Note:
    """A note of a row."""
    return Note(
        id=row.id,
        student=Named(row.student_id, row.student_last, row.student_first, row.student_middle),
        class_id=row.class_id,
        class_name=row.class_name,
        guardian=" ".join(part for part in (row.guardian_last, row.guardian_first, row.guardian_middle) if part),
        relation=row.relation,
        from_on=row.from_on,
        until_on=row.until_on,
        reason=row.reason,
        words=row.words,
        state=row.state,
        decided_by=row.decided_by,
        answer=row.answer,
        today=today,
    )


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the guardian who may be excused."""

    student_id: PersonId
    name: str


@dataclass(frozen=True, slots=True)
class NoteStart:
    """«Не придёт»: the child, when, and the guardian's own notes that aren't over.

    `child` None: it is to be chosen of `children`. `days`: the school days a note may begin with, the next one first.
    """

    children: Sequence[Child]
    child: Child | None
    days: Sequence[date]
    today: date
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day to be chosen: the first of the absence, or, with `since`, the last."""

    child: Child
    since: date | None
    days: Sequence[date]
    today: date


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note being written, shown back; `reason` None: it is to be chosen."""

    child: Child
    from_on: date
    until_on: date
    days: int
    today: date
    reason: NoteReason | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class NoteSent:
    """A note that awaits its decision; `told`: a homeroom teacher was written to."""

    note: Note
    told: bool
    already: bool = False


@dataclass(frozen=True, slots=True)
class ClassNotes:
    """The notes of a class for its homeroom teacher: those that await a decision first."""

    class_id: ClassId
    name: str
    today: date
    notes: Sequence[Note]


def said_reason(reason: NoteReason) -> str:
    """«болеет»."""
    return gettext(REASONS[reason])


def school_days(count: int) -> str:
    """«3 учебных дня»."""
    return ngettext("{count} school day", "{count} school days", count).format(count=count)
