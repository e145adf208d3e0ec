"""Why a request can't be asked or decided, each with what to do instead."""

from services.errors import SchoolError
from services.i18n import N_


class StillOpen(SchoolError):
    """What can be entered directly needs no request."""

    sentence = N_("This mark can still be entered without a request: open “Marks” of the lesson.")


class YearClosed(SchoolError):
    """A closed year is read-only (В 4.1.5)."""

    sentence = N_("The academic year of this lesson is closed: nothing in it changes any more.")


class NothingToCorrect(SchoolError):
    """The mark stands as it is wanted."""

    sentence = N_("This mark stands like that already. Nothing has to be corrected.")


class RequestGone(SchoolError):
    """The request being written was sent, dropped, or replaced by a newer one."""

    sentence = N_(
        "This request was sent already, or is no longer being written. "
        "What was sent is in “My requests” of the journal."
    )


class AlreadyAsked(SchoolError):
    """One mark has one open request."""

    sentence = N_("{asker} has already asked for {wanted} here ({day}). It awaits the deputy head's decision.")


class ReasonTooLong(SchoolError):
    """A reason is read on a phone."""

    sentence = N_("The reason has {length} characters, at most {limit} fit. Shorten it and send it again.")


class OwnRequest(SchoolError):
    """Nobody decides on their own request (ours: two people stand behind every correction)."""

    sentence = N_("You asked for this yourself. Another deputy head, or the director, decides.")


class AskerGone(SchoolError):
    """The mark would be entered for somebody who has lost the right to it (О 2.3)."""

    sentence = N_(
        "{asker} no longer teaches this lesson, so the request can't be approved. Decline it: "
        "who teaches the lesson now can ask anew."
    )
