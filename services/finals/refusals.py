"""Why a term mark can't be entered, sent or closed, each with what to do instead."""

from services.errors import SchoolError
from services.i18n import N_


class OnlyReading(SchoolError):
    """Homeroom teachers, deputy heads and directors see term marks and enter none (О 2.4; В 4.6)."""

    sentence = N_("You can look at these marks. They are entered by the subject's teacher.")


class NotYetOpen(SchoolError):
    """Term marks are entered in the term's last week (О 2.8; В 4.4.5)."""

    sentence = N_("Term marks are entered in the last week of the term ({clause}): from {day} on.")


class ScopeClosed(SchoolError):
    """The term, or the year, is closed."""

    sentence = N_("It is closed: {scope}. A correction goes through the deputy head.")


class AlreadySent(SchoolError):
    """What the family has been sent changes only by request (М ж)."""

    sentence = N_(
        "{name} has {value} ({author}, {day}), and it has been sent. A correction goes through the deputy head."
    )


class BlanksLeft(SchoolError):
    """Every student has a term mark, ОСВ or Н/А (О 2.8)."""

    sentence = N_("Still without a mark: {names}. Put a mark, ОСВ or Н/А ({clause}).")


class NothingToSend(SchoolError):
    """No draft stands in the grid."""

    sentence = N_("There is nothing to send yet: put the marks first.")


class ChangedMeanwhile(SchoolError):
    """Somebody else's revision came between."""

    sentence = N_("The marks have changed meanwhile. Look at them once more.")


class NeverBlank(SchoolError):
    """An issued term mark is replaced, never taken away (О 2.8)."""

    sentence = N_("A term mark that has been sent can be replaced by a mark, ОСВ or Н/А, but not removed.")


class TermNotOver(SchoolError):
    """A term is closed after its last school day's lessons have begun (ours)."""

    sentence = N_("The term can be closed from its last school day on: {day}.")


class TermHasBlanks(SchoolError):
    """A term can't be closed with a blank (О 2.8)."""

    sentence = N_("The term can't be closed yet ({clause}). Still without marks: {places}.")


class NoSuchMoment(SchoolError):
    """Results can't be received in the future, or long ago."""

    sentence = N_("Results are registered when they have come, at most {days} days later.")
