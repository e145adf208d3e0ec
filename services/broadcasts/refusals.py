"""What the office of broadcasts refuses, in the words its reader sees."""

from services.errors import SchoolError
from services.i18n import N_


class NotYourAudience(SchoolError):
    """Homeroom teachers write to their own class, the administration to the school (product §4)."""

    sentence = N_("You can't send a broadcast to them.")


class NoBroadcasts(SchoolError):
    """The person writes to nobody."""

    sentence = N_("Broadcasts are sent by homeroom teachers and the administration.")


class BroadcastGone(SchoolError):
    """A draft that was thrown away, or replaced by a newer one."""

    sentence = N_("This draft isn't there any more. Begin a new broadcast.")


class BroadcastChanged(SchoolError):
    """What is sent is what was seen."""

    sentence = N_("The broadcast was changed since. Look at it once more.")


class BroadcastUnderWay(SchoolError):
    """A text or an option can't be changed any more."""

    sentence = N_("This broadcast was sent already, it can't be changed.")


class NothingToCancel(SchoolError):
    """The hold is over."""

    sentence = N_("The minute is over: the letters are on their way. You can recall them.")


class BroadcastEmpty(SchoolError):
    """Neither text nor file."""

    sentence = N_("There is nothing to send yet. Type a text, or send a photo or a document.")


class QuestionNeedsText(SchoolError):
    """Answers without the question."""

    sentence = N_("Type the question itself as the text of the broadcast.")


class NobodyToReach(SchoolError):
    """Everybody in the audience is out of reach."""

    sentence = N_("Nobody of them can be reached: none is connected.")


class BroadcastTooLong(SchoolError):
    """One letter must hold it."""

    sentence = N_("The text is too long: {length} characters of at most {limit}. Shorten it, or send a document.")


class TooManyBroadcastFiles(SchoolError):
    """As many as an album has."""

    sentence = N_("Ten files are attached already, more don't fit.")


class OptionsUnclear(SchoolError):
    """Two to six, each of one line."""

    sentence = N_("Type from 2 to 6 options, each on a line of its own, at most 40 characters.")


class BroadcastNotAwaited(SchoolError):
    """The question that the text answers was ended."""

    sentence = N_("The broadcast doesn't await anything any more. Open it anew.")


class NobodyChosen(SchoolError):
    """Chosen families, and none is."""

    sentence = N_("Choose at least one family.")


class NoPausing(SchoolError):
    """It isn't being sent."""

    sentence = N_("The broadcast isn't being sent now.")


class RecallOver(SchoolError):
    """The messenger deletes letters of two days at most."""

    sentence = N_("A broadcast can be recalled within {hours} hours. This one is older.")


class NobodySilent(SchoolError):
    """Everybody it reached has answered."""

    sentence = N_("Everybody it reached has answered: there is nobody to remind.")


class RemindedLately(SchoolError):
    """One reminder in so many hours."""

    sentence = N_("They were reminded at {hour}. Once in three hours is enough.")


class OnlyAPreview(SchoolError):
    """The author presses what families will press."""

    sentence = N_("This is how the families will see it. The buttons work in their letters.")


class BroadcastRecalled(SchoolError):
    """A button under a letter that was taken back."""

    sentence = N_("This letter was recalled by its author. Nothing needs to be answered.")


class AnswersClosed(SchoolError):
    """The author has closed the question."""

    sentence = N_("Answers aren't taken any more.")
