"""The one door to lessons, students and classes: each function loads and authorises, one condition a line.

An id in a button is a reference and gives no right. What is another school's, and what is not there, look the same.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services import words
from services.actor import Actor
from services.errors import NotFoundHere, NotYourLesson, SchoolError
from services.i18n import N_
from services.rules import clocks, windows
from services.rules.regulation import Regulation
from services.rules.windows import LessonSpan, Refusal
from storage.repositories import lessons, rights
from storage.repositories.lesson_rows import LessonRow
from storage.repositories.rights import ClassRow, StudentRow
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, ClassId, LessonId, PersonId, RecordPart, Role, WorkKind


class NotYourStudent(SchoolError):
    """The student is nobody of this person's."""

    sentence = N_("This record isn't available to you.")


class NotYourClass(SchoolError):
    """The class has another homeroom teacher (О 2.4)."""

    sentence = N_("This class has another homeroom teacher.")


class NotInLesson(SchoolError):
    """The student doesn't sit in this lesson."""

    sentence = N_("This student isn't on the list of the lesson. Open the lesson anew.")


class LessonAhead(SchoolError):
    """The lesson has not begun (В 4.4.3)."""

    sentence = N_("The lesson begins {day} at {hour}. It can be recorded from the bell on.")


class LessonNotHeld(SchoolError):
    """The lesson was cancelled or moved (В 2.3)."""

    sentence = N_(
        "This lesson was cancelled or moved and takes no record. If it was held, tell the journal's administrator."
    )


class LessonOnPaper(SchoolError):
    """The course is kept on paper (О п.4.9)."""

    sentence = N_("This course is kept in a paper journal. It has no record here.")


class TermClosed(SchoolError):
    """The lesson's term or year is closed."""

    sentence = N_("The term of this lesson is closed. A correction goes through the deputy head.")


class NoHomeworkHere(SchoolError):
    """Class 1 and short-stay groups have no homework (В 3.8)."""

    sentence = N_("Class 1 and short-stay groups have no homework ({clause}). Nothing is missing here.")


class NoMarksHere(SchoolError):
    """Class 1 and short-stay groups have no marks (В 3.8)."""

    sentence = N_("Class 1 and short-stay groups have no marks ({clause}). Nothing is missing here.")


class MarkDayOver(SchoolError):
    """A lesson's mark is entered on its day (О 2.5)."""

    sentence = N_(
        "The lesson was closed on {day}: its marks are entered the same day ({clause}). "
        "A correction goes through the deputy head."
    )


class WrittenWorkOver(SchoolError):
    """A written work is marked within its days (О п.4.7, 2.5)."""

    sentence = N_(
        "A written work of {day} could be marked until {until} ({clause}). A correction goes through the deputy head."
    )


class SubstituteOver(SchoolError):
    """A substitute's right ends with the lesson's clocks (В 4.4.8)."""

    sentence = N_("The substitution ended with {day}. The rest is entered by the subject's teacher or the deputy head.")


class LessonHandedOver(SchoolError):
    """A substitute gives the lesson and answers for its record (В 4.4.8)."""

    sentence = N_(
        "This lesson is given by a substitute, who keeps its record ({clause}). If you give it after all, ask for the "
        "substitution to be taken back."
    )


@dataclass(frozen=True, slots=True)
class OwnLesson:
    """A lesson that the actor teaches, with the rules of its school."""

    row: LessonRow
    zone: ZoneInfo
    regulation: Regulation

    @property
    def id(self) -> LessonId:
        """The lesson's id."""
        return self.row.id

    @property
    def audience(self) -> str:
        """Who sits in it: «7Б», «7Б (англ. 1)», «7А, 7Б»."""
        return ", ".join(
            one.class_name if one.subgroup is None else f"{one.class_name} ({one.subgroup})"
            for one in self.row.audiences
        )

    @property
    def takes_marks(self) -> bool:
        """Whether some class in it takes marks and homework (В 3.8)."""
        return any(self.regulation.takes_marks(one.level, one.short_stay) for one in self.row.audiences)

    @property
    def homework_due_at(self) -> datetime | None:
        """Until when its homework is on time (О 2.7); None without homework or a held lesson that day."""
        if self.row.day_ends_at is None or not self.takes_marks:
            return None
        return clocks.homework_due(self.row.day_ends_at, self.regulation, self.row.room, self.zone)

    def span(self, *, takes_marks: bool | None = None) -> LessonSpan:
        """What the windows ask; `takes_marks` of one student's class where it is about one student."""
        kinds = {self.regulation.term_kinds.get(str(one.level)) for one in self.row.audiences}
        return LessonSpan(
            on_date=self.row.on_date,
            starts_at=self.row.starts_at,
            state=self.row.state,
            record_form=self.row.record_form,
            zone=self.zone,
            closed=self.row.year_closed or bool(kinds & self.row.closed_terms),
            takes_marks=self.takes_marks if takes_marks is None else takes_marks,
            substitute=self.row.substitute,
            homework_due_at=self.homework_due_at,
            works=self.row.kinds,
            handed_over=self.row.handed_over,
        )


def own_lesson(row: LessonRow | None, actor: Actor | None = None) -> OwnLesson:
    """The lesson, if the asker teaches it. Raises NotFoundHere, NotYourLesson (О 2.3; В 5.3).

    An actor who has left the staff teaches nothing any more, whatever the timetable says.
    """
    if row is None:
        raise NotFoundHere
    if not row.mine:
        raise NotYourLesson
    if actor is not None and not actor.roles & STAFF_ROLES:
        raise NotYourLesson
    return lesson_with_rules(row)


def lesson_with_rules(row: LessonRow) -> OwnLesson:
    """A lesson with its school's rules; whether it is the asker's, `row.mine` says."""
    return OwnLesson(row, ZoneInfo(row.timezone), Regulation.from_json(row.regulation))


async def access_lesson(uow: Uow, actor: Actor, lesson_id: LessonId) -> OwnLesson:
    """A lesson the actor teaches. Raises NotFoundHere, NotYourLesson."""
    return own_lesson(await lessons.find(uow, lesson_id, actor.school_id, actor.person_id), actor)


async def access_student(uow: Uow, actor: Actor, student_id: PersonId, today: date) -> StudentRow:
    """A student whose record the actor may read: an own child, or oneself. Raises NotFoundHere, NotYourStudent.

    A guardian's right is the open guardianship with application and consent, nothing that a button says (В 3.7).
    """
    student = await rights.student(uow, student_id, actor.school_id, actor.person_id, today)
    if student is None:
        raise NotFoundHere
    if student.guarded:
        return student
    if student.id == actor.person_id:
        return student
    raise NotYourStudent


async def access_class(uow: Uow, actor: Actor, class_id: ClassId, today: date) -> ClassRow:
    """A class the actor is homeroom teacher of. Raises NotFoundHere, NotYourClass."""
    found = await rights.school_class(uow, class_id, actor.school_id, actor.person_id, today)
    if found is None:
        raise NotFoundHere
    if not found.led:
        raise NotYourClass
    if not actor.roles & STAFF_ROLES:
        raise NotYourClass
    return found


async def access_class_office(uow: Uow, actor: Actor, class_id: ClassId, today: date) -> ClassRow:
    """A class for whoever hands out its access: its homeroom teacher, or the administrator (В 3.1, 4.1.10).

    Raises NotFoundHere, NotYourClass.
    """
    if Role.ADMINISTRATOR not in actor.roles:
        return await access_class(uow, actor, class_id, today)
    found = await rights.school_class(uow, class_id, actor.school_id, actor.person_id, today)
    if found is None:
        raise NotFoundHere
    return found


def refusal_to_record(lesson: OwnLesson, part: RecordPart, now: datetime) -> SchoolError | None:
    """The refusal that says why this part of the record may not be entered now, and what to do instead."""
    refusal = windows.why_not_record(lesson.span(), part, now, lesson.regulation)
    return None if refusal is None else _said(refusal, lesson, now)


def ensure_record_open(lesson: OwnLesson, part: RecordPart, now: datetime) -> None:
    """Raises the refusal that `refusal_to_record` finds."""
    refusal = refusal_to_record(lesson, part, now)
    if refusal is not None:
        raise refusal


def refusal_to_mark(
    lesson: OwnLesson, kind: WorkKind, now: datetime, *, takes_marks: bool | None = None
) -> SchoolError | None:
    """The refusal that says why no mark of this kind may be entered now, and what to do instead.

    `takes_marks`: whether the class of the one student in question does.
    """
    refusal = windows.why_not_mark(lesson.span(takes_marks=takes_marks), kind, now, lesson.regulation)
    return None if refusal is None else _said(refusal, lesson, now, kind)


def ensure_marks_open(lesson: OwnLesson, kind: WorkKind, now: datetime, *, takes_marks: bool | None = None) -> None:
    """Raises the refusal that `refusal_to_mark` finds."""
    refusal = refusal_to_mark(lesson, kind, now, takes_marks=takes_marks)
    if refusal is not None:
        raise refusal


def _said(refusal: Refusal, lesson: OwnLesson, now: datetime, kind: WorkKind = WorkKind.OTHER) -> SchoolError:
    clauses = lesson.regulation.clauses
    on = words.day_and_month(lesson.row.on_date)
    match refusal:
        case Refusal.AHEAD:
            day = words.day(lesson.row.on_date, now.astimezone(lesson.zone).date())
            return LessonAhead(day=day, hour=words.hour(lesson.row.starts_at, lesson.zone))
        case Refusal.NOT_HELD:
            return LessonNotHeld()
        case Refusal.ON_PAPER:
            return LessonOnPaper()
        case Refusal.TERM_CLOSED:
            return TermClosed()
        case Refusal.NO_HOMEWORK_HERE:
            return NoHomeworkHere(clause=clauses["first_class"])
        case Refusal.NO_MARKS_HERE:
            return NoMarksHere(clause=clauses["first_class"])
        case Refusal.MARK_DAY_OVER:
            return MarkDayOver(day=on, clause=clauses["marks"])
        case Refusal.WRITTEN_WORK_OVER:
            last = lesson.row.on_date + timedelta(days=lesson.regulation.days_to_mark(kind))
            return WrittenWorkOver(day=on, until=words.day_and_month(last), clause=clauses["written_work"])
        case Refusal.HANDED_OVER:
            return LessonHandedOver(clause=clauses["substitution"])
        case Refusal.SUBSTITUTE_OVER:
            last_moment = windows.clocks_end(lesson.span(), lesson.regulation) - clocks.A_MOMENT
            return SubstituteOver(day=words.day_and_month(last_moment.astimezone(lesson.zone).date()))
