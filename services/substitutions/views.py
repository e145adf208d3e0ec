"""What the screens of substitutions show, and why some can't be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.arrangements import Arranged, Conflict, Replaced
from services.changes import Outcome
from services.errors import SchoolError
from services.i18n import N_
from services.rules.short_names import Named
from services.rules.substitutes import Candidate
from storage.vocabulary import ChangeReason, LeaveKind, LessonId, PersonId


class NotTheirLesson(SchoolError):
    """Only a teacher of the lesson is replaced."""

    sentence = N_("This lesson isn't theirs any more. Open the day anew.")


class NotOnTheStaff(SchoolError):
    """Only somebody who teaches here may substitute."""

    sentence = N_("This person doesn't teach here on that day. Choose another one.")


class NobodyByName(SchoolError):
    """No teacher has such a name."""

    sentence = N_("No teacher's surname begins with “{text}”. Write its beginning, or choose from the list.")


@dataclass(frozen=True, slots=True)
class Leave:
    """An absence of an employee that covers a day; `until_on`: the first day back, None while nobody knows."""

    id: int
    kind: LeaveKind
    since_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody on leave, and how many of the day's lessons still have nobody to give them."""

    person: Named
    kind: LeaveKind
    uncovered: int


@dataclass(frozen=True, slots=True)
class ArrangedDay:
    """A day's changes, who is away, and who has lessons."""

    on_date: date
    today: date
    changed: Sequence[Arranged]
    away: Sequence[Away]
    teachers: Sequence[Named]


@dataclass(frozen=True, slots=True)
class TeacherDay:
    """The lessons of an absent teacher's day. `offers`: whom to put into each that nobody gives, by its id.

    `for_all`: who is free in all of those.
    """

    on_date: date
    today: date
    teacher: Named
    leave: Leave | None
    lessons: Sequence[Arranged]
    offers: Mapping[LessonId, Named]
    for_all: Sequence[Named]

    def is_open(self, lesson: Arranged) -> bool:
        """Whether a lesson still waits for somebody to give it."""
        return lesson.held and lesson.of(PersonId(self.teacher.id)) is None

    @property
    def uncovered(self) -> Sequence[Arranged]:
        """The lessons that nobody gives yet."""
        return [one for one in self.lessons if self.is_open(one)]


@dataclass(frozen=True, slots=True)
class LessonChoice:
    """What may be done about one lesson of an absent teacher: `standing`, the substitution; `offered`, who is free."""

    lesson: Arranged
    today: date
    absent: Named
    standing: Replaced | None
    offered: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class ReasonAsked:
    """A substitution that still wants a reason, or a word that the conflicts are meant; a typed reason is awaited.

    `reason` is known already where only the conflicts are in question.
    """

    lesson: Arranged
    today: date
    absent: Named
    substitute: Named
    seen: int
    conflicts: Sequence[Conflict]
    reason: ChangeReason | None


@dataclass(frozen=True, slots=True)
class DayReasonAsked:
    """All of a day's lessons to one substitute (None: each to the offered one), and why; a typed reason is awaited."""

    day: TeacherDay
    substitute: Named | None


@dataclass(frozen=True, slots=True)
class SubstitutionPut:
    """What became of a tap on a substitute, with the lesson as it stands."""

    outcome: Outcome
    choice: LessonChoice


@dataclass(frozen=True, slots=True)
class DayPut:
    """How many lessons got a substitute at once, with the day as it stands."""

    put: int
    day: TeacherDay


@dataclass(frozen=True, slots=True)
class NamesFound:
    """Whom a typed surname may mean, for a lesson's substitute or (no lesson) for the absent teacher of a day."""

    people: Sequence[Named]
    on_date: date
    lesson: Arranged | None
    absent: Named | None
    seen: int
