"""The words of the school and its journal. Standard library only."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in the school; one person may be several (regulation §2)."""

    DIRECTOR = "director"
    DEPUTY = "deputy"
    ADMINISTRATOR = "administrator"
    SECRETARY = "secretary"
    TEACHER = "teacher"
    EDUCATOR = "educator"
    GUARDIAN = "guardian"
    STUDENT = "student"


STAFF_ROLES = frozenset({Role.DIRECTOR, Role.DEPUTY, Role.ADMINISTRATOR, Role.SECRETARY, Role.TEACHER, Role.EDUCATOR})


class TermKind(StrEnum):
    """How a level's year is divided (regulation §13)."""

    QUARTER = "quarter"
    TRIMESTER = "trimester"
    HALF_YEAR = "half_year"


class DayKind(StrEnum):
    """An exception in the school's calendar."""

    HOLIDAY = "holiday"
    WORKING = "working"


class RecordForm(StrEnum):
    """Where a course is recorded (О п.4.9)."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class LessonState(StrEnum):
    """What became of a dated lesson (В 2.3); that it was held, its record says."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    MOVED = "moved"  # held as another lesson, which points here
    SUBSTITUTED = "substituted"


class LeaveKind(StrEnum):
    """Why an employee is away."""

    SICK = "sick"
    LEAVE = "leave"
    TRIP = "trip"
    OTHER = "other"


class ChangeReason(StrEnum):
    """Why a lesson is given by another, cancelled or moved, where a button says it; else it is typed (В 2.3)."""

    SICK = "sick"
    COURSE = "course"
    FAMILY = "family"
    LEAVE = "leave"
    TRIP = "trip"
    EVENT = "event"
    NOBODY = "nobody"  # to give it
    COLD = "cold"
    CLOSED = "closed"  # the building or room
    CLINIC = "clinic"  # quarantine


class RecordPart(StrEnum):
    """The parts of a lesson's record, each a chain of immutable revisions."""

    TOPIC = "topic"
    ATTENDANCE = "attendance"
    HOMEWORK = "homework"


class HomeworkWay(StrEnum):
    """The way homework is done (О 2.7)."""

    WRITTEN = "written"
    ORAL = "oral"
    BY_HEART = "by_heart"
    READING = "reading"
    PRACTICAL = "practical"


class FileKind(StrEnum):
    """What an attached file is to the messenger."""

    PHOTO = "photo"
    DOCUMENT = "document"


class AttendanceCode(StrEnum):
    """What a teacher says of a student in a lesson."""

    PRESENT = "present"
    ABSENT = "absent"
    LATE = "late"


class AbsenceReason(StrEnum):
    """Why a student was absent, set by the homeroom teacher: Б, У, Н (М кл.рук. а)."""

    ILL = "ill"
    VALID = "valid"
    INVALID = "invalid"


class WorkKind(StrEnum):
    """The kind of work a mark was given for (О 2.6; В 4.4.6)."""

    ANSWER = "answer"
    HOMEWORK = "homework"
    INDEPENDENT = "independent"
    CONTROL = "control"
    TEST = "test"
    LABORATORY = "laboratory"
    PRACTICAL = "practical"
    DICTATION = "dictation"
    ESSAY = "essay"
    PROJECT = "project"
    EXAM = "exam"
    OTHER = "other"


class TermScope(StrEnum):
    """What a term mark stands for (О 2.8)."""

    TERM = "term"
    YEAR = "year"
    EXAM = "exam"
    FINAL = "final"
    STATE_EXAM = "state_exam"  # ГИА (В 4.4.5)


EXEMPT = "ОСВ"  # освобождён or освоено (О 2.8): stands where a mark would, enters no average
NOT_ASSESSED = "Н/А"  # не аттестован


class RequestState(StrEnum):
    """What became of a request to correct a mark."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by who asked


class VerificationKind(StrEnum):
    """What a homeroom teacher verified."""

    ATTENDANCE = "attendance"  # weekly (В 4.3.1, 4.3.6)
    CONTACTS = "contacts"  # monthly (В 4.3.5)


class ClockKind(StrEnum):
    """The clocks of the regulation that teachers live by (regulation §12)."""

    LESSON = "lesson"  # topic and attendance: the same school day
    HOMEWORK = "homework"
    WRITTEN_WORK = "written_work"
    CHECKED_WORK = "checked_work"  # «Проверил» was pressed: that day
    TERM_MARKS = "term_marks"
    RESULTS = "results"  # exam and final results: 24 h
    STATE_EXAM = "state_exam"  # ГИА: 2 days
    VERIFICATION = "verification"
    CLASS_LISTS = "class_lists"  # 25 August
    PLANS = "plans"  # 1 September
    SECTIONS = "sections"  # 5 September
    BRIEFING = "briefing"  # the homeroom teacher informs the families: once in two weeks (М кл.рук. в)
    CONTACTS = "contacts"  # and verifies their contacts: monthly (В 4.3.5)
    PRINTED = "printed"  # and prints for those without electronic form (О 1.6; В 4.6.7)


class ClockState(StrEnum):
    """How one thing a clock asks for stands."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done_late"


class Relation(StrEnum):
    """Who the guardian is to the student."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    OTHER = "other"
