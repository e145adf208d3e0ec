"""«Ознакомлены»: a class's families by whether they have read the results, one family, the signature sheet."""

from datetime import datetime

from handlers.callbacks.finals import ScopeSign
from handlers.callbacks.homeroom import OpenClass
from handlers.callbacks.reading import (
    ChooseSignatures,
    EnterSignature,
    OpenFamilyReading,
    OpenReading,
    PrintSignatures,
    RemindSilent,
)
from handlers.screen import Button, Screen, esc, grid, page_of, pager, shortened, tap
from handlers.screens.finals import SIGNS
from handlers.screens.names import WIDTHS, columns_for, labels
from services import words
from services.finals.reading import ClassReading, FamilyReading, Reader
from services.i18n import gettext as _
from services.i18n import ngettext
from services.rules.short_names import initials
from storage.vocabulary import ClassId

LABEL = 30
ROWS = 6  # of names: the buttons below them stay on a phone's screen
NAMES = 10
READ, SILENT, UNREACHED = "✅", "▫", "📭"


def moment(at: datetime) -> str:
    """«25 октября, 17:40», of a moment in school time."""
    return f"{words.day_and_month(at.date())}, {at:%H:%M}"


def acknowledged(at: datetime) -> str:
    """What a pressed «Ознакомлен(а)» becomes."""
    return _("✓ Seen {moment}").format(moment=f"{words.day_and_month(at.date())}, {at:%H:%M}")


def reading(view: ClassReading, page: int = 0) -> Screen:
    """The families, the silent first; who can be reminded, and the sheet for signatures."""
    title = _("Who has seen the results")
    read = len(view.families) - len(view.silent)
    lines = [
        f"<b>{esc(view.name)}</b> · {title}",
        _("Results, {scope}.").format(scope=view.scope_words),
        _("Seen: {count} of {all}").format(count=read, all=len(view.families)),
    ]
    unreached = view.unreached
    if unreached:
        names = ", ".join(esc(one.student.usual) for one in unreached[:NAMES])
        more = "…" if len(unreached) > NAMES else ""
        lines.append(_("Not reached yet: {names}").format(names=names + more))
    lines += ["", _("✅ seen · ▫ silent · 📭 not reached")]
    ordered = sorted(view.families, key=lambda one: (one.read, one.reached))
    columns = columns_for(len(ordered))
    shown, page, pages = page_of(ordered, page, columns, ROWS)
    names_of = labels([one.student for one in ordered], columns, taken=3)
    rows = grid(
        (
            tap(f"{_sign(one)} {names_of[one.student.id]}", OpenFamilyReading(student=one.student.id, **_wire(view)))
            for one in shown
        ),
        columns,
    )
    rows += pager(page, pages, lambda to: OpenReading(page=to, **_wire(view)))
    if len(view.scopes) > 1:
        rows += grid((_scope(view, scope, short) for scope, _said, short in view.scopes), 3)
    if view.silent:
        rows.append([tap(_("Remind the silent ({count})").format(count=len(view.silent)), RemindSilent(**_wire(view)))])
    rows.append([tap(_("Signature sheet"), ChooseSignatures(**_wire(view)))])
    rows.append([tap(_("Back"), OpenClass(school_class=view.class_id))])
    return Screen("\n".join(lines), rows)


def nothing_yet(class_id: ClassId, why: str) -> Screen:
    """Before the first results of the year."""
    title = _("Who has seen the results")
    return Screen(f"<b>{title}</b>\n{esc(why)}", [[tap(_("Back"), OpenClass(school_class=class_id))]])


def family(view: ClassReading, one: FamilyReading) -> Screen:
    """A family: who has said what, and whose signature may be entered."""
    lines = [
        f"<b>{esc(one.student.usual)}, {esc(view.name)}</b>",
        _("Results, {scope}.").format(scope=view.scope_words),
        "",
    ]
    lines += [f"{esc(who.name.usual)} — {_stands(who)}" for who in one.guardians]
    if not one.guardians:
        lines.append(_("No guardian is recorded."))
    rows: list[list[Button]] = []
    for who in one.guardians:
        if who.read_at is not None and not who.signed:
            continue
        said = _("Take back: {name}") if who.signed else _("Signed on paper: {name}")
        short = initials(who.name.last, who.name.first)
        wire = EnterSignature(student=one.student.id, guardian=who.id, signed=not who.signed, **_wire(view))
        rows.append([tap(shortened(said.format(name=short), LABEL), wire)])
    rows.append([tap(_("Back"), OpenReading(page=0, **_wire(view)))])
    return Screen("\n".join(lines), rows)


def signatures(view: ClassReading) -> Screen:
    """For whom the sheet is printed."""
    paper = sum(one.on_paper for one in view.families)
    title = _("Signature sheet")
    lines = [
        f"<b>{esc(view.name)}</b> · {title}",
        _("Results, {scope}.").format(scope=view.scope_words),
        "",
        _("A line for every student: the guardian dates and signs. Enter the signature in the family's row here."),
    ]
    rows = []
    if paper:
        label = _("On paper or not connected ({count})").format(count=paper)
        rows.append([tap(label, PrintSignatures(everybody=False, **_wire(view)))])
    label = _("All families ({count})").format(count=len(view.families))
    rows.append([tap(label, PrintSignatures(everybody=True, **_wire(view)))])
    rows.append([tap(_("Back"), OpenReading(page=0, **_wire(view)))])
    return Screen("\n".join(lines), rows)


def reminded(count: int) -> str:
    """What a reminder's tap is answered with."""
    said = ngettext("A reminder goes to {count} family.", "A reminder goes to {count} families.", count)
    return said.format(count=count)


def of_class(class_id: ClassId) -> OpenReading:
    """The button's data in «Мой класс»: the newest results."""
    return OpenReading(school_class=class_id, scope=ScopeSign.TERM, number=0, page=0)


def _wire(view: ClassReading) -> dict[str, object]:
    return {"school_class": view.class_id, "scope": SIGNS[view.scope.kind], "number": view.scope.number}


def _scope(view: ClassReading, scope: object, short: str) -> Button:
    chosen = next(one for one, _said, _short in view.scopes if one == scope)
    wire = {"school_class": view.class_id, "scope": SIGNS[chosen.kind], "number": chosen.number}
    return tap(("• " if chosen == view.scope else "") + shortened(short, WIDTHS[2]), OpenReading(page=0, **wire))


def _sign(one: FamilyReading) -> str:
    if one.read:
        return READ
    return SILENT if one.reached else UNREACHED


def _stands(who: Reader) -> str:
    if who.read_at is not None and who.signed:
        return _("signed on paper, {day}").format(day=words.day_and_month(who.read_at.date()))
    if who.read_at is not None:
        return _("seen {moment}").format(moment=moment(who.read_at))
    if who.paper:
        return _("gets paper, no signature yet")
    if who.told:
        return _("the letter came, no answer")
    return _("the letter hasn't come yet") if who.connected else _("not connected")
