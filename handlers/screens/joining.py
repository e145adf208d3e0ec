"""Joining: whose child it is, the consent, waiting, leaving and coming back."""

from handlers.callbacks.family import (
    Agree,
    AskToComeBack,
    ComeBack,
    ConfirmChild,
    Decline,
    Leave,
    OpenMenu,
    OpenPreferences,
)
from handlers.screen import Screen, esc, tap
from services import consent, words
from services.i18n import gettext as _
from services.joining import Offer
from services.rules.regulation import Regulation


def whose_child(offer: Offer) -> Screen:
    """Who the slip is for, and whose diary it opens."""
    lines = [_("The slip is for <b>{name}</b>.").format(name=esc(offer.holder)), ""]
    if offer.own_class is not None:
        lines.append(
            _("It opens the student's own diary, class {class_name}: on the student's own phone only.").format(
                class_name=esc(offer.own_class)
            )
        )
    lines += [
        _("<b>{name}</b>, class {class_name}: you are the {relation}.").format(
            name=esc(child.name), class_name=esc(child.class_name), relation=words.relation(child.relation)
        )
        for child in offer.children
    ]
    lines += ["", _("Is that right?") if offer.own_class is None else _("Is that you?")]
    rows = [
        [tap(_("Yes, that's right"), ConfirmChild(invitation=offer.invitation_id))],
        [tap(_("No, it isn't for me"), Decline())],
    ]
    return Screen("\n".join(lines), rows)


def consent_text(offer: Offer) -> Screen:
    """The consent, in full, and the button that gives it."""
    rows = [
        [tap(_("I agree"), Agree(invitation=offer.invitation_id))],
        [tap(_("I don't agree"), Decline())],
    ]
    return Screen(_consent(offer.school, offer.regulation), rows)


def offered(offer: Offer) -> Screen:
    """The step of joining that somebody stands at."""
    return consent_text(offer) if offer.agreeing else whose_child(offer)


def declined() -> Screen:
    """Nothing was connected."""
    return Screen(
        _("Nothing is connected, and the slip is still good. If it names the wrong child, tell the homeroom teacher.")
    )


def awaiting() -> Screen:
    """The homeroom teacher's word is awaited."""
    return Screen(
        _("Thank you. The code was typed by hand, so the homeroom teacher confirms it first: a letter comes here then.")
    )


def hello() -> Screen:
    """For somebody who isn't connected."""
    return Screen(
        _(
            "This is Zvonok, the school's electronic diary.\n\n"
            "To connect, scan the QR code of your slip with the phone's camera, or type the code from it here. "
            "Slips are given out by the homeroom teacher; employees get their codes from the administrator."
        )
    )


def ask_to_leave() -> Screen:
    """Are you sure?"""
    text = _(
        "<b>Take the consent back?</b>\n\n"
        "Letters stop at once, and the diary closes in this chat. The school's journal stays. "
        "You can come back at any time, in this very chat."
    )
    return Screen(text, [[tap(_("Take consent back"), Leave())], [tap(_("Back"), OpenPreferences())]])


def ask_student_to_leave() -> Screen:
    """A student disconnects the own chat: are you sure?"""
    text = _(
        "<b>Disconnect this chat?</b>\n\n"
        "Your diary closes here and letters stop. To come back, ask the homeroom teacher for a new slip."
    )
    return Screen(text, [[tap(_("Disconnect"), Leave())], [tap(_("Menu"), OpenMenu())]])


def student_left() -> Screen:
    """The student's chat is nobody's now."""
    return Screen(_("This chat is disconnected. To come back, ask the homeroom teacher for a new slip."))


def left() -> Screen:
    """The consent was taken back."""
    text = _("The consent is taken back. No more letters come, and the diary is closed.")
    return Screen(text, [[tap(_("Give consent again"), AskToComeBack())]])


def consent_again(school: str, regulation: Regulation) -> Screen:
    """The text of the consent for somebody who comes back."""
    return Screen(_consent(school, regulation), [[tap(_("I agree"), ComeBack())]])


def consent_anew(school: str, regulation: Regulation) -> Screen:
    """The changed text, for somebody who agreed to an older one."""
    head = _("<b>The text of the consent has changed.</b> Please read it and answer: the diary opens then.")
    tail = _("If you don't agree, letters stop at once and the diary closes; the school's journal stays.")
    rows = [[tap(_("I agree"), ComeBack())], [tap(_("I don't agree"), Leave())]]
    return Screen("\n\n".join([head, _consent(school, regulation), tail]), rows)


def _consent(school: str, regulation: Regulation) -> str:
    title = _("Consent to the processing of personal data")
    return "\n\n".join([f"<b>{title}</b>", *map(esc, consent.paragraphs(school, regulation))])
