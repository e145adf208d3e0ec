"""«Мой класс»: who is connected, confirming, disconnecting, slips."""

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from handlers.callbacks.homeroom import (
    AskForSlips,
    AskToDisconnect,
    ConfirmGuardian,
    Disconnect,
    OpenClass,
    OpenGuardian,
    OpenGuardians,
    OpenMyClass,
    PrintSlip,
    PrintSlips,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import answer, show
from handlers.screens import homeroom as screens
from services import words
from services.actor import Actor
from services.homeroom import Homeroom, Slips
from services.i18n import gettext as _
from services.reports.slips import Slip, slips_pdf
from storage.vocabulary import ClassId, PersonId


async def my_class(message: Message, bot: Bot, actor: Actor, homeroom: Homeroom) -> None:
    """Asked for by a command or by the button's words."""
    await show(bot, message, screens.overview(await homeroom.view(actor)))


async def open_my_class(query: CallbackQuery, bot: Bot, actor: Actor, homeroom: Homeroom) -> None:
    """The first own class."""
    await show(bot, query, screens.overview(await homeroom.view(actor)))


async def open_class(
    query: CallbackQuery, callback_data: OpenClass, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """An own class."""
    await show(bot, query, screens.overview(await homeroom.view(actor, ClassId(callback_data.school_class))))


async def open_guardians(
    query: CallbackQuery, callback_data: OpenGuardians, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """Those who stand alike."""
    view = await homeroom.view(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.guardians(view, callback_data.standing, callback_data.page))


async def open_guardian(
    query: CallbackQuery, callback_data: OpenGuardian, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """One guardian."""
    class_id = ClassId(callback_data.school_class)
    family = await homeroom.family(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.guardian(class_id, family))


async def confirm_guardian(
    query: CallbackQuery, callback_data: ConfirmGuardian, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """The person is known."""
    class_id = ClassId(callback_data.school_class)
    family = await homeroom.confirm(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.guardian(class_id, family), _("Confirmed"))


async def ask_to_disconnect(
    query: CallbackQuery, callback_data: AskToDisconnect, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """Are you sure?"""
    class_id = ClassId(callback_data.school_class)
    family = await homeroom.family(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.ask_to_disconnect(class_id, family))


async def disconnect(
    query: CallbackQuery, callback_data: Disconnect, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """The account ends."""
    class_id = ClassId(callback_data.school_class)
    family = await homeroom.disconnect(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.guardian(class_id, family), _("Disconnected"))


async def ask_for_slips(
    query: CallbackQuery, callback_data: AskForSlips, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """For whom slips are printed."""
    await show(bot, query, screens.ask_for_slips(await homeroom.view(actor, ClassId(callback_data.school_class))))


async def print_slips(
    query: CallbackQuery, callback_data: PrintSlips, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """Slips of all who aren't connected."""
    await _print(query, bot, actor, await homeroom.slips(actor, ClassId(callback_data.school_class)))


async def print_slip(
    query: CallbackQuery, callback_data: PrintSlip, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """The slip of one guardian."""
    class_id = ClassId(callback_data.school_class)
    await _print(query, bot, actor, await homeroom.slips(actor, class_id, PersonId(callback_data.guardian)))


async def _print(query: CallbackQuery, bot: Bot, actor: Actor, slips: Slips) -> None:
    """Set the slips and send them. They are kept nowhere: who lost the document presses again and gets new codes."""
    if not slips.slips:
        await answer(bot, query, _("Everybody who may have a slip is connected."), alert=True)
        return
    await answer(bot, query, _("Making the document…"))
    username = (await bot.me()).username
    until = words.day_and_month(slips.slips[0].issued.expires_at.astimezone(actor.zone).date())
    cards = [
        Slip(
            child=", ".join(one.family.children),
            class_name=slips.class_name,
            guardian=one.family.name,
            relation=words.relation(one.family.relation),
            link=f"https://t.me/{username}?start={one.issued.token}",
            code=one.issued.code,
            expires=until,
            bot=f"@{username}",
        )
        for one in slips.slips
    ]
    document = await slips_pdf(slips.school, slips.class_name, cards, slips.without_papers, slips.now)
    name = _("Slips {name}.pdf").format(name=slips.class_name)
    caption = screens.slips_caption(slips, until)
    await bot.send_document(query.from_user.id, BufferedInputFile(document, name), caption=caption)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="homeroom")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_class, or_f(Command("class"), F.text.casefold().in_({"мой класс", "my class"})))
    made.callback_query.register(open_my_class, OpenMyClass.filter())
    made.callback_query.register(open_class, OpenClass.filter())
    made.callback_query.register(open_guardians, OpenGuardians.filter())
    made.callback_query.register(open_guardian, OpenGuardian.filter())
    made.callback_query.register(confirm_guardian, ConfirmGuardian.filter())
    made.callback_query.register(ask_to_disconnect, AskToDisconnect.filter())
    made.callback_query.register(disconnect, Disconnect.filter())
    made.callback_query.register(ask_for_slips, AskForSlips.filter())
    made.callback_query.register(print_slips, PrintSlips.filter())
    made.callback_query.register(print_slip, PrintSlip.filter())
    return made
