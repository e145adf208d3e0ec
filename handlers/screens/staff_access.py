"""«Доступ»: the staff by who is connected, one of them, a code, the classes."""

from collections.abc import Sequence

from handlers.callbacks.access import (
    AskToDisconnectEmployee,
    DisconnectEmployee,
    FindEmployee,
    HideCode,
    IssueStaffCode,
    OpenAccess,
    OpenAccessClasses,
    OpenEmployee,
    OpenStaffAccess,
)
from handlers.callbacks.family import OpenMenu
from handlers.screen import ROWS_OF_NAMES, Button, Screen, esc, grid, page_of, pager, shortened, tap
from services import words
from services.i18n import gettext as _
from services.staff_access import Employee, StaffCode, StaffView

LABEL = 30


def staff(view: StaffView, page: int) -> Screen:
    """The staff, eight a page."""
    shown, page, pages = page_of(view.people, page, 1)
    text = "<b>" + _("Access of the staff") + "</b>\n"
    text += _("Connected: {connected} of {all}").format(connected=view.connected, all=len(view.people))
    text += "\n\n" + _("Tap a name for a one-time code, or to disconnect.")
    rows = [[_named(one)] for one in shown]
    rows += pager(page, pages, lambda number: OpenStaffAccess(page=number))
    rows.append([tap(_("Find by name"), FindEmployee()), tap(_("Classes"), OpenAccessClasses(page=0))])
    return Screen(text, [*rows, [tap(_("Menu"), OpenMenu())]])


def ask_name() -> Screen:
    """Whom?"""
    text = _("Whom do you look for? Type the beginning of the surname or of the name.")
    return Screen(text, [[tap(_("Back"), OpenStaffAccess(page=0))]])


def found(people: Sequence[Employee]) -> Screen:
    """Who has such a name; of many the first eight."""
    text = _("Found: {count}").format(count=len(people))
    if len(people) > ROWS_OF_NAMES:
        text += "\n" + _("Here are the first eight. Type more letters to find the others.")
    rows = [[_named(one)] for one in people[:ROWS_OF_NAMES]]
    rows.append([tap(_("Find by name"), FindEmployee()), tap(_("Back"), OpenStaffAccess(page=0))])
    return Screen(text, rows)


def employee(one: Employee) -> Screen:
    """One employee: what they are, whether connected, and what may be done."""
    roles = ", ".join(words.role(role) for role in one.roles)
    lines = [f"<b>{esc(one.name)}</b>", roles, ""]
    if one.account_id is None:
        lines.append(_("The journal isn't connected"))
    else:
        lines.append(_("The bot is blocked") if one.unreachable else _("Connected to the journal"))
        if one.since is not None:
            day = words.day_and_month(one.since.date())
            lines.append(_("Joined {day} at {hour}").format(day=day, hour=f"{one.since:%H:%M}"))
    if one.oneself:
        lines += ["", _("This is you. Of a code for yourself the director and all administrators are told.")]
    rows: list[list[Button]] = [[tap(_("Make a code"), IssueStaffCode(person=one.person_id))]]
    if one.account_id is not None and not one.oneself:
        rows.append([tap(_("Disconnect"), AskToDisconnectEmployee(person=one.person_id))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenStaffAccess(page=0))]])


def ask_to_disconnect(one: Employee) -> Screen:
    """Are you sure?"""
    text = _(
        "<b>Disconnect {name}?</b>\n\n"
        "The journal closes on that phone at once, and the employee is told there. To come back, they need a new code."
    )
    rows = [
        [tap(_("Disconnect"), DisconnectEmployee(person=one.person_id))],
        [tap(_("Back"), OpenEmployee(person=one.person_id))],
    ]
    return Screen(text.format(name=esc(one.name)), rows)


def code(made: StaffCode, link: str, until: str) -> Screen:
    """What stands under the QR code: the link and the code, shown this once."""
    text = _(
        "<b>{name}</b>\nA code for the journal, good once, until {until}. Give it to this person only.\n\n"
        "Link: {link}\nCode for typing: <code>{code}</code>\n\nIt isn't shown again; a newer code ends this one."
    ).format(name=esc(made.employee.name), until=until, link=esc(link), code=made.issued.code)
    return Screen(text, [[tap(_("Handed over, remove it"), HideCode())]])


def classes(view: StaffView, page: int) -> Screen:
    """The classes, to see who of the families is connected."""
    shown, page, pages = page_of(view.classes, page, 3)
    text = "<b>" + _("Access of families") + "</b>\n" + _("Slips are handed out by the homeroom teachers.")
    rows = grid([tap(shortened(one.name, 10), OpenAccess(school_class=one.id)) for one in shown], 3)
    rows += pager(page, pages, lambda number: OpenAccessClasses(page=number))
    return Screen(text, [*rows, [tap(_("Back"), OpenStaffAccess(page=0))]])


def _named(one: Employee) -> Button:
    sign = "▫️" if one.account_id is None else "🚫" if one.unreachable else "✅"
    return tap(shortened(f"{sign} {one.short_name}", LABEL), OpenEmployee(person=one.person_id))
