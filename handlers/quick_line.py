"""The quick line: «н Иванов Петров, о Сидоров», typed while a lesson is on."""

from aiogram import Bot, F
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.lessons import ConfirmLine, DropLine, PickName
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens.lessons import lesson_card
from handlers.screens.quick_line import line_card, written, written_toast
from services.actor import Actor
from services.quick_line import QuickLine
from storage.vocabulary import PersonId


async def typed_line(message: Message, bot: Bot, actor: Actor, quick_line: QuickLine) -> None:
    """A text that nothing else awaits; what is no quick line goes on to the fallback."""
    card = await quick_line.read(actor, message.text or "")
    if card is None:
        raise SkipHandler
    await show(bot, message, line_card(card))


async def pick_name(
    query: CallbackQuery, callback_data: PickName, bot: Bot, actor: Actor, quick_line: QuickLine
) -> None:
    """Whom an ambiguous name means."""
    card = await quick_line.pick(actor, callback_data.line, callback_data.asked, PersonId(callback_data.student))
    await show(bot, query, line_card(card))


async def confirm_line(
    query: CallbackQuery, callback_data: ConfirmLine, bot: Bot, actor: Actor, quick_line: QuickLine
) -> None:
    """Write it all."""
    done = await quick_line.confirm(actor, callback_data.line)
    await show(bot, query, written(done), written_toast(done), alert=done.line is not None)


async def drop_line(
    query: CallbackQuery, callback_data: DropLine, bot: Bot, actor: Actor, quick_line: QuickLine
) -> None:
    """Forget it."""
    await show(bot, query, lesson_card(await quick_line.drop(actor, callback_data.line)))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="quick_line")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(typed_line, F.text, ~F.text.startswith("/"))
    made.callback_query.register(pick_name, PickName.filter())
    made.callback_query.register(confirm_line, ConfirmLine.filter())
    made.callback_query.register(drop_line, DropLine.filter())
    return made
