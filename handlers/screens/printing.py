"""«Печать»: who gets paper, when the next print is due, the last one and who has not taken it."""

from handlers.callbacks.homeroom import OpenClass
from handlers.callbacks.printing import HandOver, OpenPrinting, PrintAgain, PrintSheets
from handlers.screen import Screen, esc, page_of, pager, shortened, tap
from services import words
from services.i18n import gettext as _
from services.i18n import ngettext
from services.printing.office import Printed, PrintView, Sheet
from services.rules.duties import Duty
from services.rules.short_names import initials

LABEL = 30
ROWS = 6
NAMES = 10


def printing(view: PrintView, page: int = 0) -> Screen:
    """The register, the term of the next print, and the hand-over of the last."""
    title = _("Printing for families")
    lines = [f"<b>{esc(view.name)}</b> · {title}", _register(view)]
    if view.due is not None:
        lines.append(_due(view, view.due))
    if view.last is not None:
        taken = len(view.sheets) - len(view.left)
        days = words.days(view.last.since_on, view.last.until_on)
        lines += ["", _("Last print: {days}").format(days=days)]
        lines.append(_("Handed over: {count} of {all}").format(count=taken, all=len(view.sheets)))
        if view.left and taken:
            lines.append(_("Not taken: {names}").format(names=_names(view.left)))
        lines.append(_("Tap a sheet when it is handed over; tap again to undo."))
    shown, page, pages = page_of(view.sheets, page, 1, ROWS)
    rows = [[tap(_sheet(one), HandOver(sheet=one.id, handed=one.handed_on is None, page=page))] for one in shown]
    rows += pager(page, pages, lambda to: OpenPrinting(school_class=view.class_id, page=to))
    today = view.last is not None and view.last.until_on == view.today
    if view.ties and not today:
        label = _("Print the sheets ({count})").format(count=len(view.ties))
        rows.append([tap(label, PrintSheets(school_class=view.class_id))])
    if view.last is not None:
        label = _("The same document again")
        rows.append([tap(label, PrintAgain(batch=view.last.id))])
    rows.append([tap(_("Back"), OpenClass(school_class=view.class_id))])
    return Screen("\n".join(lines), rows)


def caption(printed: Printed) -> str:
    """What stands under the document."""
    count = len(printed.sheets)
    said = ngettext("{count} sheet", "{count} sheets", count).format(count=count)
    days = words.days(printed.batch.since_on, printed.batch.until_on)
    return _("{name}, {days}: {sheets} and a page for signatures. Each sheet is for its own family only.").format(
        name=printed.class_name, days=days, sheets=said
    )


def file_name(printed: Printed) -> str:
    """«Печать 7Б 2026-09-08.pdf»."""
    return _("Print {name} {day}.pdf").format(name=printed.class_name, day=printed.batch.until_on.isoformat())


def _register(view: PrintView) -> str:
    if not view.ties:
        return _("No family of this class gets paper. The way is chosen in the guardian's card, by an application.")
    families = len({one.student_id for one in view.ties})
    return ngettext("On paper: {count} family", "On paper: {count} families", families).format(count=families)


def _due(view: PrintView, duty: Duty) -> str:
    day = words.day_and_month(duty.due_on)
    if duty.overdue:
        return _("❗ The print was due by {day} ({clause}).").format(day=day, clause=esc(view.clause))
    return _("Next print: by {day}, every {count} days ({clause}).").format(
        day=day, count=view.every, clause=esc(view.clause)
    )


def _sheet(one: Sheet) -> str:
    sign = "▫" if one.handed_on is None else f"✅ {one.handed_on:%d.%m}"
    return shortened(f"{sign} {initials(*one.student)} — {one.guardian[0]}", LABEL)


def _names(sheets: list[Sheet]) -> str:
    names = dict.fromkeys(initials(*one.student) for one in sheets)
    return ", ".join(esc(one) for one in list(names)[:NAMES]) + ("…" if len(names) > NAMES else "")
