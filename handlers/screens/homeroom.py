"""«Мой класс»: the homeroom teacher's class at a glance, and what may be opened about it."""

from handlers.callbacks.absence_notes import OpenClassNotes
from handlers.callbacks.absences import OpenAbsences
from handlers.callbacks.access import OpenAccess
from handlers.callbacks.broadcasts import ChooseOfClass
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.finals import OpenClassResults, ScopeSign
from handlers.callbacks.homeroom import AskForSlips, OpenClass
from handlers.callbacks.my_class import (
    OpenBriefings,
    OpenClassJournal,
    OpenContacts,
    OpenFailing,
    OpenReaders,
    OpenUnreached,
)
from handlers.callbacks.printing import OpenPrinting
from handlers.screen import Button, Screen, esc, grid, shortened, tap
from handlers.screens import reading
from handlers.screens.lessons import not_coming
from handlers.screens.my_class import left
from services.class_views import ClassTop
from services.i18n import gettext as _
from services.rules.duties import Duty

HALF = 16  # signs on a button in two columns


def overview(view: ClassTop) -> Screen:
    """The class at a glance: what is asked of families and of its homeroom teacher, and what wants something now."""
    lines = [
        f"<b>{esc(view.name)}</b>",
        _("Guardians connected: {connected} of {all}").format(connected=view.connected, all=view.guardians),
    ]
    if view.connected:
        lines.append(_("Read the diary: {reading} of {all}").format(reading=view.reading, all=view.connected))
    if view.awaiting:
        lines.append(_("Await your confirmation: {count}").format(count=view.awaiting))
    lines.append(_("Informing: {when}").format(when=left(view.briefing)))
    lines.append(_("Verifying contacts: {when}").format(when=left(view.contacts)))
    if view.expected_absent:
        lines += ["", not_coming(view.expected_absent)]
    here = {"school_class": view.class_id}
    absent = _("Absent") + (f" · ? {view.unexplained}" if view.unexplained else "")
    notes = _("Notes") + (f" · ⏳ {view.notes}" if view.notes else "")
    access = _("Who is connected") + (f" · ⏳ {view.awaiting}" if view.awaiting else "")
    silent = _("Who reads") + (f" · 🔕 {view.silent}" if view.silent else "")
    unreached = _("Not delivered") + (f" · {view.unreached}" if view.unreached else "")
    results = OpenClassResults(**here, scope=ScopeSign.TERM, number=0, page=0)
    pairs = [
        [tap(absent, OpenAbsences(**here, page=0)), tap(notes, OpenClassNotes(**here, page=0))],
        [tap(access, OpenAccess(**here)), tap(silent, OpenReaders(**here, silent=False, page=0))],
        [
            tap(_("Broadcast"), ChooseOfClass(**here)),
            tap(_warned(view.briefing, _("Informing")), OpenBriefings(**here)),
        ],
        [tap(unreached, OpenUnreached(**here, page=0)), tap(_("Failing"), OpenFailing(**here, page=0))],
        [tap(_("Class journal"), OpenClassJournal(**here, page=0)), tap(_("Results"), results)],
        [tap(_("Seen by families"), reading.of_class(view.class_id)), _printing(view)],
        [
            tap(_warned(view.contacts, _("Contacts")), OpenContacts(**here, page=0)),
            tap(_("Slips of the class"), AskForSlips(**here)),
        ],
    ]
    rows = [row for pair in pairs for row in _side_by_side(pair)]
    others = [one for one in view.classes if one.id != view.class_id]
    rows += grid([tap(shortened(one.name, 14), OpenClass(school_class=one.id)) for one in others], 2)
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])


def _side_by_side(pair: list[Button]) -> list[list[Button]]:
    """Two buttons in a row where both labels fit half a phone; with a count beside it a long one has its own row."""
    return [pair] if all(len(one.label) <= HALF for one in pair) else [[one] for one in pair]


def _printing(view: ClassTop) -> Button:
    opens = OpenPrinting(school_class=view.class_id, page=0)
    return tap(_("Printing") if view.printing is None else _warned(view.printing, _("Printing")), opens)


def _warned(duty: Duty, label: str) -> str:
    return f"⚠️ {label}" if duty.overdue else label
