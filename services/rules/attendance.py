"""Which absence alarms a family (product: the table of letters). Pure."""

from collections.abc import Mapping

from storage.vocabulary import AttendanceCode


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


def next_code(code: AttendanceCode) -> AttendanceCode:
    """What the next tap on a name wants: present → absent → late → present."""
    following = {
        AttendanceCode.PRESENT: AttendanceCode.ABSENT,
        AttendanceCode.ABSENT: AttendanceCode.LATE,
        AttendanceCode.LATE: AttendanceCode.PRESENT,
    }
    return following[code]
