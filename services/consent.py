"""The consent given in the chat: its text and its version. It adds to the written one and doesn't replace it (О п.4.8).

A changed text is a new version, of ours or of the school's words in it: connected guardians are asked anew. What people
agreed to stays known by the version in their row.
"""

from datetime import datetime

from services.i18n import gettext as _
from services.rules.regulation import Regulation
from storage.repositories import guardians
from storage.uow import Uow
from storage.vocabulary import Channel, PersonId, SchoolId

VERSION = "1"
LONGEST = 16


def version(regulation: Regulation) -> str:
    """The version of the text that a school shows now: ours, whether it names children in full, the school's words."""
    full = "f" if names_in_full(regulation) else ""
    school = f".{regulation.consent_version}" if regulation.consent_version else ""
    return f"{VERSION}{full}{school}"[:LONGEST]


def names_in_full(regulation: Regulation) -> bool:
    """Whether letters in the chat name the child in full."""
    return regulation.full_names_in_letters or regulation.minimal_by_channel[Channel.TELEGRAM] == "full"


def paragraphs(school: str, regulation: Regulation) -> list[str]:
    """The text in the language now spoken, a thought a paragraph; plain, not HTML; the school's words as given."""
    names = (
        _("Letters name the child in full.")
        if names_in_full(regulation)
        else _("Letters carry the child's first name and the subject: no surname, no reason of an absence.")
    )
    return [
        _("{school} will write to you here about your child: marks, homework, absences, letters of the school.").format(
            school=school
        ),
        _("Only you get these letters, in this chat. They pass through Telegram's servers, which stand abroad.")
        + " "
        + names,
        *(line.strip() for line in regulation.consent_words.splitlines() if line.strip()),
        _("You may take your consent back at any time: «Settings», «Take consent back», or /stop."),
        _("Letters stop at once then; the school's journal is kept as the law demands."),
        _("This adds to the written consent that you gave the school."),
    ]


async def give(uow: Uow, school_id: SchoolId, person_id: PersonId, regulation: Regulation, at: datetime) -> bool:
    """Somebody agrees to the text as it is now; older rows stay. False: they had agreed to this very text."""
    now_shown = version(regulation)
    if now_shown in await guardians.standing_consents(uow, person_id):
        return False
    await guardians.add_consent(uow, school_id, person_id, now_shown, at)
    return True
