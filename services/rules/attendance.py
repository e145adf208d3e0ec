"""Which absence alarms a family (product: the table of letters), and what of a day contradicts itself. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from storage.vocabulary import AbsenceReason, AttendanceCode

LATE_BY = (5, 10, 15, 20)  # minutes offered for somebody who came late


def alarms(slot: int, day: Mapping[int, AttendanceCode], reason_known: bool) -> bool:
    """Whether an absence in lesson number `slot` is told at once.

    One letter for the first absence of the day, and one for the first after being present («ушёл с уроков»); what only
    goes on goes into the evening letter. `day`: what is known of the student's other lessons of the day, by number; a
    lesson nobody confirmed or tapped is unknown and not in it. Lessons are entered in any order, so an absence also
    joins a later one that was told already. An absence with a known reason alarms nobody.
    """
    if reason_known:
        return False
    before = max((number for number in day if number < slot), default=None)
    after = min((number for number in day if number > slot), default=None)
    neighbours = [day[number] for number in (before, after) if number is not None]
    return AttendanceCode.ABSENT not in neighbours


def left_behind(slot: int, day: Mapping[int, AttendanceCode]) -> list[int]:
    """The lessons whose absence joined that of lesson `slot`, which now is withdrawn: they begin a new absence.

    `day` as for `alarms`. The first of them alarms unless one of them was told.
    """
    later = sorted(number for number in day if number > slot)
    return list(takewhile(lambda number: day[number] is AttendanceCode.ABSENT, later))


@dataclass(frozen=True, slots=True)
class Attended:
    """What is known of a student in one lesson of a day, by its number."""

    slot: int
    code: AttendanceCode
    reason: AbsenceReason | None = None


def contradictions(day: Sequence[Attended]) -> list[int]:
    """The lessons of a day in which a student is absent between two of being present, by their numbers.

    Somebody is wrong, or the student was away for a while; the homeroom teacher asks (М кл.рук. а). A reason settles
    it: then the absence was looked into. Late counts as present.
    """
    known = sorted(day, key=lambda one: one.slot)
    present = [one.slot for one in known if one.code is not AttendanceCode.ABSENT]
    if not present:
        return []
    return [
        one.slot
        for one in known
        if one.code is AttendanceCode.ABSENT and one.reason is None and present[0] < one.slot < present[-1]
    ]


def days_running(days: Mapping[date, Sequence[Attended]]) -> int:
    """How many school days up to the last one known a student has been absent without a reason (В 4.4.9).

    `days`: the days on which the student's attendance is known in some lesson. A day counts when the student was
    absent in all of those and no valid reason is set; the count ends at the first day that doesn't.
    """
    running = takewhile(lambda on: _is_missed(days[on]), sorted(days, reverse=True))
    return sum(1 for _ in running)


def _is_missed(day: Sequence[Attended]) -> bool:
    excused = {AbsenceReason.ILL, AbsenceReason.VALID}
    return bool(day) and all(one.code is AttendanceCode.ABSENT and one.reason not in excused for one in day)


def next_code(code: AttendanceCode) -> AttendanceCode:
    """What the next tap on a name wants: present → absent → late → present."""
    following = {
        AttendanceCode.PRESENT: AttendanceCode.ABSENT,
        AttendanceCode.ABSENT: AttendanceCode.LATE,
        AttendanceCode.LATE: AttendanceCode.PRESENT,
    }
    return following[code]
