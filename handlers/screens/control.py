"""«Контроль»: teachers with what is overdue, a teacher's page, and the morning's list."""

from handlers.callbacks.control import OpenControl, OpenOverdue
from handlers.callbacks.corrections import OpenRequests
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.finals import OpenTermResults
from handlers.screen import ROWS_OF_NAMES, Screen, esc, page_of, pager, shortened, tap
from handlers.screens import gaps
from services.control import Overdue, OverdueOf
from services.i18n import gettext as _
from services.i18n import ngettext

LABEL = 30
LINES = 8  # of a teacher's page


def control(view: Overdue, page: int = 0) -> Screen:
    """The teachers, those with most of it first, a button each."""
    title = _("School control")
    lines = [f"<b>{title}</b>"]
    if not view.teachers:
        lines.append(_("Nothing is overdue."))
    else:
        lines += [_counted(view), _("Tap a name to see what is missing.")]
    shown, page, pages = page_of(view.teachers, page, 1)
    rows = [
        [
            tap(
                f"{shortened(one.teacher.initials, LABEL - 5)} — {len(one.things)}",
                OpenOverdue(teacher=one.teacher.id, page=0),
            )
        ]
        for one in shown
    ]
    rows += pager(page, pages, lambda to: OpenControl(page=to))
    rows.append([tap(_("Requests"), OpenRequests(page=0)), tap(_("Results"), OpenTermResults())])
    rows.append([tap(_("Menu"), OpenMenu())])
    return Screen("\n".join(lines), rows)


def overdue_of(view: OverdueOf, page: int = 0) -> Screen:
    """What is overdue with a teacher: class, subject, what, since when."""
    teacher = view.late.teacher
    name = " ".join(part for part in (teacher.last, teacher.first, teacher.middle) if part)
    lines = [f"<b>{esc(name)}</b>"]
    things = view.late.things
    if not things:
        lines.append(_("Nothing is overdue."))
    else:
        count = ngettext("Overdue: {count}", "Overdue: {count}", len(things)).format(count=len(things))
        pages = -(-len(things) // LINES)
        page = min(page, pages - 1)
        lines += [count, ""]
        lines += [f"▫ {gaps.line(one, view.zone, view.now)}" for one in things[page * LINES : (page + 1) * LINES]]
    pages = max(1, -(-len(things) // LINES))
    rows = pager(min(page, pages - 1), pages, lambda to: OpenOverdue(teacher=teacher.id, page=to))
    rows.append([tap(_("Back"), OpenControl(page=0))])
    return Screen("\n".join(lines), rows)


def morning(view: Overdue) -> Screen:
    """The list that comes once a working day."""
    lines = [_("Overdue in the journals this morning."), _counted(view), ""]
    lines += [f"▫ {esc(one.teacher.initials)} — {len(one.things)}" for one in view.teachers[:ROWS_OF_NAMES]]
    left = len(view.teachers[ROWS_OF_NAMES:])
    if left:
        lines.append(ngettext("…and {count} more", "…and {count} more", left).format(count=left))
    return Screen("\n".join(lines), [[tap(_("School control"), OpenControl(page=0))]])


def _counted(view: Overdue) -> str:
    things = ngettext("{count} entry", "{count} entries", view.count).format(count=view.count)
    teachers = ngettext("{count} teacher", "{count} teachers", len(view.teachers)).format(count=len(view.teachers))
    return _("Overdue: {things}, {teachers}.").format(things=things, teachers=teachers)
