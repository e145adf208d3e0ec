"""Why a correspondence can't be opened or written in, and what to do instead."""

from services.errors import SchoolError
from services.i18n import N_


class NoLongerYours(SchoolError):
    """The thread was handed over."""

    sentence = N_("This correspondence was handed over: somebody else answers it now.")


class NoLongerTeaching(SchoolError):
    """The teacher's right to the student has ended (О 2.3)."""

    sentence = N_("You no longer teach this student, so this correspondence is closed to you.")


class TeacherGone(SchoolError):
    """The other side no longer teaches the student."""

    sentence = N_(
        "This teacher no longer teaches in the class. Write to the homeroom teacher or to the administration: "
        "“Write to a teacher” in the menu."
    )


class FamilyGone(SchoolError):
    """The family's right has ended."""

    sentence = N_("This family's access has ended, so nothing more can be sent. What was written stays here.")


class NobodyThere(SchoolError):
    """The other side has no chat a letter could go to."""

    sentence = N_("Nobody on the other side is connected now, so a letter would not arrive. Please try by telephone.")


class NotAmongTeachers(SchoolError):
    """The one to write to doesn't teach the student."""

    sentence = N_("This teacher doesn't teach in the class now. Open “Write to a teacher” anew.")


class EntryTooLong(SchoolError):
    """A letter has so many characters at most."""

    sentence = N_("The letter has {length} characters, at most {limit} fit. Shorten it or send it in two.")


class TooManyEntries(SchoolError):
    """So many letters an hour and thread."""

    sentence = N_("{limit} letters were written here within an hour. The next one can go from {hour} on.")


class OnlyTextOrFile(SchoolError):
    """A voice message, a sticker or the like."""

    sentence = N_("Only a text, a photo or a document can be passed on. Please write it in words.")


class NoHandingOver(SchoolError):
    """Nobody to hand the thread to, or not the holder's any more."""

    sentence = N_("This correspondence can't be handed over there. Open it anew.")


class LetterNotAwaited(SchoolError):
    """The draft is gone: half an hour passed, or something else was begun."""

    sentence = N_("I wasn't waiting for a letter any more. Open the correspondence and press “Answer”.")
