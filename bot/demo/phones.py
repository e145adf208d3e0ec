"""The demo's people come in by their own fingers: links are issued, opened and agreed to in the pocket Telegram."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo import cast
from bot.demo.cast import Phone
from bot.sandbox.client import Person, Sandbox
from services.actor import Visitor
from services.clock import Clock
from services.directory import Directory
from services.i18n import DEFAULT_LOCALE
from services.i18n import gettext as _
from services.invitations import Issued
from services.joining import Joining
from services.names import full_name
from storage.repositories import calendar as calendar_rows
from storage.repositories import demo
from storage.uow import Storage
from storage.vocabulary import BotId, PersonId

STEPS = 4
"""Screens between a link and the diary: whose child, consent, ready; one to spare."""
AGREE = "Согласен(на)"
SLIP_IS_FRESH = timedelta(days=6)


class NotConnected(RuntimeError):
    """A phone of the demo couldn't be connected; says what it shows."""


@dataclass(frozen=True)
class Door:
    """What is needed to let the demo's people in: the bot they come to, and the offices that know them."""

    bot_id: BotId
    username: str
    storage: Storage
    clock: Clock
    joining: Joining
    directory: Directory

    def link(self, issued: Issued) -> str:
        """The deep link of an invitation."""
        return f"https://t.me/{self.username}?start={issued.token}"


async def connect_phones(url: str, door: Door) -> None:
    """Put the demo's phones into the pocket Telegram at `url` and connect those that are not.

    Needs the running bot: every step is a letter of it and a tap. Phones connected before stay as they are. The
    newcomer's slip comes as a letter from outside, so that joining can be tried.
    """
    async with door.storage.reading() as uow:
        school_id = (await calendar_rows.school_ids(uow))[0]
        keys = [phone.key for phone in (*cast.CONNECTED, cast.NEWCOMER)]
        ids = await demo.people_by_key(uow, school_id, keys)
    async with Sandbox.connect(url) as telegram:
        phones = {phone: await _phone(telegram, phone) for phone in (*cast.CONNECTED, cast.NEWCOMER)}
        await asyncio.gather(
            *(_connect(door, phone, phones[phone], PersonId(ids[phone.key])) for phone in cast.CONNECTED)
        )
        await _bring_slip(telegram, door, phones[cast.NEWCOMER], PersonId(ids[cast.NEWCOMER.key]))


async def _phone(telegram: Sandbox, phone: Phone) -> Person:
    name = full_name(phone.name)
    assert name is not None  # the names of the cast are whole
    return await telegram.person(name.first, name.last, id=phone.id, label=phone.label)


async def _connect(door: Door, phone: Phone, person: Person, person_id: PersonId) -> None:
    if await _is_connected(door, person):
        if not person.letters:  # the base outlived the pocket Telegram's chats
            await person.starts()
        return
    since = person.mark()
    await person.opens(door.link(await _issue(door, phone, person_id)))
    for _step in range(STEPS):
        screen = await person.sees("", since=since)
        if await _is_connected(door, person):
            break
        since = person.mark()
        await person.taps(AGREE if AGREE in screen.buttons else screen.buttons[0], screen)
    else:
        raise NotConnected(person.visible())
    if phone.at_once:
        for button in (_("Menu"), _("Settings"), _("At once"), _("Menu"), _("Diary")):
            await person.taps(button)


async def _issue(door: Door, phone: Phone, person_id: PersonId) -> Issued:
    if phone.staff:
        return await door.joining.issue_staff(person_id)
    return await (door.joining.issue_student if phone.student else door.joining.issue_family)(person_id)


async def _is_connected(door: Door, person: Person) -> bool:
    visitor = Visitor(door.bot_id, person.id, person.id, DEFAULT_LOCALE, None)
    return await door.directory.actor(visitor) is not None


async def _bring_slip(telegram: Sandbox, door: Door, person: Person, person_id: PersonId) -> None:
    """A letter with the newcomer's link and code, unless one lies there that is still good."""
    last = max((one.date for one in person.messages if one.author == "friend"), default=None)
    if await _is_connected(door, person) or _is_fresh(last, door.clock.now()):
        return
    issued = await door.joining.issue_family(person_id)
    text = _(
        "Hello! The homeroom teacher of 7Б has passed on your slip for the electronic diary:\n{link}\n"
        "Or type this code to the bot: {code}"
    ).format(link=door.link(issued), code=issued.code)
    await telegram.post(f"/sandbox/people/{person.id}/friend", {"text": text})


def _is_fresh(written: datetime | None, now: datetime) -> bool:
    return written is not None and now - written < SLIP_IS_FRESH
