"""«Написать учителю», «Переписка»: letters between families and the school's people."""

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.threads import (
    AnswerThread,
    AskComplaint,
    AskHandOver,
    ChooseHandOver,
    ChooseTeacher,
    Complain,
    HandOver,
    OpenThread,
    OpenThreads,
    SendAttachment,
    SendDoubted,
    SendThread,
    StopWriting,
    TakeAsLine,
    WriteTo,
    WriteToOffice,
    WriteToTeacher,
)
from handlers.files import file_of
from handlers.filters import Awaits, AwaitsFile, Known
from handlers.scene import Scene
from handlers.screen import Screen, answer, esc, send, show
from handlers.screens import threads as screens
from handlers.screens.quick_line import line_card
from services.actor import Actor
from services.drafts import DraftRow
from services.i18n import gettext as _
from services.quick_line import LineGone, QuickLine
from services.threads import Threads
from services.threads.refusals import OnlyTextOrFile
from storage.vocabulary import STAFF_ROLES, DraftPurpose, PersonId, Role, ThreadId


class AwaitsLetter(Filter):
    """Anything that isn't a command, while a letter or a note is awaited: what no other handler took."""

    async def __call__(self, message: Message, draft: DraftRow | None) -> bool:
        """Whether this came instead of a letter."""
        if message.text is not None:
            return False
        return draft is not None and draft.purpose in (DraftPurpose.THREAD, DraftPurpose.HAND_OVER)


async def write_to_teacher(query: CallbackQuery, bot: Bot, actor: Actor, threads: Threads) -> None:
    """Which child, or whom."""
    await show(bot, query, screens.choice(await threads.choose(actor)))


async def choose_teacher(
    query: CallbackQuery, callback_data: ChooseTeacher, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """A page of a child's teachers."""
    view = await threads.choose(actor, PersonId(callback_data.student))
    await show(bot, query, screens.choice(view, callback_data.page))


async def write_to(query: CallbackQuery, callback_data: WriteTo, bot: Bot, actor: Actor, threads: Threads) -> None:
    """The letter is awaited."""
    view = await threads.begin(actor, PersonId(callback_data.student), PersonId(callback_data.teacher))
    await show(bot, query, screens.prompt(view))


async def write_to_office(
    query: CallbackQuery, callback_data: WriteToOffice, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """The letter to the administration is awaited."""
    await show(bot, query, screens.prompt(await threads.begin(actor, PersonId(callback_data.student), None)))


async def stop_writing(query: CallbackQuery, bot: Bot, actor: Actor, threads: Threads) -> None:
    """Nothing is awaited any more."""
    stopped = await threads.stop(actor)
    await show(bot, query, await _list(actor, threads, 0), _("Nothing was sent") if stopped else None)


async def typed_letter(message: Message, bot: Bot, actor: Actor, threads: Threads, quick_line: QuickLine) -> None:
    """The awaited letter; one that reads like a line of the lesson that is on might be meant for the journal."""
    text = message.text or ""
    if actor.roles & STAFF_ROLES and await quick_line.reads(actor, text):
        await show(bot, message, screens.doubted(await threads.doubt(actor, text)))
        return
    await show(bot, message, screens.sent(await threads.write(actor, text)))


async def send_doubted(
    query: CallbackQuery, callback_data: SendDoubted, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """It is a letter."""
    await show(bot, query, screens.sent(await threads.send_doubted(actor, callback_data.asked)))


async def take_as_line(
    query: CallbackQuery, callback_data: TakeAsLine, bot: Bot, actor: Actor, threads: Threads, quick_line: QuickLine
) -> None:
    """It is a line of the lesson: shown back, as every line is."""
    card = await quick_line.read(actor, await threads.doubted_text(actor, callback_data.asked))
    if card is None:
        raise LineGone
    await show(bot, query, line_card(card))


async def sent_file(message: Message, bot: Bot, actor: Actor, threads: Threads) -> None:
    """The awaited letter is a photo or document; more of its album may follow."""
    album = message.media_group_id
    view = await threads.write_file(actor, file_of(message), message.caption or "", album)
    await show(bot, message, screens.sent(view))


async def sent_more(message: Message, actor: Actor, threads: Threads) -> None:
    """Another file of the album that was just sent."""
    await threads.write_file(actor, file_of(message), message.caption or "", message.media_group_id, more=True)


async def sent_else(message: Message, actor: Actor) -> None:
    """A voice message, a sticker, a place."""
    raise OnlyTextOrFile


async def open_threads(
    query: CallbackQuery, callback_data: OpenThreads, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """«Переписка»."""
    await show(bot, query, await _list(actor, threads, callback_data.page))


async def open_thread(
    query: CallbackQuery, callback_data: OpenThread, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """A page of a thread."""
    view = await threads.open(actor, ThreadId(callback_data.thread))
    await show(bot, query, screens.thread(view, callback_data.page))


async def send_thread(
    query: CallbackQuery, callback_data: SendThread, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """A thread below the letter."""
    view = await threads.open(actor, ThreadId(callback_data.thread))
    await answer(bot, query)
    await send(bot, query.from_user.id, screens.thread(view))


async def answer_thread(
    query: CallbackQuery, callback_data: AnswerThread, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """«Ответить», below the letter."""
    view = await threads.answer(actor, ThreadId(callback_data.thread))
    await answer(bot, query)
    await send(bot, query.from_user.id, screens.prompt(view))


async def send_attachment(
    query: CallbackQuery, callback_data: SendAttachment, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """A file of an entry."""
    file = await threads.attachment(actor, callback_data.entry)
    await answer(bot, query)
    sending = bot.send_photo if file.photo else bot.send_document
    await sending(query.from_user.id, file.file_id, caption=f"<b>{esc(file.caption)}</b>", parse_mode="HTML")


async def ask_hand_over(
    query: CallbackQuery, callback_data: AskHandOver, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """«Передать»."""
    view = await threads.hand_over_choice(actor, ThreadId(callback_data.thread))
    await show(bot, query, screens.hand_over_choice(view))


async def choose_hand_over(
    query: CallbackQuery, callback_data: ChooseHandOver, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """The note is awaited."""
    view = await threads.ask_note(actor, ThreadId(callback_data.thread), callback_data.to)
    await show(bot, query, screens.note_prompt(view, callback_data.to))


async def hand_over(query: CallbackQuery, callback_data: HandOver, bot: Bot, actor: Actor, threads: Threads) -> None:
    """Without a note."""
    view = await threads.hand_over(actor, ThreadId(callback_data.thread), callback_data.to)
    await show(bot, query, screens.handed_over(view))


async def typed_note(message: Message, bot: Bot, actor: Actor, threads: Threads) -> None:
    """With the typed note."""
    await show(bot, message, screens.handed_over(await threads.type_note(actor, message.text or "")))


async def ask_complaint(
    query: CallbackQuery, callback_data: AskComplaint, bot: Bot, actor: Actor, threads: Threads
) -> None:
    """Are you sure?"""
    await show(bot, query, screens.complaint(await threads.complaint(actor, ThreadId(callback_data.thread))))


async def complain(query: CallbackQuery, callback_data: Complain, bot: Bot, actor: Actor, threads: Threads) -> None:
    """«Передать администрации»."""
    view = await threads.complain(actor, ThreadId(callback_data.thread))
    await show(bot, query, screens.thread(view), _("The administration sees the correspondence now"))


async def _list(actor: Actor, threads: Threads, page: int) -> Screen:
    return screens.threads(await threads.list(actor), page, bool(actor.roles & {Role.GUARDIAN, Role.STUDENT}))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="threads")
    made.callback_query.filter(Known())
    made.message.filter(Known())
    made.callback_query.register(write_to_teacher, WriteToTeacher.filter())
    made.callback_query.register(choose_teacher, ChooseTeacher.filter())
    made.callback_query.register(write_to, WriteTo.filter())
    made.callback_query.register(write_to_office, WriteToOffice.filter())
    made.callback_query.register(stop_writing, StopWriting.filter())
    made.callback_query.register(send_doubted, SendDoubted.filter())
    made.callback_query.register(take_as_line, TakeAsLine.filter())
    made.callback_query.register(open_threads, OpenThreads.filter())
    made.callback_query.register(open_thread, OpenThread.filter())
    made.callback_query.register(send_thread, SendThread.filter())
    made.callback_query.register(answer_thread, AnswerThread.filter())
    made.callback_query.register(send_attachment, SendAttachment.filter())
    made.callback_query.register(ask_hand_over, AskHandOver.filter())
    made.callback_query.register(choose_hand_over, ChooseHandOver.filter())
    made.callback_query.register(hand_over, HandOver.filter())
    made.callback_query.register(ask_complaint, AskComplaint.filter())
    made.callback_query.register(complain, Complain.filter())
    made.message.register(typed_letter, Awaits(DraftPurpose.THREAD))
    made.message.register(typed_note, Awaits(DraftPurpose.HAND_OVER))
    made.message.register(sent_file, AwaitsFile(DraftPurpose.THREAD))
    made.message.register(sent_more, AwaitsFile(DraftPurpose.THREAD_ALBUM))
    made.message.register(sent_else, AwaitsLetter())
    return made
