"""When a letter may go: each kind's window, cap, expiry and priority, and each person's hours (product §3). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.rules.regulation import Regulation
from storage.vocabulary import DeliveryMode, ItemKind

DAY = 24 * 60
AT_ONCE = timedelta(0)
# A lesson's attendance that nobody confirms is told five minutes after the last tap, and never put off beyond this.
UNCONFIRMED_CAP = timedelta(minutes=15)
# Homework entered after the evening letter goes once more, this long before the quiet hours.
BEFORE_QUIET = timedelta(minutes=15)
LETTER_OF_THE_EVENING_ENDS = time(8)


class Quiet(StrEnum):
    """What the quiet hours do to a kind."""

    PASSES = "passes"
    WAITS = "waits"


class Pace(StrEnum):
    """Which clock a kind goes by."""

    AT_ONCE = "at_once"  # its window from now
    CALM = "calm"  # the same, but nothing for who wants only what is important
    BY_MODE = "by_mode"  # the person chose: at once, in the evening letter, or not at all
    EVENING = "evening"  # the evening hour, whatever the mode


class Way(StrEnum):
    """How a kind comes to somebody, by their wishes."""

    AT_ONCE = "at_once"
    EVENING = "evening"
    NEVER = "never"


# What somebody may choose for a kind besides «как обычно». The rest is nobody's to switch off: absences, results,
# letters of the school, and what was asked for.
CHOICES: Mapping[ItemKind, tuple[Way, ...]] = {
    ItemKind.MARK: (Way.AT_ONCE, Way.EVENING, Way.NEVER),
    ItemKind.HOMEWORK: (Way.AT_ONCE, Way.EVENING, Way.NEVER),
    ItemKind.TIMETABLE: (Way.AT_ONCE, Way.NEVER),
    ItemKind.RISK: (Way.EVENING, Way.NEVER),
    ItemKind.WEEKLY: (Way.NEVER,),
    ItemKind.BROADCAST: (Way.EVENING,),  # «срочно» is none of these: services/broadcasts
}
_BY_MODE = {
    DeliveryMode.INSTANT: Way.AT_ONCE,
    DeliveryMode.DIGEST: Way.EVENING,
    DeliveryMode.IMPORTANT: Way.NEVER,
}


@dataclass(frozen=True, slots=True)
class Timing:
    """One row of the table of kinds; `cap` and `expires` None: as the window, never."""

    pace: Pace
    quiet: Quiet
    priority: int
    window: timedelta = AT_ONCE
    cap: timedelta | None = None
    expires: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's wishes; minutes from midnight in school time. Equal quiet minutes mean no quiet hours."""

    mode: DeliveryMode
    digest_minute: int
    quiet_from: int
    quiet_until: int
    kinds: Mapping[ItemKind, DeliveryMode] = field(default_factory=dict)  # where a kind goes another way


@dataclass(frozen=True, slots=True)
class Times:
    """When an item is due, the latest it may be put off to, and when it loses its sense; aware UTC."""

    due_at: datetime
    cap_at: datetime
    expires_at: datetime | None
    priority: int
    evening: bool = False  # shares the evening letter


_USUAL = Regulation()


def timing(kind: ItemKind, regulation: Regulation) -> Timing:
    """The row of a kind."""
    match kind:
        case ItemKind.ABSENCE:
            window = timedelta(seconds=regulation.absence_window_seconds)
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 0, window, expires=timedelta(hours=6))
        case ItemKind.ABSENCE_WITHDRAWN:
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 0, expires=timedelta(hours=6))
        case ItemKind.ABSENCE_LATER:
            return Timing(Pace.EVENING, Quiet.WAITS, 4, expires=timedelta(hours=72))
        case ItemKind.MARK | ItemKind.HOMEWORK:
            window = timedelta(seconds=regulation.news_window_seconds)
            cap = timedelta(seconds=regulation.news_cap_seconds)
            return Timing(Pace.BY_MODE, Quiet.WAITS, 2, window, cap, timedelta(hours=72))
        case ItemKind.DIGEST:
            return Timing(Pace.EVENING, Quiet.WAITS, 4)  # expires next morning at eight
        case ItemKind.TERM_RESULT:  # at what hour it is due, services/rules/finals says
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 0)
        case ItemKind.LESSON_CARD | ItemKind.LESSON_NUDGE | ItemKind.REMINDER | ItemKind.CONTROL:
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 1, expires=timedelta(hours=24))
        case ItemKind.REVOKED | ItemKind.RELINKED:
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 0, expires=timedelta(days=7))
        case ItemKind.LESSON_CHANGED:  # a window, so that a day arranged lesson by lesson makes one letter
            window = timedelta(seconds=regulation.news_window_seconds)
            cap = timedelta(seconds=regulation.news_cap_seconds)
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 1, window, cap, timedelta(hours=24))
        case ItemKind.CORRECTION_ASKED | ItemKind.CORRECTION_DECIDED:
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 1, expires=timedelta(days=7))
        case ItemKind.THREAD | ItemKind.THREAD_STAFF:  # the staff's office hours: services/rules/office_hours
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 1, expires=timedelta(hours=72))
        case ItemKind.ABSENT_DAYS:
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 1, expires=timedelta(hours=24))
        case ItemKind.TIMETABLE:  # expires with the lesson, which its office knows
            window = timedelta(seconds=regulation.timetable_window_seconds)
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 2, window, expires=timedelta(hours=24))
        case ItemKind.RISK:
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 3, expires=timedelta(days=7))
        case ItemKind.WEEKLY:
            return Timing(Pace.CALM, Quiet.WAITS, 4, expires=timedelta(hours=48))
        case ItemKind.BROADCAST:
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 3, expires=timedelta(hours=24))
        case ItemKind.BROADCAST_URGENT:
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 0, expires=timedelta(hours=24))
        case ItemKind.BROADCAST_PROGRESS | ItemKind.BROADCAST_RECALL:
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 1, expires=timedelta(hours=48))
        case ItemKind.READING_REMINDER:
            return Timing(Pace.EVENING, Quiet.WAITS, 3, expires=timedelta(hours=72))
        case ItemKind.NOTE_ASKED | ItemKind.NOTE_DECIDED:
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 1, expires=timedelta(days=7))
        case ItemKind.CONTACT:  # asked for by the one who reads it, or at the school
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 1, expires=timedelta(days=7))
        case ItemKind.TIE_ENDED:
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 1, expires=timedelta(days=7))
        case ItemKind.OWN_CODE:
            return Timing(Pace.AT_ONCE, Quiet.PASSES, 0, expires=timedelta(days=7))
        case ItemKind.JOINED | ItemKind.CONFIRMED | ItemKind.UNREACHED:
            return Timing(Pace.AT_ONCE, Quiet.WAITS, 1, expires=timedelta(days=7))


def wishes(kinds: Mapping[str, str] | None) -> dict[ItemKind, DeliveryMode]:
    """What somebody chose for single kinds, from what is stored; words nobody knows any more say nothing."""
    if not kinds:
        return {}
    known, modes = set(ItemKind), set(DeliveryMode)
    return {ItemKind(kind): DeliveryMode(mode) for kind, mode in kinds.items() if kind in known and mode in modes}


def default_hours(regulation: Regulation) -> Hours:
    """What holds until a person chooses."""
    return Hours(
        DeliveryMode(regulation.default_mode),
        regulation.digest_minute,
        regulation.quiet_from_minute,
        regulation.quiet_until_minute,
    )


def way(kind: ItemKind, hours: Hours) -> Way:
    """How a kind comes to somebody with these hours: as they chose for the kind, else by their mode."""
    wish = hours.kinds.get(kind)
    if wish is not None and _BY_MODE[wish] in CHOICES.get(kind, ()):
        return _BY_MODE[wish]
    match timing(kind, _USUAL).pace:
        case Pace.BY_MODE:
            return _BY_MODE[hours.mode]
        case Pace.EVENING:
            return Way.EVENING
        case Pace.CALM if hours.mode is DeliveryMode.IMPORTANT:
            return Way.NEVER
        case _:
            return Way.AT_ONCE


def times(kind: ItemKind, hours: Hours, now: datetime, zone: ZoneInfo, regulation: Regulation) -> Times | None:
    """When news of a kind that came up `now` goes to somebody with these hours; None: never, by their own choice."""
    row = timing(kind, regulation)
    chosen = way(kind, hours)
    if chosen is Way.NEVER:
        return None
    if chosen is Way.EVENING:
        return _in_the_evening(kind, row, hours, now, zone)
    due_at, cap_at = now + row.window, now + (row.cap or row.window)
    if row.quiet is Quiet.WAITS:
        due_at, cap_at = after_quiet(due_at, hours, zone), after_quiet(cap_at, hours, zone)
    return Times(due_at, cap_at, due_at + row.expires if row.expires else None, row.priority)


def of_lesson(
    kind: ItemKind, hours: Hours, on: date, ends_at: datetime, now: datetime, zone: ZoneInfo, regulation: Regulation
) -> Times | None:
    """When news of a lesson of a day goes: that of today at once, that of a later day in the evening before it.

    Where that evening is over, or at the person's own wish, at once. It expires with the lesson. None: never.
    """
    found = times(kind, hours, now, zone, regulation)
    if found is None:
        return None
    eve = evening_of(on - timedelta(days=1), hours.digest_minute, zone)
    if on > now.astimezone(zone).date() and eve >= now and hours.kinds.get(kind) is not DeliveryMode.INSTANT:
        return Times(eve, eve, ends_at, found.priority, evening=True)
    return replace(found, expires_at=ends_at)


def unconfirmed_absence(now: datetime, regulation: Regulation) -> Times:
    """When an absence goes whose lesson nobody has pressed «Готово» in: minutes after the last tap."""
    due_at = now + timedelta(minutes=regulation.absence_unconfirmed_minutes)
    row = timing(ItemKind.ABSENCE, regulation)
    return Times(due_at, now + UNCONFIRMED_CAP, due_at + row.expires if row.expires else None, row.priority)


def passes(kind: ItemKind) -> bool:
    """Whether a letter of this kind goes in quiet hours too; no regulation changes that."""
    return timing(kind, _USUAL).quiet is Quiet.PASSES


def in_quiet(moment: datetime, hours: Hours, zone: ZoneInfo) -> bool:
    """Whether a moment lies in a person's quiet hours; their beginning does, their end doesn't."""
    start, end = hours.quiet_from, hours.quiet_until
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


def after_quiet(moment: datetime, hours: Hours, zone: ZoneInfo) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in."""
    return next_at(moment, hours.quiet_until, zone) if in_quiet(moment, hours, zone) else moment


def next_at(moment: datetime, minute: int, zone: ZoneInfo) -> datetime:
    """The first time from `moment` on that a wall clock shows `minute`.

    A minute that the clocks skip is taken as the one after the gap; of a minute shown twice the first counts, unless
    it is over already.
    """
    day = moment.astimezone(zone).date()
    wall = time(*divmod(minute % DAY, 60))
    while True:
        for fold in (0, 1):
            found = datetime.combine(day, wall, zone).replace(fold=fold).astimezone(UTC)
            if found >= moment:
                return found
        day += timedelta(days=1)


def evening(moment: datetime, hours: Hours, zone: ZoneInfo) -> datetime:
    """The person's next evening hour, `moment` itself included; once on every local date."""
    day = moment.astimezone(zone).date()
    while (found := evening_of(day, hours.digest_minute, zone)) < moment:
        day += timedelta(days=1)
    return found


def evening_of(on: date, minute: int, zone: ZoneInfo) -> datetime:
    """The evening hour of a day, aware UTC."""
    return datetime.combine(on, time(*divmod(minute % DAY, 60)), zone).astimezone(UTC)


def next_morning(on: date, zone: ZoneInfo) -> datetime:
    """Until when the evening letter of a day makes sense."""
    return datetime.combine(on + timedelta(days=1), LETTER_OF_THE_EVENING_ENDS, zone).astimezone(UTC)


def _in_the_evening(kind: ItemKind, row: Timing, hours: Hours, now: datetime, zone: ZoneInfo) -> Times:
    due_at = evening(now, hours, zone)
    if kind is ItemKind.HOMEWORK and due_at.astimezone(zone).date() > now.astimezone(zone).date():
        due_at = _before_quiet(now, row, hours, zone) or due_at
    ends_at = next_morning(due_at.astimezone(zone).date(), zone)
    expires_at = ends_at if row.expires is None else due_at + row.expires
    return Times(due_at, due_at, expires_at, 4, evening=True)


def _before_quiet(now: datetime, row: Timing, hours: Hours, zone: ZoneInfo) -> datetime | None:
    """Today's second hour, for homework that missed the evening letter; None when there is no time left for one."""
    quiet = next_at(now, hours.quiet_from, zone)
    if in_quiet(now, hours, zone) or quiet.astimezone(zone).date() > now.astimezone(zone).date():
        return None
    due_at = max(quiet - BEFORE_QUIET, now + row.window)
    return due_at if due_at < quiet else None
