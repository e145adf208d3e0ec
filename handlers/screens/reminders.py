"""Nudges and reminders: what is missing, and a button for each thing that opens it in place."""

from handlers.screen import Screen
from handlers.screens import gaps
from handlers.screens.lessons import heading, place
from services.i18n import gettext as _
from services.i18n import ngettext
from services.reminders import Reminder

MOST = 12  # a longer list is nobody's to read; the rest comes when these are closed


def reminder(view: Reminder) -> Screen:
    """What is missing, or «готово»."""
    if view.done:
        closed = [f"✅ {heading(title)}, {place(title)}" for title in view.closed]
        return Screen("\n".join([_("All is filled in, thank you."), *closed]))
    shown, left = view.things[:MOST], len(view.things[MOST:])
    lines = [
        _("The lesson is over, and something is still missing:") if view.at_bell else _("Still to be filled in:"),
        *(f"▫ {gaps.line(thing.gaps, view.zone, view.now)}" for thing in shown),
    ]
    if left:
        lines.append(ngettext("…and {count} more", "…and {count} more", left).format(count=left))
    buttons = (gaps.button(thing.gaps) for thing in shown)
    return Screen("\n".join(lines), [[one] for one in buttons if one is not None])
