"""How the school's closed lists, days and hours are said in the language now spoken."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from services.i18n import N_, gettext, spoken
from storage.vocabulary import AbsenceReason, AttendanceCode, Relation, Role, WorkKind

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


def relation(which: Relation) -> str:
    """Who a guardian is to the child, within a sentence."""
    return gettext(_RELATIONS[which])


def room(name: str) -> str:
    """A lesson's room: «каб. 301», but «Спортзал»."""
    return gettext("room {room}").format(room=name) if name[:1].isdigit() else name


def hour(moment: datetime, zone: ZoneInfo) -> str:
    """A moment's hour in a school's time, «09:25»."""
    return moment.astimezone(zone).strftime("%H:%M")


def day(on: date, today: date) -> str:
    """A day as people say it: «сегодня, вт 8 сентября»; a year is named where it is another one."""
    pattern = "EEE d MMMM" if on.year == today.year else "EEE d MMMM y"
    said = format_date(on, pattern, locale=spoken())
    near = {
        today: gettext("today"),
        today + timedelta(days=1): gettext("tomorrow"),
        today - timedelta(days=1): gettext("yesterday"),
    }.get(on)
    return f"{near}, {said}" if near else said


def weekday(on: date) -> str:
    """A day in a heading, «вт 8 сентября»."""
    return format_date(on, "EEE d MMMM", locale=spoken())


def day_and_month(on: date) -> str:
    """A day within a sentence, «8 сентября»."""
    return format_date(on, "d MMMM", locale=spoken())


def short_day(on: date) -> str:
    """A day on a narrow button, «вт 8»."""
    return format_date(on, "EEE d", locale=spoken())
