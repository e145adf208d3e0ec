"""«Как приходят письма»: a guardian's own ways, and those that somebody gave in writing."""

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

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
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import Screen, show
from handlers.screens import contacts as screens
from services.actor import Actor
from services.contacts import Contacts, WrittenContacts
from services.i18n import gettext as _
from storage.vocabulary import ClassId, DraftPurpose, PersonId


async def open_contacts(query: CallbackQuery, bot: Bot, actor: Actor, contacts: Contacts) -> None:
    """One's own ways."""
    await show(bot, query, screens.contacts(await contacts.view(actor)))


async def ask_for_address(query: CallbackQuery, bot: Bot, actor: Actor, contacts: Contacts) -> None:
    """What is the address?"""
    await show(bot, query, screens.contacts(await contacts.ask(actor)))


async def typed_address(message: Message, bot: Bot, actor: Actor, contacts: Contacts) -> None:
    """The address, one's own or from an application."""
    given = await contacts.give(actor, message.text or "")
    sent = _("A letter is on its way: the address counts once it is confirmed by the button there.")
    made = screens.written(given) if isinstance(given, WrittenContacts) else screens.contacts(given)
    await show(bot, message, Screen(f"{sent}\n\n{made.text}", made.rows))


async def send_confirmation(query: CallbackQuery, bot: Bot, actor: Actor, contacts: Contacts) -> None:
    """The letter once more."""
    await show(bot, query, screens.contacts(await contacts.send_again(actor)), _("The letter is sent"))


async def remove_address(query: CallbackQuery, bot: Bot, actor: Actor, contacts: Contacts) -> None:
    """No more letters there."""
    await show(bot, query, screens.contacts(await contacts.remove_email(actor)), _("The address is removed"))


async def choose_first(
    query: CallbackQuery, callback_data: ChooseFirst, bot: Bot, actor: Actor, contacts: Contacts
) -> None:
    """Which way is tried first."""
    await show(bot, query, screens.contacts(await contacts.choose(actor, callback_data.channel)), _("Saved"))


async def open_written(
    query: CallbackQuery, callback_data: OpenWritten, bot: Bot, actor: Actor, contacts: Contacts
) -> None:
    """How a guardian of the class is told."""
    await show(bot, query, screens.written(await contacts.written(actor, *_of(callback_data))))


async def ask_for_written(
    query: CallbackQuery, callback_data: AskForWritten, bot: Bot, actor: Actor, contacts: Contacts
) -> None:
    """What address stands in the application?"""
    await show(bot, query, screens.written(await contacts.ask_written(actor, *_of(callback_data))))


async def put_paper(query: CallbackQuery, callback_data: PutPaper, bot: Bot, actor: Actor, contacts: Contacts) -> None:
    """On paper."""
    await show(bot, query, screens.written(await contacts.put_paper(actor, *_of(callback_data))), _("Saved"))


async def remove_written(
    query: CallbackQuery, callback_data: RemoveWritten, bot: Bot, actor: Actor, contacts: Contacts
) -> None:
    """A contact was taken back."""
    view = await contacts.remove_written(actor, *_of(callback_data), callback_data.channel)
    await show(bot, query, screens.written(view), _("Saved"))


def _of(data: OpenWritten | AskForWritten | PutPaper | RemoveWritten) -> tuple[ClassId, PersonId]:
    return ClassId(data.school_class), PersonId(data.guardian)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="contacts")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(typed_address, Awaits(DraftPurpose.CONTACT))
    made.callback_query.register(open_contacts, OpenContacts.filter())
    made.callback_query.register(ask_for_address, AskForAddress.filter())
    made.callback_query.register(send_confirmation, SendConfirmation.filter())
    made.callback_query.register(remove_address, RemoveAddress.filter())
    made.callback_query.register(choose_first, ChooseFirst.filter())
    made.callback_query.register(open_written, OpenWritten.filter())
    made.callback_query.register(ask_for_written, AskForWritten.filter())
    made.callback_query.register(put_paper, PutPaper.filter())
    made.callback_query.register(remove_written, RemoveWritten.filter())
    return made
