"""«Мой класс»: the homeroom teacher's class, and what may be opened about it."""

from handlers.callbacks.absences import OpenAbsences
from handlers.callbacks.access import OpenAccess
from handlers.callbacks.broadcasts import ChooseOfClass
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.finals import OpenClassResults, ScopeSign
from handlers.callbacks.homeroom import AskForSlips, OpenClass
from handlers.callbacks.printing import OpenPrinting
from handlers.screen import Screen, esc, grid, shortened, tap
from handlers.screens import reading
from services.homeroom import ClassView
from services.i18n import gettext as _
from storage.vocabulary import GuardianStanding


def overview(view: ClassView) -> Screen:
    """The class, and what may be opened about it."""
    connected = len(view.of(GuardianStanding.CONNECTED))
    waiting = len(view.of(GuardianStanding.AWAITING)) + view.students_awaiting
    lines = [
        f"<b>{esc(view.name)}</b>",
        _("Guardians connected: {connected} of {all}").format(connected=connected, all=len(view.families)),
    ]
    if waiting:
        lines.append(_("Await your confirmation: {count}").format(count=waiting))
    absent = _("Absent") + (f" · ? {view.unexplained}" if view.unexplained else "")
    rows = [[tap(absent, OpenAbsences(school_class=view.class_id, page=0))]]
    access = _("Who is connected") + (f" · ⏳ {waiting}" if waiting else "")
    rows.append([tap(access, OpenAccess(school_class=view.class_id))])
    rows.append([tap(_("Broadcast"), ChooseOfClass(school_class=view.class_id))])
    results = OpenClassResults(school_class=view.class_id, scope=ScopeSign.TERM, number=0, page=0)
    rows.append([tap(_("Results"), results), tap(_("Seen by families"), reading.of_class(view.class_id))])
    rows.append([tap(_("Printing"), OpenPrinting(school_class=view.class_id, page=0))])
    rows.append([tap(_("Slips of the class"), AskForSlips(school_class=view.class_id))])
    others = [one for one in view.classes if one.id != view.class_id]
    rows += grid([tap(shortened(one.name, 14), OpenClass(school_class=one.id)) for one in others], 2)
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])
