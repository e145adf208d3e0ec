"""How the school's closed lists, days and hours are said in the language now spoken."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from services.i18n import N_, gettext, spoken
from services.rules.averages import Forecast
from storage.vocabulary import (
    EXEMPT,
    NOT_ASSESSED,
    AbsenceReason,
    AttendanceCode,
    HomeworkWay,
    Relation,
    Role,
    TermKind,
    TermScope,
    WorkKind,
)

_WORK_KINDS = {
    WorkKind.ANSWER: N_("answer"),
    WorkKind.HOMEWORK: N_("homework check"),
    WorkKind.INDEPENDENT: N_("independent work"),
    WorkKind.CONTROL: N_("control work"),
    WorkKind.TEST: N_("test"),
    WorkKind.LABORATORY: N_("laboratory work"),
    WorkKind.PRACTICAL: N_("practical work"),
    WorkKind.DICTATION: N_("dictation"),
    WorkKind.ESSAY: N_("essay"),
    WorkKind.PROJECT: N_("project"),
    WorkKind.EXAM: N_("exam"),
    WorkKind.OTHER: N_("other work"),
}
_SHORT_KINDS = {
    WorkKind.ANSWER: N_("Answer"),
    WorkKind.HOMEWORK: N_("Homework check"),
    WorkKind.INDEPENDENT: N_("Independent"),
    WorkKind.CONTROL: N_("Control"),
    WorkKind.TEST: N_("Test"),
    WorkKind.LABORATORY: N_("Laboratory"),
    WorkKind.PRACTICAL: N_("Practical"),
    WorkKind.DICTATION: N_("Dictation"),
    WorkKind.ESSAY: N_("Essay"),
    WorkKind.PROJECT: N_("Project"),
    WorkKind.EXAM: N_("Exam"),
    WorkKind.OTHER: N_("Other"),
}
_CODES = {
    AttendanceCode.PRESENT: N_("present"),
    AttendanceCode.ABSENT: N_("absent"),
    AttendanceCode.LATE: N_("late"),
}
_REASONS = {
    AbsenceReason.ILL: N_("ill"),
    AbsenceReason.VALID: N_("valid reason"),
    AbsenceReason.INVALID: N_("no valid reason"),
}

_REASON_LETTERS = {
    AbsenceReason.ILL: N_("I"),
    AbsenceReason.VALID: N_("V"),
    AbsenceReason.INVALID: N_("N"),
}
_WAYS = {
    HomeworkWay.WRITTEN: N_("in writing"),
    HomeworkWay.ORAL: N_("orally"),
    HomeworkWay.BY_HEART: N_("by heart"),
    HomeworkWay.READING: N_("reading"),
    HomeworkWay.PRACTICAL: N_("practically"),
}

_RELATIONS = {
    Relation.MOTHER: N_("mother"),
    Relation.FATHER: N_("father"),
    Relation.GUARDIAN: N_("guardian"),
    Relation.OTHER: N_("legal representative"),
}

_ROLES = {
    Role.DIRECTOR: N_("director"),
    Role.DEPUTY: N_("deputy head"),
    Role.ADMINISTRATOR: N_("administrator"),
    Role.SECRETARY: N_("secretary"),
    Role.TEACHER: N_("teacher"),
    Role.EDUCATOR: N_("educator of a short-stay group"),
    Role.GUARDIAN: N_("legal guardian"),
    Role.STUDENT: N_("student"),
}

_TERMS = {
    TermKind.QUARTER: N_("quarter {number}"),
    TermKind.TRIMESTER: N_("trimester {number}"),
    TermKind.HALF_YEAR: N_("half-year {number}"),
}
_SHORT_TERMS = {
    TermKind.QUARTER: N_("Q {number}"),
    TermKind.TRIMESTER: N_("Trim. {number}"),
    TermKind.HALF_YEAR: N_("Half {number}"),
}
_SCOPES = {
    TermScope.YEAR: N_("the year"),
    TermScope.EXAM: N_("the exam"),
    TermScope.FINAL: N_("the final mark"),
    TermScope.STATE_EXAM: N_("the state exam"),
}
_SHORT_SCOPES = {
    TermScope.YEAR: N_("Year"),
    TermScope.EXAM: N_("Exam"),
    TermScope.FINAL: N_("Final"),
    TermScope.STATE_EXAM: N_("State exam"),
}
_INSTEAD_OF_MARKS = {
    EXEMPT: N_("ОСВ (exempt, or the subject is mastered)"),
    NOT_ASSESSED: N_("Н/А (not assessed)"),
}

_FIVES = (
    N_("one five"),
    N_("two fives"),
    N_("three fives"),
    N_("four fives"),
    N_("five fives"),
    N_("six fives"),
    N_("seven fives"),
    N_("eight fives"),
    N_("nine fives"),
    N_("ten fives"),
)


def average(mean: Decimal) -> str:
    """An average with its two places, «4,33»."""
    return format_decimal(mean, "0.00", locale=spoken())


def forecast(one: Forecast) -> str:
    """What lifts a proposal, «до 5: две пятёрки»."""
    if one.value == "5" and one.count <= len(_FIVES):
        return gettext("to {target}: {marks}").format(target=one.target, marks=gettext(_FIVES[one.count - 1]))
    return gettext("to {target}: {marks}").format(target=one.target, marks=f"{one.count} × {one.value}")


def term_scope(kind: TermScope, term_kind: TermKind | None = None, ordinal: int = 0) -> str:
    """What a term mark stands for, within a sentence: «1-я четверть», «год», «экзамен»."""
    if term_kind is not None:
        return gettext(_TERMS[term_kind]).format(number=ordinal)
    return gettext(_SCOPES[kind])


def term_scope_button(kind: TermScope, term_kind: TermKind | None = None, ordinal: int = 0) -> str:
    """The same on a narrow button, «1 четв.»."""
    if term_kind is not None:
        return gettext(_SHORT_TERMS[term_kind]).format(number=ordinal)
    return gettext(_SHORT_SCOPES[kind])


def mark(value: str | None) -> str:
    """A mark's value within a sentence; «без отметки» where none stands."""
    return gettext("no mark") if value is None else value


def term_mark(value: str) -> str:
    """A term mark as a letter says it; ОСВ and Н/А in words."""
    return gettext(_INSTEAD_OF_MARKS[value]) if value in _INSTEAD_OF_MARKS else value


def role(which: Role) -> str:
    """What somebody is in the school."""
    return gettext(_ROLES[which])


def work_kind(kind: WorkKind, ordinal: int = 1) -> str:
    """A kind of work within a sentence, «контрольная работа»; a second column of a kind is numbered."""
    name = gettext(_WORK_KINDS[kind])
    return name if ordinal == 1 else f"{name} {ordinal}"


def work_kind_button(kind: WorkKind, ordinal: int = 1) -> str:
    """A kind of work on a button, «Контрольная»."""
    name = gettext(_SHORT_KINDS[kind])
    return name if ordinal == 1 else f"{name} {ordinal}"


def attendance(code: AttendanceCode) -> str:
    """What attendance is called, «нет»."""
    return gettext(_CODES[code])


def absence_reason(reason: AbsenceReason) -> str:
    """Why a student is absent, «болеет»."""
    return gettext(_REASONS[reason])


def reason_letter(reason: AbsenceReason | None) -> str:
    """The code of the journal: Б, У, Н; «?» while the reason is open (М кл.рук. а)."""
    return "?" if reason is None else gettext(_REASON_LETTERS[reason])


def homework_way(way: HomeworkWay) -> str:
    """How homework is to be done, within a sentence, «письменно» (О 2.7)."""
    return gettext(_WAYS[way])


def relation(which: Relation) -> str:
    """Who a guardian is to the child, within a sentence."""
    return gettext(_RELATIONS[which])


def room(name: str) -> str:
    """A lesson's room: «каб. 301», but «Спортзал»."""
    return gettext("room {room}").format(room=name) if name[:1].isdigit() else name


def hour(moment: datetime, zone: ZoneInfo) -> str:
    """A moment's hour in a school's time, «09:25»."""
    return moment.astimezone(zone).strftime("%H:%M")


@lru_cache(maxsize=1000)
def _date(on: date, pattern: str, locale: str) -> str:
    # Letters and screens of one day say the same few dates, and Babel reads its pattern anew every time.
    return format_date(on, pattern, locale=locale)


def day(on: date, today: date) -> str:
    """A day as people say it: «сегодня, вт 8 сентября»; a year is named where it is another one."""
    pattern = "EEE d MMMM" if on.year == today.year else "EEE d MMMM y"
    said = _date(on, pattern, spoken())
    near = {
        today: gettext("today"),
        today + timedelta(days=1): gettext("tomorrow"),
        today - timedelta(days=1): gettext("yesterday"),
    }.get(on)
    return f"{near}, {said}" if near else said


def weekday(on: date) -> str:
    """A day in a heading, «вт 8 сентября»."""
    return _date(on, "EEE d MMMM", spoken())


def day_and_month(on: date) -> str:
    """A day within a sentence, «8 сентября»."""
    return _date(on, "d MMMM", spoken())


def short_day(on: date) -> str:
    """A day on a narrow button, «вт 8»."""
    return _date(on, "EEE d", spoken())


def days(since: date, until: date) -> str:
    """Days within a sentence: «8 сентября», «8–10 сентября», «30 сентября – 2 октября»."""
    if since == until:
        return day_and_month(since)
    if (since.year, since.month) == (until.year, until.month):
        return f"{since.day}–{day_and_month(until)}"
    return f"{day_and_month(since)} – {day_and_month(until)}"
