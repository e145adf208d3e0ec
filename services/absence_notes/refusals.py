"""Why a note can't be written or decided, each with what to do instead."""

from services.errors import SchoolError
from services.i18n import N_


class DayIsPast(SchoolError):
    """A note is a word beforehand."""

    sentence = N_(
        "A note is written beforehand: from {day} on. Of days already missed, tell the homeroom teacher in a letter."
    )


class NoSchoolThen(SchoolError):
    """None of these days is a school day."""

    sentence = N_("There is no school on these days. Choose others.")


class TooFarAhead(SchoolError):
    """The days are beyond what a note is for, or beyond the year."""

    sentence = N_("A note reaches until {day} at most. For longer, write an application to the school.")


class DaysTurned(SchoolError):
    """The last day comes before the first."""

    sentence = N_("The last day comes before the first. Choose the days anew.")


class NotedAlready(SchoolError):
    """A note of these days stands."""

    sentence = N_("There is a note of these days already: {days}. Choose other days, or shorten that one.")


class NoDatesTyped(SchoolError):
    """The typed text holds no date."""

    sentence = N_("Write the day: “until 12.04”, or “10.04 to 12.04”.")


class WordsWanted(SchoolError):
    """«Другое» says nothing by itself."""

    sentence = N_("Write in a few words why: the homeroom teacher decides by them.")


class WordsTooLong(SchoolError):
    """The words don't fit."""

    sentence = N_("A note takes {limit} characters, yours has {length}. Shorten it.")


class NoteGone(SchoolError):
    """The note being written is no more, or the one to be decided was decided or withdrawn."""

    sentence = N_("This note isn't open any more. Open the notes anew.")


class NoteBegun(SchoolError):
    """A confirmed note whose first day has passed is shortened, not withdrawn."""

    sentence = N_("The days of this note have begun. Shorten it instead.")


class NotShorter(SchoolError):
    """The day isn't one the note may end on."""

    sentence = N_("The note can't end on that day. Choose the days anew.")


class NoGuardianAnyMore(SchoolError):
    """Who wrote the note isn't the child's guardian any more."""

    sentence = N_("Who wrote this note isn't the child's guardian any more. It can only be declined.")
