"""The door: /start with or without a link, typed codes, the steps of joining, the menu, help, leaving."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, F
from aiogram.filters import Command, CommandObject, CommandStart, Filter
from aiogram.types import BotCommand, CallbackQuery, MenuButtonCommands, Message

from handlers.callbacks.family import Agree, AskToComeBack, AskToLeave, ComeBack, ConfirmChild, Decline, Leave, OpenMenu
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import Screen, send, show
from handlers.screens import diary as diary_screens
from handlers.screens import joining as screens
from handlers.screens.menu import menu
from handlers.screens.preferences import clock
from services import codes
from services.actor import Actor, Visitor
from services.diary import Diary
from services.directory import Directory
from services.drafts import DraftRow
from services.i18n import gettext as _
from services.i18n import locales, speaking
from services.joining import Joined, Joining, Offer
from services.preferences import Preferences
from storage.vocabulary import STAFF_ROLES, DeliveryMode, DraftPurpose, InvitationId, InvitationKind, Role


class Code(Filter):
    """A typed text with the form of a code; of a connected person only where no other text is awaited."""

    async def __call__(self, message: Message, actor: Actor | None, draft: DraftRow | None) -> bool:
        """Whether the text may be a code."""
        text = message.text or ""
        if actor is None:
            return codes.typed(text) is not None
        if codes.surely_typed(text) is None:
            return False
        return draft is None or draft.purpose is DraftPurpose.JOIN


class Stranger(Filter):
    """Nobody we know."""

    async def __call__(self, event: Message, actor: Actor | None) -> bool:
        """Whether the update has no actor."""
        return actor is None


async def start_with_link(
    message: Message,
    command: CommandObject,
    bot: Bot,
    visitor: Visitor,
    joining: Joining,
    directory: Directory,
    diary: Diary,
    preferences: Preferences,
) -> None:
    """A slip's link, or the QR code of it."""
    reached = await joining.knock(visitor, command.args or "")
    await show(bot, message, await _reached(reached, visitor, directory, diary, preferences))


async def typed_code(
    message: Message,
    bot: Bot,
    visitor: Visitor,
    joining: Joining,
    directory: Directory,
    diary: Diary,
    preferences: Preferences,
) -> None:
    """A slip's code."""
    reached = await joining.knock(visitor, message.text or "")
    await show(bot, message, await _reached(reached, visitor, directory, diary, preferences))


async def start(message: Message, bot: Bot, visitor: Visitor, actor: Actor | None, joining: Joining) -> None:
    """The menu, or where a stranger stands."""
    await show(bot, message, menu(actor) if actor is not None else await _standing(visitor, joining))


async def open_menu(query: CallbackQuery, bot: Bot, actor: Actor) -> None:
    """The menu in place of a screen."""
    await show(bot, query, menu(actor))


async def confirm_child(
    query: CallbackQuery,
    callback_data: ConfirmChild,
    bot: Bot,
    visitor: Visitor,
    joining: Joining,
    directory: Directory,
    diary: Diary,
    preferences: Preferences,
) -> None:
    """On to the consent, or in, where it was given before."""
    reached = await joining.confirm_child(visitor, InvitationId(callback_data.invitation))
    await show(bot, query, await _reached(reached, visitor, directory, diary, preferences))


async def agree(
    query: CallbackQuery,
    callback_data: Agree,
    bot: Bot,
    visitor: Visitor,
    joining: Joining,
    directory: Directory,
    diary: Diary,
    preferences: Preferences,
) -> None:
    """«Согласен(на)»: ready."""
    joined = await joining.agree(visitor, InvitationId(callback_data.invitation))
    toast = None if joined.awaiting else _("The diary is open")
    await show(bot, query, await _reached(joined, visitor, directory, diary, preferences), toast)


async def decline(query: CallbackQuery, bot: Bot, visitor: Visitor, joining: Joining) -> None:
    """Nothing is connected."""
    await joining.decline(visitor)
    await show(bot, query, screens.declined())


async def stop(message: Message, bot: Bot, visitor: Visitor, actor: Actor | None, joining: Joining) -> None:
    """/stop: asks once, where there is a consent to take back; an account that awaits ends at once."""
    if actor is not None and Role.GUARDIAN in actor.roles:
        await show(bot, message, screens.ask_to_leave())
    elif actor is not None and not actor.roles & STAFF_ROLES:
        await show(bot, message, screens.ask_student_to_leave())
    elif actor is not None:
        await show(bot, message, menu(actor, _("Employees are disconnected by the administrator.")))
    else:
        await joining.leave(visitor)
        await show(bot, message, screens.declined())


async def ask_to_leave(query: CallbackQuery, bot: Bot) -> None:
    """Are you sure?"""
    await show(bot, query, screens.ask_to_leave())


async def leave(query: CallbackQuery, bot: Bot, actor: Actor, joining: Joining) -> None:
    """The consent is taken back; a student's chat is disconnected."""
    await joining.leave(actor)
    await show(bot, query, screens.left() if Role.GUARDIAN in actor.roles else screens.student_left())


async def ask_to_come_back(query: CallbackQuery, bot: Bot, actor: Actor, joining: Joining) -> None:
    """The text of the consent once more."""
    await show(bot, query, screens.consent_again(*await joining.consent_asked(actor)))


async def come_back(query: CallbackQuery, bot: Bot, actor: Actor, joining: Joining, diary: Diary) -> None:
    """The consent is given anew."""
    await joining.come_back(actor)
    await show(bot, query, diary_screens.day(await diary.day(actor)), _("Welcome back"))


async def stranger(message: Message, bot: Bot, visitor: Visitor, joining: Joining) -> None:
    """Whatever somebody writes who isn't connected."""
    await show(bot, message, await _standing(visitor, joining))


async def _standing(visitor: Visitor, joining: Joining) -> Screen:
    standing = await joining.standing(visitor)
    if standing.offer is not None:
        return screens.offered(standing.offer)
    return screens.awaiting() if standing.awaiting else screens.hello()


async def _reached(
    reached: Offer | Joined, visitor: Visitor, directory: Directory, diary: Diary, preferences: Preferences
) -> Screen:
    """The screen that a step of joining leads to."""
    if isinstance(reached, Offer):
        return screens.offered(reached)
    actor = await directory.actor(visitor)
    if reached.awaiting or actor is None:
        return screens.awaiting()
    if reached.kind is InvitationKind.STAFF:
        return menu(actor, _("You are connected. Here is your menu:"))
    if reached.kind is InvitationKind.STUDENT:
        return menu(actor, _("<b>Ready.</b> This is your own diary: marks, homework, the timetable."))
    choice = await preferences.view(actor)
    if choice.hours.mode is DeliveryMode.DIGEST:
        note = _(
            "<b>Ready.</b> An absence is told at once, everything else in one letter at {hour}. "
            "“Settings” changes that."
        )
        note = note.format(hour=clock(choice.hours.digest_minute))
    else:
        note = _("<b>Ready.</b> What comes and when: “Settings” in the menu.")
    return diary_screens.day(await diary.day(actor), note)


def send_menu(offices: dict[str, Any]) -> Callable[[Bot, Visitor], Awaitable[None]]:
    """Sends somebody the screen they would get by /start: after a restart, or where a tap had taken effect before."""
    directory: Directory = offices["directory"]
    joining: Joining = offices["joining"]

    async def fresh(bot: Bot, visitor: Visitor) -> None:
        actor = await directory.actor(visitor)
        with speaking(actor.locale if actor is not None else visitor.locale):
            await send(bot, visitor.chat_id, menu(actor) if actor is not None else await _standing(visitor, joining))

    return fresh


async def greet(bot: Bot) -> None:
    """Set the commands that the messenger offers beside the text field."""
    for language in [None, *locales()]:
        with speaking(language or "ru"):
            commands = [
                BotCommand(command="start", description=_("Menu")),
                BotCommand(command="help", description=_("Help")),
                BotCommand(command="stop", description=_("Take the consent back")),
            ]
        await bot.set_my_commands(commands, language_code=language)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


def router() -> Scene:
    """The router of the door, a new one at every call."""
    made = Scene(name="start")
    made.message.register(start_with_link, CommandStart(deep_link=True))
    made.message.register(start, CommandStart())
    made.message.register(stop, Command("stop"))
    made.message.register(start, Known(), F.text.casefold().in_({"меню", "menu"}))
    made.message.register(typed_code, Code())
    made.message.register(stranger, Stranger())
    made.callback_query.register(open_menu, OpenMenu.filter(), Known())
    made.callback_query.register(confirm_child, ConfirmChild.filter())
    made.callback_query.register(agree, Agree.filter())
    made.callback_query.register(decline, Decline.filter())
    made.callback_query.register(ask_to_leave, AskToLeave.filter(), Known())
    made.callback_query.register(leave, Leave.filter(), Known())
    made.callback_query.register(ask_to_come_back, AskToComeBack.filter(), Known())
    made.callback_query.register(come_back, ComeBack.filter(), Known())
    return made
