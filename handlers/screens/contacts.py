"""«Как приходят письма»: the ways that letters take, said in words."""

from handlers.callbacks.contacts import (
    AskForAddress,
    AskForWritten,
    ChooseFirst,
    OpenContacts,
    OpenWritten,
    PutPaper,
    RemoveAddress,
    RemoveWritten,
    SendConfirmation,
)
from handlers.callbacks.family import OpenPreferences
from handlers.callbacks.homeroom import OpenGuardian
from handlers.screen import Button, Screen, esc, tap
from services import words
from services.contacts import IN_CHAT, ContactRow, ContactsView, WrittenContacts
from services.i18n import N_
from services.i18n import gettext as _
from storage.vocabulary import Channel, ContactState

FIRST = {
    Channel.TELEGRAM: N_("Letters come here, in Telegram."),
    Channel.EMAIL: N_("Letters come by e-mail."),
    Channel.PAPER: N_("News of the school come on paper."),
}
LABELS = {Channel.TELEGRAM: N_("Telegram"), Channel.EMAIL: N_("E-mail"), Channel.PAPER: N_("On paper")}


def contacts(view: ContactsView) -> Screen:
    """One's own ways, and what may be changed."""
    if view.asked:
        text = _("Type your e-mail address in one message. A letter with a link will come there: press its button.")
        return Screen(text, [[tap(_("Cancel"), OpenContacts())]])
    first = _("No letters come now.") if view.first is None else _(FIRST[view.first])
    lines = ["<b>" + _("How letters come") + "</b>", "", first]
    if view.first is Channel.PAPER:
        lines.append(_("Of an absence the homeroom teacher tells you. The diary stays open here."))
    elif view.first is Channel.TELEGRAM and _confirmed(view.email):
        lines.append(_("What doesn't reach you here in time comes by e-mail."))
    elif view.first is Channel.EMAIL and view.connected:
        lines.append(_("What doesn't reach you there in time comes here."))
    lines += ["", *_email(view)]
    rows: list[list[Button]] = []
    ways = [Channel.TELEGRAM, *([Channel.EMAIL] if _confirmed(view.email) else []), Channel.PAPER]
    rows.append([tap(("✓ " if one is view.first else "") + _(LABELS[one]), ChooseFirst(channel=one)) for one in ways])
    if view.offered:
        if view.newer is not None or (view.email is not None and not _confirmed(view.email)):
            rows.append([tap(_("Send the letter again"), SendConfirmation())])
        rows.append([tap(_("Give an e-mail address") if view.email is None else _("Other address"), AskForAddress())])
    if view.email is not None:
        rows.append([tap(_("Remove the address"), RemoveAddress())])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenPreferences())]])


def written(view: WrittenContacts) -> Screen:
    """How a guardian is told, for the one who records what was given in writing."""
    own = view.view
    place = {"school_class": view.class_id, "guardian": own.person_id}
    if own.asked:
        text = _("Type the e-mail address from the application of {name}. Letters go only after it is confirmed there.")
        return Screen(text.format(name=esc(view.guardian)), [[tap(_("Cancel"), OpenWritten(**place))]])
    said = _("Nothing tells this guardian now.") if own.first is None else _(OF_ANOTHER[own.first])
    lines = [f"<b>{esc(view.guardian)}</b>", "", said]
    rows: list[list[Button]] = []
    if own.connected:
        lines.append(_("The guardian chooses in the settings how letters come."))
    else:
        lines += ["", *_email(own, of_another=True)]
        if own.paper is not None:
            lines.append(_("Paper: {source}").format(source=_given(own.paper)))
        if own.offered:
            label = _("E-mail, by application") if own.email is None else _("Other address")
            rows.append([tap(label, AskForWritten(**place))])
        if own.email is not None:
            rows.append([tap(_("Remove the address"), RemoveWritten(**place, channel=Channel.EMAIL))])
        if own.paper is None:
            rows.append([tap(_("On paper, by application"), PutPaper(**place))])
        else:
            rows.append([tap(_("No longer on paper"), RemoveWritten(**place, channel=Channel.PAPER))])
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenGuardian(**place))]])


OF_ANOTHER = {
    Channel.TELEGRAM: N_("Letters come in Telegram."),
    Channel.EMAIL: N_("Letters come by e-mail."),
    Channel.PAPER: N_("News of the school come on paper."),
}


def _email(view: ContactsView, *, of_another: bool = False) -> list[str]:
    if view.email is None:
        if not view.offered:
            return [_("The school sends no letters by e-mail yet.")]
        if of_another:
            return [_("No e-mail address is recorded.")]
        return [_("An e-mail address may be added: as a reserve, or as the first way.")]
    lines = [_("E-mail") + f": <b>{esc(view.email.address)}</b>", _given(view.email)]
    if view.email.state is ContactState.ASKED:
        lines.append(_("Not confirmed yet: open the letter sent there and press its button. It is good for a week."))
    if view.newer is not None:
        said = _("New address: {address}. Until it is confirmed by the button in its letter, the old one stays.")
        lines += ["", said.format(address=f"<b>{esc(view.newer.address)}</b>")]
    return lines


def _given(contact: ContactRow) -> str:
    day = words.day_and_month(contact.given_on)
    if contact.source == IN_CHAT:
        return _("given {day} in the chat").format(day=day)
    return _("recorded {day}, application {number}").format(day=day, number=esc(contact.source))


def _confirmed(contact: ContactRow | None) -> bool:
    return contact is not None and contact.state is ContactState.CONFIRMED
