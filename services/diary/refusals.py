"""Why no diary opens."""

from services.errors import SchoolError
from services.i18n import N_


class NoDiary(SchoolError):
    """Nobody's record is open to this person."""

    sentence = N_("No diary is open to you. Open the link of your slip, or ask the homeroom teacher for one.")


class ConsentTakenBack(SchoolError):
    """The guardian took the consent back."""

    sentence = N_(
        "The consent is taken back, so the diary is closed. To open it again: “Settings”, “Give consent again”."
    )
