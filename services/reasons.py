"""Why a lesson is given by another, cancelled or moved: the words of the buttons, or what was typed (В 2.3)."""

from services.errors import SchoolError
from services.i18n import N_, gettext
from services.names import clean
from storage.vocabulary import ChangeReason, LeaveKind

LONGEST = 200
_WORDS = {
    ChangeReason.SICK: N_("illness"),
    ChangeReason.COURSE: N_("courses"),
    ChangeReason.FAMILY: N_("family circumstances"),
    ChangeReason.LEAVE: N_("leave"),
    ChangeReason.TRIP: N_("business trip"),
    ChangeReason.EVENT: N_("school event"),
    ChangeReason.NOBODY: N_("nobody to give it"),
    ChangeReason.COLD: N_("frost"),
    ChangeReason.CLOSED: N_("the building is closed"),
    ChangeReason.CLINIC: N_("quarantine"),
}
OF_ABSENCE = (
    ChangeReason.SICK,
    ChangeReason.COURSE,
    ChangeReason.FAMILY,
    ChangeReason.TRIP,
    ChangeReason.LEAVE,
    ChangeReason.EVENT,
)
OF_CHANGE = (
    ChangeReason.SICK,
    ChangeReason.NOBODY,
    ChangeReason.EVENT,
    ChangeReason.COLD,
    ChangeReason.CLINIC,
    ChangeReason.CLOSED,
)
OF_LEAVE = {
    LeaveKind.SICK: ChangeReason.SICK,
    LeaveKind.LEAVE: ChangeReason.LEAVE,
    LeaveKind.TRIP: ChangeReason.TRIP,
}


class NoReason(SchoolError):
    """A change needs its reason (В 2.3)."""

    sentence = N_("Write the reason in a few words, up to {limit} signs.")


def said(reason: str) -> str:
    """A stored reason as people read it."""
    return gettext(_WORDS[ChangeReason(reason)]) if reason in set(ChangeReason) else reason


def leave(kind: LeaveKind | str) -> str:
    """What sort of absence it is, within a sentence."""
    found = OF_LEAVE.get(LeaveKind(kind))
    return gettext(N_("another reason")) if found is None else said(found.value)


def typed(text: str) -> str:
    """A reason that somebody typed. Raises NoReason."""
    reason = clean(text)
    if not reason or len(reason) > LONGEST:
        raise NoReason(limit=LONGEST)
    return reason
