"""The school's regulation: every number the documents leave to the school, one value object (regulation §13)."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from storage.vocabulary import TermKind, WorkKind


def _default_weights() -> dict[str, int]:
    three = (WorkKind.CONTROL, WorkKind.TEST, WorkKind.EXAM)
    one = (WorkKind.ANSWER, WorkKind.HOMEWORK, WorkKind.OTHER)
    return {kind.value: 3 if kind in three else 1 if kind in one else 2 for kind in WorkKind}


def _default_term_kinds() -> dict[str, str]:
    return {str(level): (TermKind.HALF_YEAR if level >= 10 else TermKind.QUARTER).value for level in range(1, 12)}


def _default_clauses() -> dict[str, str]:
    return {
        "homework": "п. 2.7",
        "same_day": "п. 4.7",
        "marks": "п. 2.5",
        "written_work": "п. 2.5",
        "late_marks": "Инструкция, ж",
        "first_class": "п. 3.8",
        "own_lessons": "п. 2.3",
        "term_marks": "п. 2.8",
        "results": "Регламент, п. 2",
        "state_exam": "п. 4.4.5",
        "substitution": "п. 4.4.8",
        "subgroups": "п. 4.4.12",
        "verification": "п. 4.3.6",
        "plans": "п. 8.1",
        "language": "п. 4.4.11",
        "class_lists": "п. 4.5.1",
        "sections": "п. 2.2",
        "accumulation": "Инструкция, д",
        "application": "п. 4.8",
        "printed": "п. 1.6",
        "briefing": "Инструкция, в",
        "visits": "Регламент, п. 3",
        "contacts": "п. 4.3.5",
        "acknowledgement": "Регламент, п. 3",
    }


@dataclass(frozen=True)
class Regulation:
    """Settings of one school; the defaults are the strictest reading of the documents.

    Minutes are minutes; `…_minute` counts from midnight in school time; `…_by` is a month and day of the year's start.
    Averages and gaps are decimal fractions in strings.
    `clauses` are the names the school's own order gives to the points we quote.
    """

    undo_minutes: int = 10
    homework_minutes: int = 90
    written_work_days: int = 7
    written_kinds: tuple[str, ...] = ("control", "test", "dictation", "essay", "independent", "laboratory", "practical")
    scale: tuple[str, ...] = ("5", "4", "3", "2")
    levels_without_marks: tuple[int, ...] = (1,)
    weights: dict[str, int] = field(default_factory=_default_weights)
    term_kinds: dict[str, str] = field(default_factory=_default_term_kinds)
    absence_window_seconds: int = 15
    absence_unconfirmed_minutes: int = 5
    news_window_seconds: int = 60
    news_cap_seconds: int = 300
    digest_minute: int = 18 * 60 + 30
    quiet_from_minute: int = 21 * 60
    quiet_until_minute: int = 7 * 60
    default_mode: str = "digest"
    full_names_in_letters: bool = False
    invitation_days: int = 7
    student_level_from: int = 5  # from which year on students have a diary of their own
    consent_version: str = ""  # raised by the school when its words of the consent change: families are asked anew
    consent_words: str = ""  # the school's own words in the consent, a paragraph a line
    work_days: dict[str, int] = field(default_factory=dict)  # a kind's own days; others have `written_work_days`
    written_reminder_days: tuple[int, ...] = (5, 7)
    homework_reminder_minutes: int = 30
    homework_evening_minute: int = 18 * 60
    homework_waits_for_evening: bool = False  # in `rooms_without_workstation` homework is due by the evening minute
    rooms_without_workstation: tuple[str, ...] = ()
    working_from_minute: int = 8 * 60
    working_until_minute: int = 18 * 60
    evening_reminder_minute: int = 17 * 60 + 30  # what is left of an incomplete day
    control_minute: int = 8 * 60 + 30  # the deputy head's list of yesterday
    term_marks_minute: int = 15 * 60
    results_hours: int = 24
    results_minute: int = 17 * 60  # when families are told what was issued that day
    results_quiet_from_minute: int = 22 * 60
    state_exam_days: int = 2
    state_exam_levels: tuple[int, ...] = (9, 11)
    marks_minimum: dict[str, int] = field(default_factory=lambda: {"1": 3, "2": 5, "3": 7})  # by hours a week, 3: 3+
    proposals: dict[str, str] = field(default_factory=lambda: {"5": "4.60", "4": "3.60", "3": "2.60"})
    final_gap: str = "0.60"  # a final this far from its average is shown for a second look
    class_lists_by: str = "08-25"
    plans_by: str = "09-01"
    sections_by: str = "09-05"
    timetable_window_seconds: int = 120
    absent_days_running: int = 3  # without a reason, until the family and the homeroom teacher are told (В 4.4.9)
    weekly_weekday: int = 5  # 0 Monday; Saturday
    weekly_minute: int = 10 * 60
    risk_weekday: int = 2  # a failing term mark ahead is told of on Wednesdays, while the week can still be used
    risk_minute: int = 17 * 60
    own_place: bool = False  # whether a family sees the child's own place in the class (В 4.7.2)
    unread_results_hours: int = 20  # when the unreached families stand on the homeroom teacher's list (М Регл. 2)
    print_days: int = 7  # 7 or 14: printed information for families without electronic form (О 1.6; М Регл.)
    briefing_days: int = 14  # the homeroom teacher informs the families (М кл.рук. в)
    visits_a_week: int = 2  # guardians' own check (М Регл. 3)
    contacts_days: int = 31  # verification of contacts (В 4.3.5)
    broadcast_hold_seconds: int = 60
    broadcast_recall_hours: int = 48
    thread_entries_an_hour: int = 20
    thread_years: int = 5  # correspondence is kept as long as the journal it speaks of (К 16; В 6(2).5)
    minimal_by_channel: dict[str, str] = field(  # full, name (first name, subject) or sign («есть новое, откройте»)
        default_factory=lambda: {"telegram": "name", "email": "name", "paper": "full"}
    )
    clauses: dict[str, str] = field(default_factory=_default_clauses)

    @classmethod
    def from_json(cls, settings: dict[str, Any]) -> "Regulation":
        """A regulation from stored settings; what they don't name keeps its default, unknown names raise ValueError."""
        usual = cls()
        unknown = sorted(set(settings) - {one.name for one in fields(cls)})
        if unknown:
            raise ValueError(", ".join(unknown))
        values: dict[str, Any] = {}
        for name, value in settings.items():
            default = getattr(usual, name)
            if isinstance(default, dict):
                value = {**default, **value}
            elif isinstance(default, tuple):
                value = tuple(value)
            values[name] = value
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """The settings as they are stored."""
        return asdict(self)

    def term_kind(self, level: int) -> TermKind:
        """How the year of a level is divided."""
        return TermKind(self.term_kinds[str(level)])

    def takes_marks(self, level: int, short_stay: bool) -> bool:
        """Whether a class takes marks and homework at all (В 3.8)."""
        return not short_stay and level not in self.levels_without_marks

    def days_to_mark(self, kind: WorkKind) -> int:
        """How many days after a work its marks are taken: 0 the same day, a written one's week (О п.4.7, 2.5)."""
        usual = self.written_work_days if kind.value in self.written_kinds else 0
        return self.work_days.get(kind.value, usual)
