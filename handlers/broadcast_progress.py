"""How a broadcast goes, for its author, and what is pressed under its letters."""

from aiogram import Bot
from aiogram.types import BufferedInputFile, CallbackQuery

from handlers.callbacks.broadcasts import (
    AcknowledgeBroadcast,
    AnswerBroadcast,
    AskRecall,
    CloseAnswers,
    ExportBroadcast,
    OpenBroadcast,
    OpenReaders,
    PauseBroadcast,
    RecallBroadcast,
    RemindSilent,
    ResumeBroadcast,
    SendBroadcastFiles,
    SendReaders,
    StopBroadcast,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import answer, rekey, send, show
from handlers.screens import broadcast_progress as screens
from handlers.screens.broadcasts import letter as letter_screen
from services.actor import Actor
from services.broadcasts.answers import BroadcastReplies
from services.broadcasts.progress import BroadcastProgress
from services.i18n import gettext as _
from services.letters.broadcasts import BroadcastLetter
from storage.vocabulary import BroadcastId, ClassId


async def open_broadcast(
    query: CallbackQuery, callback_data: OpenBroadcast, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """The figures."""
    view = await broadcast_progress.view(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.progress(view))


async def pause(
    query: CallbackQuery, callback_data: PauseBroadcast, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """«Пауза»."""
    view = await broadcast_progress.pause(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.progress(view))


async def resume(
    query: CallbackQuery, callback_data: ResumeBroadcast, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """«Продолжить»."""
    view = await broadcast_progress.resume(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.progress(view))


async def stop(
    query: CallbackQuery, callback_data: StopBroadcast, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """«Остановить»."""
    view = await broadcast_progress.stop(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.progress(view))


async def ask_recall(
    query: CallbackQuery, callback_data: AskRecall, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """Are you sure?"""
    view = await broadcast_progress.view(actor, BroadcastId(callback_data.broadcast))
    await answer(bot, query)
    await send(bot, query.from_user.id, screens.ask_recall(view))


async def recall(
    query: CallbackQuery, callback_data: RecallBroadcast, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """«Отозвать»."""
    view = await broadcast_progress.recall(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.recalled(view))


async def send_readers(
    query: CallbackQuery, callback_data: SendReaders, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """A list, below: the message of progress is written over."""
    which = callback_data.which
    view = await broadcast_progress.people(actor, BroadcastId(callback_data.broadcast), which)
    await answer(bot, query)
    await send(bot, query.from_user.id, screens.readers(view, which, 0, 0))


async def open_readers(
    query: CallbackQuery, callback_data: OpenReaders, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """A page of it."""
    which, class_id = callback_data.which, callback_data.school_class
    id_ = BroadcastId(callback_data.broadcast)
    view = await broadcast_progress.people(actor, id_, which, ClassId(class_id) if class_id else None)
    await show(bot, query, screens.readers(view, which, class_id, callback_data.page))


async def remind(
    query: CallbackQuery, callback_data: RemindSilent, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """«Напомнить»."""
    count = await broadcast_progress.remind(actor, BroadcastId(callback_data.broadcast))
    await answer(bot, query, screens.reminded(count), alert=True)


async def close_answers(
    query: CallbackQuery, callback_data: CloseAnswers, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """No answers any more."""
    view = await broadcast_progress.close(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.progress(view))


async def export(
    query: CallbackQuery, callback_data: ExportBroadcast, bot: Bot, actor: Actor, broadcast_progress: BroadcastProgress
) -> None:
    """The list as a document."""
    made = await broadcast_progress.export(actor, BroadcastId(callback_data.broadcast))
    await answer(bot, query)
    await bot.send_document(
        query.from_user.id,
        BufferedInputFile(made.text.encode("utf-8-sig"), made.name),
        caption=_("People: {count}").format(count=made.count),
    )


# Under the letters


async def acknowledge(
    query: CallbackQuery,
    callback_data: AcknowledgeBroadcast,
    bot: Bot,
    actor: Actor,
    broadcast_replies: BroadcastReplies,
) -> None:
    """«Ознакомлен(а)»."""
    letter = await broadcast_replies.acknowledge(actor, BroadcastId(callback_data.broadcast))
    await _marked(bot, query, letter, _("Thank you, it is noted."))


async def answer_broadcast(
    query: CallbackQuery, callback_data: AnswerBroadcast, bot: Bot, actor: Actor, broadcast_replies: BroadcastReplies
) -> None:
    """An answer."""
    letter = await broadcast_replies.answer(actor, BroadcastId(callback_data.broadcast), callback_data.option)
    said = "" if letter.chosen is None else letter.options[letter.chosen]
    await _marked(bot, query, letter, _("Your answer: {answer}. You can change it.").format(answer=said))


async def _marked(bot: Bot, query: CallbackQuery, letter: BroadcastLetter, said: str) -> None:
    """The letter stays as it is, a photo too; its buttons show what was pressed."""
    await answer(bot, query, said)
    await rekey(bot, query, letter_screen(letter).rows)


async def send_files(
    query: CallbackQuery,
    callback_data: SendBroadcastFiles,
    bot: Bot,
    actor: Actor,
    broadcast_replies: BroadcastReplies,
) -> None:
    """The attachments, as letters of their own."""
    await broadcast_replies.files(actor, BroadcastId(callback_data.broadcast))
    await answer(bot, query)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="broadcast progress")
    made.callback_query.filter(Known())
    for handler, button in (
        (open_broadcast, OpenBroadcast),
        (pause, PauseBroadcast),
        (resume, ResumeBroadcast),
        (stop, StopBroadcast),
        (ask_recall, AskRecall),
        (recall, RecallBroadcast),
        (send_readers, SendReaders),
        (open_readers, OpenReaders),
        (remind, RemindSilent),
        (close_answers, CloseAnswers),
        (export, ExportBroadcast),
        (acknowledge, AcknowledgeBroadcast),
        (answer_broadcast, AnswerBroadcast),
        (send_files, SendBroadcastFiles),
    ):
        made.callback_query.register(handler, button.filter())
    return made
