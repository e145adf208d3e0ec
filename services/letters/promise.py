"""«Что мне придёт»: what somebody with these hours is told and when, in words, by the rules that letters go by."""

from dataclasses import dataclass

from services.i18n import N_, gettext
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours, Way
from services.rules.regulation import Regulation
from storage.vocabulary import DeliveryMode, ItemKind

OF_GUARDIANS = (
    ItemKind.ABSENCE,
    ItemKind.ABSENCE_LATER,
    ItemKind.ABSENT_DAYS,
    ItemKind.MARK,
    ItemKind.HOMEWORK,
    ItemKind.TIMETABLE,
    ItemKind.TERM_RESULT,
    ItemKind.RISK,
    ItemKind.WEEKLY,
    ItemKind.THREAD,
    ItemKind.BROADCAST,
)
OF_STUDENTS = (ItemKind.HOMEWORK, ItemKind.THREAD)
_ON_WEEKDAYS = (
    N_("on Mondays"),
    N_("on Tuesdays"),
    N_("on Wednesdays"),
    N_("on Thursdays"),
    N_("on Fridays"),
    N_("on Saturdays"),
    N_("on Sundays"),
)
_WORDS = {
    ItemKind.ABSENCE: {Way.AT_ONCE: N_("Not in class: at once.")},
    ItemKind.ABSENCE_LATER: {Way.EVENING: N_("Further absences of the day and late comings: at {evening}.")},
    ItemKind.ABSENT_DAYS: {Way.AT_ONCE: N_("Several days without a reason: in the morning.")},
    ItemKind.MARK: {
        Way.AT_ONCE: N_("Marks: within a minute or two."),
        Way.EVENING: N_("Marks: at {evening}."),
        Way.NEVER: N_("Marks: no letters, they are in the diary."),
    },
    ItemKind.HOMEWORK: {
        Way.AT_ONCE: N_("Homework: within a minute or two."),
        Way.EVENING: N_("Homework: at {evening}; what is entered later, once more before the quiet hours."),
        Way.NEVER: N_("Homework: no letters, it is in the diary."),
    },
    ItemKind.TIMETABLE: {
        Way.AT_ONCE: N_("Substitutions and cancelled lessons: today's at once, tomorrow's at {evening}."),
        Way.NEVER: N_("Substitutions and cancelled lessons: no letters."),
    },
    ItemKind.TERM_RESULT: {Way.AT_ONCE: N_("Term marks: at {results} of the day they are issued.")},
    ItemKind.RISK: {
        Way.AT_ONCE: N_("A low term mark ahead: {risk}."),
        Way.EVENING: N_("A low term mark ahead: {risk}, at {evening}."),
        Way.NEVER: N_("A low term mark ahead: no letters."),
    },
    ItemKind.WEEKLY: {
        Way.AT_ONCE: N_("The week in short: {weekly}."),
        Way.NEVER: N_("The week in short: no letters."),
    },
    ItemKind.THREAD: {Way.AT_ONCE: N_("Correspondence: at once.")},
    ItemKind.BROADCAST: {
        Way.AT_ONCE: N_("Announcements of the school: at once."),
        Way.EVENING: N_("Announcements of the school: at {evening}; urgent ones at once."),
    },
}
_ALL_AT_ONCE = N_("Substitutions and cancelled lessons: at once, tomorrow's too.")


@dataclass(frozen=True, slots=True)
class Promise:
    """How a kind comes, and the sentence that says so."""

    kind: ItemKind
    way: Way
    sentence: str


def promises(hours: Hours, regulation: Regulation, *, student: bool = False) -> list[Promise]:
    """What comes to a guardian, or to a student, kind by kind."""
    return [_promise(kind, hours, regulation) for kind in (OF_STUDENTS if student else OF_GUARDIANS)]


def quiet(hours: Hours, *, student: bool = False) -> str | None:
    """What the quiet hours keep back; None: there are none."""
    if hours.quiet_from == hours.quiet_until:
        return None
    said = N_("From {since} till {until} it's quiet.") if student else _QUIET
    return gettext(said).format(since=clock(hours.quiet_from), until=clock(hours.quiet_until))


_QUIET = N_("From {since} till {until} it's quiet: only news of an absence and what is urgent come.")


def clock(minute: int) -> str:
    """Minutes from midnight as an hour, «18:30»."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _promise(kind: ItemKind, hours: Hours, regulation: Regulation) -> Promise:
    way = quiet_hours.way(kind, hours)
    said = _WORDS[kind][way]
    if kind is ItemKind.TIMETABLE and hours.kinds.get(kind) is DeliveryMode.INSTANT:
        said = _ALL_AT_ONCE
    sentence = gettext(said).format(
        evening=clock(hours.digest_minute),
        results=clock(regulation.results_minute),
        risk=_weekly(regulation.risk_weekday, regulation.risk_minute, way),
        weekly=_weekly(regulation.weekly_weekday, regulation.weekly_minute, way),
    )
    return Promise(kind, way, sentence)


def _weekly(weekday: int, minute: int, way: Way) -> str:
    day = gettext(_ON_WEEKDAYS[weekday])
    return day if way is Way.EVENING else gettext("{weekday} at {hour}").format(weekday=day, hour=clock(minute))
