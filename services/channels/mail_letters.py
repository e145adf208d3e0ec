"""Letters for e-mail: the family's letter as it stands, with a subject that says no more than the channel may."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape
from typing import Any

from services.i18n import gettext as _
from services.i18n import speaking
from services.letters import compose
from services.letters.diary_news import Written
from services.letters.news import DIGEST
from services.letters.reader import Naming, reader_of
from services.letters.threads import thread_letter
from services.letters.typeset import typeset
from services.outbox.transport import Composed, DueItem, Later, Reachable
from storage.repositories import contacts, diary
from storage.uow import Uow
from storage.vocabulary import ContactId, ContactState, ItemKind, PersonId

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.S)
_TAG = re.compile(r"<[^<>]*>")
MOST_NAMES = 3


class MailLetters:
    """The mail postman's composer.

    A payload is {"to", "subject", "text", "html", "locale"}; one that asks for a confirmation has "asked_at" too.
    Links are made when it is sent.
    """

    async def compose(
        self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime
    ) -> Composed | Later | None:
        """The letter for the due items of one bundle, in the recipient's language; Later at a bad hour."""
        if items[0].kind is ItemKind.CONTACT:
            return await _confirmation(uow, recipient, items)
        held_until = await compose.held_until(uow, recipient, items, now)
        if held_until is not None:
            return Later(held_until)
        reader = reader_of(recipient, now)
        with speaking(recipient.locale):
            written = await _written(uow, recipient, items, now, reader.naming)
            if written is None:
                return None
            found = await diary.names(uow, written.student_ids) if written.student_ids else {}
            names = [] if reader.naming is Naming.SIGN else [reader.called(found[one]) for one in written.student_ids]
            text = written.text
            if written.attached:
                text += "\n\n" + _("Attachments are in the diary.")
            school, _bot = await contacts.school(uow, recipient.school_id)
            payload = _payload(recipient, subject(items, names, school), text)
        told = set(written.item_ids)
        return Composed(payload, tuple(one.id for one in items if one.id in told))


async def _written(
    uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime, naming: Naming
) -> Written | None:
    if items[0].kind is not ItemKind.THREAD:
        return await compose.family_letter(uow, recipient, items, now)
    letter = await thread_letter(uow, recipient, items, now)
    if letter is None:
        return None
    about: tuple[PersonId, ...] = () if items[0].student_id is None else (items[0].student_id,)
    text = typeset("sign") if naming is Naming.SIGN else letter.text
    return Written(text, letter.item_ids, about)


def subject(items: Sequence[DueItem], names: Sequence[str], school: str) -> str:
    """What a mailbox shows before it is opened: whose news, and of what kind; never a mark, a reason or a result."""
    if not names:
        return _("{school}: there is something new").format(school=school)
    listed = ", ".join(names[:MOST_NAMES]) + ("…" if len(names) > MOST_NAMES else "")
    if items[0].bundle == DIGEST:
        return _("Diary: {names}").format(names=listed)
    match items[0].kind:
        case ItemKind.ABSENCE | ItemKind.ABSENCE_WITHDRAWN | ItemKind.ABSENT_DAYS:
            return _("{names}: attendance").format(names=listed)
        case ItemKind.TERM_RESULT | ItemKind.READING_REMINDER:
            return _("{names}: results").format(names=listed)
        case ItemKind.THREAD:
            return _("{names}: a letter of the school").format(names=listed)
        case ItemKind.TIMETABLE:
            return _("{names}: the timetable changes").format(names=listed)
        case ItemKind.WEEKLY:
            return _("The week: {names}").format(names=listed)
        case ItemKind.BROADCAST | ItemKind.BROADCAST_URGENT:
            return _("{names}: news of the class").format(names=listed)
        case _other:
            return _("Diary: {names}").format(names=listed)


async def _confirmation(uow: Uow, recipient: Reachable, items: Sequence[DueItem]) -> Composed | None:
    """The letter that asks whether the address is theirs: nothing of any child stands in it."""
    contact = await contacts.find(uow, ContactId(int(items[-1].value or 0)))
    if contact is None or contact.state is not ContactState.ASKED or contact.asked_at is None:
        return None
    school, _bot = await contacts.school(uow, recipient.school_id)
    with speaking(recipient.locale):
        title = _("{school}: confirm your address").format(school=school)
        text = typeset("contact", school=school)
        payload = _payload(recipient, title, text)
    return Composed({**payload, "asked_at": contact.asked_at.isoformat()}, tuple(one.id for one in items))


def _payload(recipient: Reachable, title: str, text: str) -> dict[str, Any]:
    return {
        "to": recipient.mailbox,
        "subject": " ".join(title.split()),
        "text": plain(text),
        "html": text.replace("\n", "<br>\n"),
    }


def plain(html: str) -> str:
    """A letter's text without markup; a link keeps its address."""
    return unescape(_TAG.sub("", _LINK.sub(r"\2 (\1)", html)))
