"""The reasons given most often, as buttons; any other is typed."""

from enum import StrEnum

from services.i18n import N_, gettext


class Why(StrEnum):
    """Why a mark is to be corrected."""

    SLIP = "slip"
    OTHER_STUDENT = "student"
    APPEAL = "appeal"
    REWRITTEN = "rewritten"
    LATE = "late"


class WhyNot(StrEnum):
    """Why a request is declined."""

    RIGHT = "right"
    NO_GROUNDS = "grounds"
    DONE = "done"


_WHY = {
    Why.SLIP: N_("slip of the pen"),
    Why.OTHER_STUDENT: N_("another student's mark"),
    Why.APPEAL: N_("appeal"),
    Why.REWRITTEN: N_("the work was rewritten"),
    Why.LATE: N_("not entered in time"),
}
_WHY_NOT = {
    WhyNot.RIGHT: N_("the mark is right"),
    WhyNot.NO_GROUNDS: N_("no grounds to change it"),
    WhyNot.DONE: N_("it is corrected already"),
}


def why(reason: Why) -> str:
    """A reason within a sentence, «описка»."""
    return gettext(_WHY[reason])


def why_not(reason: WhyNot) -> str:
    """A reason to decline, «отметка верна»."""
    return gettext(_WHY_NOT[reason])
