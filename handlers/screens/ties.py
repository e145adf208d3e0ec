"""«Связь с ребёнком»: a guardian's ties, ending one, restoring it."""

from datetime import date, timedelta

from handlers.callbacks.access import (
    AskTieDay,
    AskToEndTie,
    AskToRestoreTie,
    EndTie,
    OpenTies,
    RestoreTie,
    SeeTieEnd,
)
from handlers.callbacks.homeroom import OpenGuardian
from handlers.screen import Screen, esc, shortened, tap
from services import words
from services.i18n import N_
from services.i18n import gettext as _
from services.ties import Tie, TiesView
from storage.vocabulary import TieEnd

LABEL = 30
REASONS = {
    TieEnd.COURT: N_("court decision"),
    TieEnd.MOVED: N_("moved, another guardian"),
    TieEnd.ADULT: N_("the child is of age"),
    TieEnd.MISTAKE: N_("recorded by mistake"),
}


def ties(view: TiesView) -> Screen:
    """Each child, until when, and why; a button each to end or to restore."""
    lines = [f"<b>{esc(view.guardian)}</b> · " + _("Tie to the child"), ""]
    rows = []
    for tie in view.ties:
        lines.append(_said(tie, view.today))
        child = _first(tie)
        if tie.reason is None:
            label = shortened(_("End: {name}").format(name=child), LABEL)
            rows.append([tap(label, AskToEndTie(school_class=view.class_id, tie=tie.id))])
        else:
            label = shortened(_("Restore: {name}").format(name=child), LABEL)
            rows.append([tap(label, AskToRestoreTie(school_class=view.class_id, tie=tie.id))])
    lines += ["", _("From the last day on no letters about the child go, and the diary is closed. The journal stays.")]
    back = OpenGuardian(school_class=view.class_id, guardian=view.guardian_id)
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), back)]])


def why(view: TiesView, tie: Tie) -> Screen:
    """Why does it end?"""
    text = _("<b>End the tie?</b>\n\n{guardian} — {child}\n\nWhy?").format(
        guardian=esc(view.guardian), child=esc(tie.student)
    )
    rows = [
        [tap(_capital(_(label)), AskTieDay(school_class=view.class_id, tie=tie.id, reason=reason))]
        for reason, label in REASONS.items()
    ]
    return Screen(text, [*rows, [tap(_("Back"), OpenTies(school_class=view.class_id, guardian=view.guardian_id))]])


def since_when(view: TiesView, tie: Tie, reason: TieEnd) -> Screen:
    """From which day on? Another may be typed."""
    text = _(
        "{guardian} — {child}\n{reason}\n\n"
        "From which day on is there no tie? Choose, or type a day, for example 05.12: a day ahead will do as well."
    ).format(guardian=esc(view.guardian), child=esc(tie.student), reason=_capital(_(REASONS[reason])))
    place = {"school_class": view.class_id, "tie": tie.id, "reason": reason}
    tomorrow = view.today + timedelta(days=1)
    rows = [
        [
            tap(_("From today"), SeeTieEnd(**place, day=view.today.isoformat())),
            tap(_("From tomorrow"), SeeTieEnd(**place, day=tomorrow.isoformat())),
        ],
        [tap(_("Back"), AskToEndTie(school_class=view.class_id, tie=tie.id))],
    ]
    return Screen(text, rows)


def sure(view: TiesView, tie: Tie, reason: TieEnd, day: date) -> Screen:
    """What will end, and when."""
    text = _(
        "<b>End the tie from {day} on?</b>\n\n{guardian} — {child}\n{reason}\n\n"
        "No letters about the child from that day on, and the diary is closed. The guardian gets one short letter "
        "without the child's name. If it was a mistake, it can be restored here."
    ).format(
        day=words.day_and_month(day),
        guardian=esc(view.guardian),
        child=esc(tie.student),
        reason=_capital(_(REASONS[reason])),
    )
    place = {"school_class": view.class_id, "tie": tie.id}
    rows = [
        [tap(_("End it"), EndTie(**place, reason=reason, day=day.isoformat()))],
        [tap(_("Back"), AskTieDay(**place, reason=reason))],
    ]
    return Screen(text, rows)


def ask_to_restore(view: TiesView, tie: Tie) -> Screen:
    """Are you sure?"""
    text = _(
        "<b>Restore the tie?</b>\n\n{guardian} — {child}\n\n"
        "The diary opens to the guardian at once. After a court decision restore nothing without the office's paper."
    ).format(guardian=esc(view.guardian), child=esc(tie.student))
    rows = [
        [tap(_("Restore it"), RestoreTie(school_class=view.class_id, tie=tie.id))],
        [tap(_("Back"), OpenTies(school_class=view.class_id, guardian=view.guardian_id))],
    ]
    return Screen(text, rows)


def _said(tie: Tie, today: date) -> str:
    who = f"{esc(tie.student)}: {words.relation(tie.relation)}"
    if tie.until_on is None:
        return who
    why_ended = f", {_(REASONS[tie.reason])}" if tie.reason is not None else ""
    said = _("ended on {day}") if tie.over else _("ends on {day}")
    return f"{who} — {said.format(day=words.day_and_month(tie.until_on))}{why_ended}"


def _first(tie: Tie) -> str:
    return tie.student.partition(" ")[2] or tie.student


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
