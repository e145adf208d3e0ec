"""«Мой класс»: families by how they stand, one guardian, slips."""

from collections.abc import Sequence

from handlers.callbacks.absences import OpenAbsences
from handlers.callbacks.family import OpenMenu
from handlers.callbacks.finals import OpenClassResults, ScopeSign
from handlers.callbacks.homeroom import (
    AskForSlips,
    AskToDisconnect,
    ConfirmGuardian,
    Disconnect,
    OpenClass,
    OpenGuardian,
    OpenGuardians,
    PrintSlip,
    PrintSlips,
)
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.names import with_children
from services import words
from services.homeroom import ClassView, Family, Slips
from services.i18n import N_, ngettext
from services.i18n import gettext as _
from storage.vocabulary import ClassId, GuardianStanding

LABEL = 30
SHOWN_NAMES = 10

STANDINGS = {
    GuardianStanding.AWAITING: N_("Await confirmation"),
    GuardianStanding.CONNECTED: N_("Connected"),
    GuardianStanding.AWAY: N_("Not connected"),
    GuardianStanding.NO_PAPERS: N_("Without papers"),
    GuardianStanding.BLOCKED: N_("Blocked the bot"),
    GuardianStanding.LEFT: N_("Took consent back"),
}

OF_ONE = {
    GuardianStanding.AWAITING: N_("Awaits confirmation"),
    GuardianStanding.CONNECTED: N_("The diary is connected"),
    GuardianStanding.AWAY: N_("The diary isn't connected"),
    GuardianStanding.NO_PAPERS: N_("Without papers"),
    GuardianStanding.BLOCKED: N_("The bot is blocked"),
    GuardianStanding.LEFT: N_("The consent is taken back"),
}


def overview(view: ClassView) -> Screen:
    """The class: how many families are connected, and a button for each standing that somebody has."""
    connected = len(view.of(GuardianStanding.CONNECTED))
    lines = [
        f"<b>{esc(view.name)}</b>",
        _("Guardians connected: {connected} of {all}").format(connected=connected, all=len(view.families)),
    ]
    if view.without_guardians:
        names = ", ".join(esc(name) for name in view.without_guardians[:SHOWN_NAMES])
        more = "…" if len(view.without_guardians) > SHOWN_NAMES else ""
        lines += ["", _("No guardian is recorded: {names}").format(names=names + more)]
    absent = _("Absent") + (f" · ? {view.unexplained}" if view.unexplained else "")
    rows = [[tap(absent, OpenAbsences(school_class=view.class_id, page=0))]]
    rows += [
        [tap(f"{_(title)}: {len(alike)}", OpenGuardians(school_class=view.class_id, standing=standing, page=0))]
        for standing, title in STANDINGS.items()
        if (alike := view.of(standing))
    ]
    results = OpenClassResults(school_class=view.class_id, scope=ScopeSign.TERM, number=0, page=0)
    rows.append([tap(_("Results"), results)])
    rows.append([tap(_("Slips of the class"), AskForSlips(school_class=view.class_id))])
    others = [one for one in view.classes if one.id != view.class_id]
    rows += grid([tap(shortened(one.name, 14), OpenClass(school_class=one.id)) for one in others], 2)
    return Screen("\n".join(lines), [*rows, [tap(_("Menu"), OpenMenu())]])


def guardians(view: ClassView, standing: GuardianStanding, page: int) -> Screen:
    """Those who stand alike, a button each, eight a page."""
    alike = view.of(standing)
    shown, page, pages = page_of(alike, page, 1)
    text = f"<b>{esc(view.name)}</b> · {_(STANDINGS[standing])}: {len(alike)}"
    if not alike:
        text += "\n" + _("Nobody.")
    rows = [
        [
            tap(
                with_children(family.short_name, _children(family), LABEL),
                OpenGuardian(school_class=view.class_id, guardian=family.guardian_id),
            )
        ]
        for family in shown
    ]
    rows += pager(page, pages, lambda number: OpenGuardians(school_class=view.class_id, standing=standing, page=number))
    return Screen(text, [*rows, [tap(_("Back"), OpenClass(school_class=view.class_id))]])


def guardian(class_id: ClassId, family: Family, note: str | None = None) -> Screen:
    """One guardian: whose, how connected, since when, and what may be done."""
    lines = [
        *([note, ""] if note else []),
        f"<b>{esc(family.name)}</b>",
        f"{words.relation(family.relation)}: {esc(', '.join(family.children))}",
        "",
        _(OF_ONE[family.standing]),
    ]
    if family.since is not None:
        how = _("by a typed code") if family.by_code else _("by the link of the slip")
        day = words.day_and_month(family.since.date())
        lines.append(_("Joined {day} at {hour}, {how}").format(day=day, hour=f"{family.since:%H:%M}", how=how))
    if family.standing is GuardianStanding.NO_PAPERS:
        lines.append(_("The application or the consent isn't recorded: ask the school's office."))
    place = {"school_class": class_id, "guardian": family.guardian_id}
    rows: list[list[Button]] = []
    if family.standing is GuardianStanding.AWAITING:
        rows.append([tap(_("Confirm"), ConfirmGuardian(**place))])
    if family.recorded:
        rows.append([tap(_("New slip"), PrintSlip(**place))])
    if family.account_id is not None and not family.staff:
        rows.append([tap(_("Disconnect"), AskToDisconnect(**place))])
    back = OpenGuardians(school_class=class_id, standing=family.standing, page=0)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def ask_to_disconnect(class_id: ClassId, family: Family) -> Screen:
    """Are you sure?"""
    text = _(
        "<b>Disconnect {name}?</b>\n\n"
        "Letters stop and the diary closes at once, and the guardian is told. To come back, they need a new slip."
    )
    place = {"school_class": class_id, "guardian": family.guardian_id}
    rows = [[tap(_("Disconnect"), Disconnect(**place))], [tap(_("Back"), OpenGuardian(**place))]]
    return Screen(text.format(name=esc(family.name)), rows)


def ask_for_slips(view: ClassView) -> Screen:
    """For whom slips are printed, and that older ones end."""
    away, bare = view.of(GuardianStanding.AWAY), view.of(GuardianStanding.NO_PAPERS)
    lines = [f"<b>{esc(view.name)}</b> · " + _("Slips of the class"), ""]
    if away:
        lines += [
            ngettext(
                "A document for printing: {count} slip with a QR code and a code for typing.",
                "A document for printing: {count} slips with a QR code and a code for typing.",
                len(away),
            ).format(count=len(away)),
            _("Each is good once, for a week. Slips you printed before and nobody used end."),
        ]
    else:
        lines.append(_("Everybody who may have a slip is connected."))
    if bare:
        lines += ["", _("Without papers, so without a code: {names}").format(names=_names(bare))]
    rows: list[list[Button]] = []
    if away:
        rows.append([tap(_("Make the document"), PrintSlips(school_class=view.class_id))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenClass(school_class=view.class_id))]])


def slips_caption(slips: Slips, until: str) -> str:
    """What stands under the document."""
    return _(
        "Slips: {count}. Good until {day}, once each. Hand each to its guardian; this document holds their codes."
    ).format(count=len(slips.slips), day=until)


def _children(family: Family) -> list[str]:
    return [child.partition(" ")[2] or child for child in family.children]


def _names(families: Sequence[Family]) -> str:
    names = ", ".join(esc(family.short_name) for family in families[:SHOWN_NAMES])
    return names + ("…" if len(families) > SHOWN_NAMES else "")
