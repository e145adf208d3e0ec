"""«Рассылка»: for whom, the draft, the preview, and the minute in which it is held."""

from aiogram import Bot
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.broadcasts import (
    AskReading,
    AskYesNo,
    CancelBroadcast,
    ChooseClass,
    ChooseFamilies,
    ChooseLevel,
    ChooseOfClass,
    ChooseQuestion,
    ConfirmUrgent,
    DropDraft,
    MakeUrgent,
    OpenBroadcasts,
    OpenDraft,
    PickFamily,
    PreviewBroadcast,
    RemoveBroadcastFiles,
    SendBroadcast,
    TypeOptions,
    WriteToClass,
    WriteToLevel,
    WriteToSchool,
    WriteToSubgroup,
)
from handlers.files import file_of
from handlers.filters import Awaits, AwaitsFile, Known
from handlers.scene import Scene
from handlers.screen import answer, markup, rewrite, send, show
from handlers.screens import broadcasts as screens
from services.actor import Actor
from services.broadcasts.audience import Audience
from services.broadcasts.views import Held
from services.broadcasts.writing import Broadcasts
from services.drafts import DraftRow
from services.i18n import gettext as _
from services.letters.broadcasts import BroadcastLetter
from services.threads.refusals import OnlyTextOrFile
from storage.vocabulary import AudienceKind, BroadcastId, ClassId, DraftPurpose, FileKind, PersonId, QuestionKind


class AwaitsBroadcast(Filter):
    """Anything that isn't a command, while a broadcast is written: what no other handler took."""

    async def __call__(self, message: Message, draft: DraftRow | None) -> bool:
        """Whether this came instead of a text."""
        return message.text is None and draft is not None and draft.purpose is DraftPurpose.BROADCAST


# For whom


async def open_broadcasts(
    query: CallbackQuery, callback_data: OpenBroadcasts, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """«Рассылка»."""
    await show(bot, query, screens.desk(await broadcasts.desk(actor), callback_data.page))


async def choose_of_class(
    query: CallbackQuery, callback_data: ChooseOfClass, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """Whom of an own class."""
    view = await broadcasts.of_class(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.of_class(view))


async def choose_level(query: CallbackQuery, bot: Bot, actor: Actor, broadcasts: Broadcasts) -> None:
    """Which parallel."""
    await show(bot, query, screens.levels(await broadcasts.of_school(actor)))


async def choose_class(
    query: CallbackQuery, callback_data: ChooseClass, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """Which class."""
    await show(bot, query, screens.classes(await broadcasts.of_school(actor), callback_data.page))


async def write_to_class(
    query: CallbackQuery, callback_data: WriteToClass, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """To a class; of chosen families, which ones comes first."""
    kind = callback_data.kind
    view = await broadcasts.begin(actor, Audience(kind, ClassId(callback_data.school_class)))
    if kind is AudienceKind.CHOSEN:
        await show(bot, query, screens.families(await broadcasts.families(actor, view.content.id), 0))
        return
    await show(bot, query, screens.draft(view))


async def write_to_subgroup(
    query: CallbackQuery, callback_data: WriteToSubgroup, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """To a subgroup."""
    wanted = Audience(AudienceKind.SUBGROUP, ClassId(callback_data.school_class), (callback_data.subgroup,))
    await show(bot, query, screens.draft(await broadcasts.begin(actor, wanted)))


async def write_to_level(
    query: CallbackQuery, callback_data: WriteToLevel, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """To a parallel."""
    wanted = Audience(AudienceKind.LEVEL, ids=(callback_data.level,))
    await show(bot, query, screens.draft(await broadcasts.begin(actor, wanted)))


async def write_to_school(
    query: CallbackQuery, callback_data: WriteToSchool, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """To all families, or to the staff."""
    await show(bot, query, screens.draft(await broadcasts.begin(actor, Audience(callback_data.kind))))


async def choose_families(
    query: CallbackQuery, callback_data: ChooseFamilies, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """A page of families."""
    view = await broadcasts.families(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.families(view, callback_data.page))


async def pick_family(
    query: CallbackQuery, callback_data: PickFamily, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """In or out."""
    id_, student = BroadcastId(callback_data.broadcast), PersonId(callback_data.student)
    view = await broadcasts.pick(actor, id_, student, callback_data.wanted)
    await show(bot, query, screens.families(view, callback_data.page))


# The draft


async def open_draft(
    query: CallbackQuery, callback_data: OpenDraft, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """The draft and its options; one that is held shows its minute."""
    view = await broadcasts.open(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.held(view) if isinstance(view, Held) else screens.draft(view))


async def typed(message: Message, bot: Bot, actor: Actor, broadcasts: Broadcasts) -> None:
    """The text, or the options."""
    await show(bot, message, screens.draft(await broadcasts.type(actor, message.text or "")))


async def sent_file(message: Message, bot: Bot, actor: Actor, broadcasts: Broadcasts) -> None:
    """A photo or document; of an album each comes by itself, and one message speaks of them all."""
    view = await broadcasts.attach(actor, file_of(message), message.caption or "", message.media_group_id)
    if view.same_album and view.prompt is not None:
        await rewrite(bot, message.chat.id, view.prompt, screens.draft(view))
        return
    asked = await send(bot, message.chat.id, screens.draft(view))
    if message.media_group_id is not None:
        await broadcasts.asked_in(actor, asked.message_id)


async def sent_else(message: Message, actor: Actor) -> None:
    """A voice message, a sticker, a place."""
    raise OnlyTextOrFile


async def ask_reading(
    query: CallbackQuery, callback_data: AskReading, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """«Ознакомлен(а)» asked for, or not."""
    id_ = BroadcastId(callback_data.broadcast)
    view = await broadcasts.set(actor, id_, asks_reading=callback_data.wanted)
    await show(bot, query, screens.draft(view))


async def make_urgent(
    query: CallbackQuery, callback_data: MakeUrgent, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """«Срочно», or not."""
    id_ = BroadcastId(callback_data.broadcast)
    await show(bot, query, screens.draft(await broadcasts.set(actor, id_, urgent=callback_data.wanted)))


async def choose_question(
    query: CallbackQuery, callback_data: ChooseQuestion, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """How the question is answered."""
    view = await broadcasts.open(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.held(view) if isinstance(view, Held) else screens.question(view))


async def ask_yes_no(
    query: CallbackQuery, callback_data: AskYesNo, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """Yes or no, or no question."""
    question = {"kind": QuestionKind.YES_NO.value} if callback_data.wanted else None
    view = await broadcasts.set(actor, BroadcastId(callback_data.broadcast), question=question)
    await show(bot, query, screens.draft(view))


async def type_options(
    query: CallbackQuery, callback_data: TypeOptions, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """The options are awaited."""
    view = await broadcasts.ask_options(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.options_awaited(view))


async def remove_files(
    query: CallbackQuery, callback_data: RemoveBroadcastFiles, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """Without attachments."""
    view = await broadcasts.set(actor, BroadcastId(callback_data.broadcast), files=None)
    await show(bot, query, screens.draft(view), _("The attachments are removed."))


async def drop_draft(
    query: CallbackQuery, callback_data: DropDraft, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """Thrown away."""
    await broadcasts.drop(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.desk(await broadcasts.desk(actor), 0), _("The draft is thrown away."))


# The preview and the minute


async def preview(
    query: CallbackQuery, callback_data: PreviewBroadcast, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """The letter itself, and under it how many get it."""
    view = await broadcasts.preview(actor, BroadcastId(callback_data.broadcast))
    await answer(bot, query)
    await _send_letter(bot, query.from_user.id, view.letter)
    await send(bot, query.from_user.id, screens.preview(view))


async def _send_letter(bot: Bot, chat_id: int, letter: BroadcastLetter) -> None:
    screen = screens.letter(letter)
    if letter.file is None:
        await send(bot, chat_id, screen)
        return
    sending = bot.send_photo if letter.file.kind is FileKind.PHOTO else bot.send_document
    keyboard = markup(screen.rows) if screen.rows else None
    await sending(chat_id, letter.file.file_id, caption=screen.text, parse_mode="HTML", reply_markup=keyboard)


async def confirm_urgent(
    query: CallbackQuery, callback_data: ConfirmUrgent, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """Are you sure?"""
    view = await broadcasts.preview(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.confirm_urgent(view))


async def send_broadcast(
    query: CallbackQuery, callback_data: SendBroadcast, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """«Отправить»."""
    view = await broadcasts.send(actor, BroadcastId(callback_data.broadcast), callback_data.seen)
    await show(bot, query, screens.held(view))


async def cancel_broadcast(
    query: CallbackQuery, callback_data: CancelBroadcast, bot: Bot, actor: Actor, broadcasts: Broadcasts
) -> None:
    """«Отменить»."""
    view = await broadcasts.cancel(actor, BroadcastId(callback_data.broadcast))
    await show(bot, query, screens.draft(view), _("Cancelled: nothing was sent."))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="broadcasts")
    made.callback_query.filter(Known())
    made.message.filter(Known())
    for handler, button in (
        (open_broadcasts, OpenBroadcasts),
        (choose_of_class, ChooseOfClass),
        (choose_level, ChooseLevel),
        (choose_class, ChooseClass),
        (write_to_class, WriteToClass),
        (write_to_subgroup, WriteToSubgroup),
        (write_to_level, WriteToLevel),
        (write_to_school, WriteToSchool),
        (choose_families, ChooseFamilies),
        (pick_family, PickFamily),
        (open_draft, OpenDraft),
        (ask_reading, AskReading),
        (make_urgent, MakeUrgent),
        (choose_question, ChooseQuestion),
        (ask_yes_no, AskYesNo),
        (type_options, TypeOptions),
        (remove_files, RemoveBroadcastFiles),
        (drop_draft, DropDraft),
        (preview, PreviewBroadcast),
        (confirm_urgent, ConfirmUrgent),
        (send_broadcast, SendBroadcast),
        (cancel_broadcast, CancelBroadcast),
    ):
        made.callback_query.register(handler, button.filter())
    made.message.register(typed, Awaits(DraftPurpose.BROADCAST))
    made.message.register(sent_file, AwaitsFile(DraftPurpose.BROADCAST))
    made.message.register(sent_else, AwaitsBroadcast())
    return made
