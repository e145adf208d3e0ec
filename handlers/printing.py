"""«Печать»: sheets for families without electronic form, and their hand-over."""

from aiogram import Bot
from aiogram.types import BufferedInputFile, CallbackQuery

from handlers.callbacks.printing import HandOver, OpenPrinting, PrintAgain, PrintSheets
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import answer, send, show
from handlers.screens import printing as screens
from services.actor import Actor
from services.i18n import gettext as _
from services.printing import Printing
from services.printing.office import NobodyOnPaper, Printed
from services.reports.sheets import sheets_pdf
from storage.vocabulary import ClassId


async def open_printing(
    query: CallbackQuery, callback_data: OpenPrinting, bot: Bot, actor: Actor, printing: Printing
) -> None:
    """How the printing of a class stands."""
    view = await printing.view(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.printing(view, callback_data.page))


async def print_sheets(
    query: CallbackQuery, callback_data: PrintSheets, bot: Bot, actor: Actor, printing: Printing
) -> None:
    """The day's print; the document comes, and below it how the printing stands."""
    class_id = ClassId(callback_data.school_class)
    if not (await printing.view(actor, class_id)).ties:
        raise NobodyOnPaper  # before the answer: a tap has one, and a later refusal would be seen by nobody
    await answer(bot, query, _("Making the document…"))
    await _send(query, bot, await printing.make(actor, class_id))
    await send(bot, query.from_user.id, screens.printing(await printing.view(actor, class_id)))


async def print_again(
    query: CallbackQuery, callback_data: PrintAgain, bot: Bot, actor: Actor, printing: Printing
) -> None:
    """A print as it was."""
    printed = await printing.again(actor, callback_data.batch)
    await answer(bot, query, _("Making the document…"))
    await _send(query, bot, printed)


async def hand_over(query: CallbackQuery, callback_data: HandOver, bot: Bot, actor: Actor, printing: Printing) -> None:
    """A sheet was handed over, or was not after all."""
    view = await printing.hand(actor, callback_data.sheet, handed=callback_data.handed)
    await show(bot, query, screens.printing(view, callback_data.page))


async def _send(query: CallbackQuery, bot: Bot, printed: Printed) -> None:
    document = await sheets_pdf(printed)
    file = BufferedInputFile(document, screens.file_name(printed))
    await bot.send_document(query.from_user.id, file, caption=screens.caption(printed))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="printing")
    made.callback_query.filter(Known())
    made.callback_query.register(open_printing, OpenPrinting.filter())
    made.callback_query.register(print_sheets, PrintSheets.filter())
    made.callback_query.register(print_again, PrintAgain.filter())
    made.callback_query.register(hand_over, HandOver.filter())
    return made
