"""A lesson as it is read from the base, with its standing to who asked: rights, times, record, columns of marks."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from storage.repositories.records import RecordRow
from storage.vocabulary import LessonId, LessonState, RecordForm, RecordPart, SchoolId, WorkKind


@dataclass(frozen=True, slots=True)
class Audience:
    """A class, or a subgroup of it, in a lesson."""

    class_id: int
    class_name: str
    level: int
    short_stay: bool
    subgroup_id: int | None
    subgroup: str | None


@dataclass(frozen=True, slots=True)
class WorkCount:
    """How many marks stand in a column."""

    kind: WorkKind
    ordinal: int
    marks: int


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson with its standing; `mine` and `substitute` are about who asked, moments are aware UTC.

    `closed_terms`: kinds of the closed terms its date lies in; `kinds`: of its columns of marks. Only a whole lesson
    has what follows, a tap on a student has no need of it. `day_ends_at`: the end of the last held lesson that its
    students have that day, None where none is. `parts`: the newest revisions of the record; `works`: its columns that
    have marks. `handed_over`: a substitute gives the lesson for who asked; `substitutions`: «Чехов А. → Бунина И.».
    """

    id: LessonId
    school_id: SchoolId
    year_id: int
    subject_id: int
    subject: str
    record_form: RecordForm
    on_date: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    room: str
    state: LessonState
    state_reason: str
    timezone: str
    regulation: dict[str, Any]
    mine: bool
    substitute: bool
    closed_terms: frozenset[str]
    year_closed: bool
    kinds: frozenset[WorkKind]
    day_ends_at: datetime | None
    audiences: tuple[Audience, ...]
    parts: dict[RecordPart, RecordRow]
    works: tuple[WorkCount, ...]
    files: int = 0
    personal: int = 0
    handed_over: bool = False
    substitutions: tuple[str, ...] = ()
