"""The consent given in the chat: its text and its version. It adds to the written one and doesn't replace it (О п.4.8).

A changed text is a new version; what people agreed to stays known by the version in their row.
"""

from services.i18n import gettext as _

VERSION = "1"


def paragraphs(school: str, *, full_names: bool) -> list[str]:
    """The text in the language now spoken, a thought a paragraph; plain, not HTML."""
    names = (
        _("Letters name the child in full.")
        if full_names
        else _("Letters carry the child's first name and the subject: no surname, no reason of an absence.")
    )
    return [
        _("{school} will write to you here about your child: marks, homework, absences, letters of the school.").format(
            school=school
        ),
        _("Only you get these letters, in this chat. They pass through Telegram's servers, which stand abroad.")
        + " "
        + names,
        _("You may take your consent back at any time: «Settings», «Take consent back», or /stop."),
        _("Letters stop at once then; the school's journal is kept as the law demands."),
        _("This adds to the written consent that you gave the school."),
    ]
