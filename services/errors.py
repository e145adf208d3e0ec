"""Refusals, designed: each carries the sentence its reader will see."""

from typing import Any

from services.i18n import N_, gettext


class SchoolError(Exception):
    """A refusal with a sentence; `sentence` is an msgid, its parameters come as keyword arguments."""

    sentence: str = N_("This can't be done.")

    def __init__(self, **parameters: Any) -> None:
        super().__init__(type(self).__name__)
        self.parameters = parameters

    def say(self) -> str:
        """The sentence in the language now spoken."""
        text = gettext(self.sentence)
        return text.format(**self.parameters) if self.parameters else text


class NotFoundHere(SchoolError):
    """No such thing for this person; the same answer for «absent» and «somebody else's»."""

    sentence = N_("This isn't available to you.")


class NotYourLesson(SchoolError):
    """The lesson is another teacher's (О 2.3)."""

    sentence = N_("This lesson is recorded by another teacher.")


class NotConnected(SchoolError):
    """The chat belongs to nobody yet."""

    sentence = N_("You aren't connected yet. Type the code from your slip or open its link.")
