"""«ДЗ» beside its text: files, the way of doing, as last time, chosen students; and files on the family's phone."""

from collections.abc import Sequence

from aiogram import Bot
from aiogram.types import CallbackQuery, InputMediaDocument, InputMediaPhoto, Message

from handlers.callbacks.homework import (
    ChooseStudent,
    ChooseWay,
    DropPersonal,
    OpenChosen,
    RemoveFiles,
    SameHomework,
    SendFiles,
    ShowFiles,
    TakeBackPersonal,
    TypeForChosen,
)
from handlers.callbacks.lessons import OpenHomework
from handlers.files import file_of
from handlers.filters import Awaits, AwaitsFile, Known
from handlers.scene import Scene
from handlers.screen import Screen, answer, esc, rewrite, send, show
from handlers.screens import homework as screens
from handlers.screens.lessons import heading
from handlers.screens.records import answered, record_put, toast
from services import words
from services.actor import Actor
from services.changes import Outcome
from services.diary import Diary
from services.homework import FileRow, Homework, PersonalPut
from services.i18n import gettext as _
from services.personal_homework import PersonalHomework
from services.records import Records
from storage.vocabulary import DraftPurpose, FileKind, LessonId, PersonId


async def open_homework(
    query: CallbackQuery, callback_data: OpenHomework, bot: Bot, actor: Actor, records: Records
) -> None:
    """What stands and what may be chosen; a typed text or a file is awaited."""
    choice = await records.choose_homework(actor, LessonId(callback_data.lesson), _message(query))
    await show(bot, query, screens.homework_choice(choice))


async def typed_homework(message: Message, bot: Bot, actor: Actor, homework: Homework) -> None:
    """The awaited homework: of the chosen students, or of everybody."""
    put = await homework.put_typed(actor, message.text or "")
    screen = screens.personal_put(put) if isinstance(put, PersonalPut) else record_put(put)
    await show(bot, message, screen)
    if put.prompt is not None and put.outcome is not Outcome.CHANGED:
        closed = Screen(esc(screens.personal_toast(put))) if isinstance(put, PersonalPut) else answered(put)
        await rewrite(bot, message.chat.id, put.prompt, closed)


async def sent_file(message: Message, bot: Bot, actor: Actor, homework: Homework) -> None:
    """A photo or document: one, or of an album, of which every file comes by itself."""
    put = await homework.put_file(actor, file_of(message), message.caption or "", message.media_group_id)
    if put.same_album and put.prompt is not None:
        await rewrite(bot, message.chat.id, put.prompt, screens.files_put(put))
        return
    asked = await send(bot, message.chat.id, screens.files_put(put))
    await homework.asked_in(actor, asked.message_id)
    if put.prompt is not None:
        closed = "\n".join([heading(put.title), _("The homework is saved.")])
        await rewrite(bot, message.chat.id, put.prompt, Screen(closed))


async def same_homework(
    query: CallbackQuery, callback_data: SameHomework, bot: Bot, actor: Actor, homework: Homework
) -> None:
    """«Как в прошлый раз»."""
    put = await homework.same_as_last_time(
        actor, LessonId(callback_data.lesson), LessonId(callback_data.source), callback_data.seen
    )
    again = callback_data.model_copy(update={"seen": put.card.revs[put.part]})
    await show(bot, query, record_put(put, again), toast(put), alert=put.outcome is Outcome.CHANGED)


async def choose_way(
    query: CallbackQuery, callback_data: ChooseWay, bot: Bot, actor: Actor, homework: Homework
) -> None:
    """The way of doing."""
    choice, put = await homework.choose_way(
        actor, LessonId(callback_data.lesson), callback_data.way, callback_data.seen, _message(query)
    )
    said = _("Way of doing: {way}").format(way=words.homework_way(callback_data.way))
    changed = put is not None and put.outcome is Outcome.CHANGED
    await show(bot, query, screens.homework_choice(choice), toast(put) if put and changed else said, alert=changed)


async def show_files(
    query: CallbackQuery, callback_data: ShowFiles, bot: Bot, actor: Actor, homework: Homework
) -> None:
    """The attachments below."""
    title, files = await homework.files(actor, LessonId(callback_data.lesson))
    await _send_files(bot, query, files, heading(title))


async def remove_files(
    query: CallbackQuery, callback_data: RemoveFiles, bot: Bot, actor: Actor, homework: Homework
) -> None:
    """No attachments."""
    choice = await homework.remove_files(actor, LessonId(callback_data.lesson), callback_data.up_to)
    await show(bot, query, screens.homework_choice(choice), _("The attachments are removed."))


async def open_chosen(
    query: CallbackQuery, callback_data: OpenChosen, bot: Bot, actor: Actor, personal_homework: PersonalHomework
) -> None:
    """A page of the students."""
    sheet = await personal_homework.choose_students(actor, LessonId(callback_data.lesson))
    await show(bot, query, screens.students_choice(sheet, callback_data.page))


async def choose_student(
    query: CallbackQuery, callback_data: ChooseStudent, bot: Bot, actor: Actor, personal_homework: PersonalHomework
) -> None:
    """A tap on a name."""
    sheet = await personal_homework.choose_student(
        actor, LessonId(callback_data.lesson), PersonId(callback_data.student), chosen=callback_data.chosen
    )
    name = next(one.name.usual for one in sheet.students if one.name.id == callback_data.student)
    said = _("{name}: chosen") if callback_data.chosen else _("{name}: not chosen")
    await show(bot, query, screens.students_choice(sheet, callback_data.page), said.format(name=name))


async def type_for_chosen(
    query: CallbackQuery, callback_data: TypeForChosen, bot: Bot, actor: Actor, personal_homework: PersonalHomework
) -> None:
    """On to the text."""
    sheet = await personal_homework.type_for_chosen(actor, LessonId(callback_data.lesson), _message(query))
    await show(bot, query, screens.typing_for(sheet))


async def drop_personal(
    query: CallbackQuery, callback_data: DropPersonal, bot: Bot, actor: Actor, personal_homework: PersonalHomework
) -> None:
    """Their own homework is taken back."""
    await _show_personal(bot, query, await personal_homework.drop_personal(actor, LessonId(callback_data.lesson)))


async def take_back_personal(
    query: CallbackQuery, callback_data: TakeBackPersonal, bot: Bot, actor: Actor, personal_homework: PersonalHomework
) -> None:
    """«Отменить»."""
    put = await personal_homework.take_back(
        actor, LessonId(callback_data.lesson), callback_data.put_at, callback_data.revs
    )
    await _show_personal(bot, query, put)


async def send_files(query: CallbackQuery, callback_data: SendFiles, bot: Bot, actor: Actor, diary: Diary) -> None:
    """«Вложения»: an own child's, below the letter or the diary."""
    subject, files = await diary.files(actor, PersonId(callback_data.student), LessonId(callback_data.lesson))
    await _send_files(bot, query, files, f"<b>{esc(subject)}</b>")


async def _show_personal(bot: Bot, query: CallbackQuery, put: PersonalPut) -> None:
    changed = put.outcome is Outcome.CHANGED
    await show(bot, query, screens.personal_put(put), None if changed else screens.personal_toast(put))


async def _send_files(bot: Bot, query: CallbackQuery, files: Sequence[FileRow], caption: str) -> None:
    """Photos together, then documents together; the first of each says what they are."""
    if not files:
        await answer(bot, query, _("There are no attachments any more."), alert=True)
        return
    await answer(bot, query)
    chat = query.from_user.id
    for kind in FileKind:
        alike = [one for one in files if one.kind is kind]
        if len(alike) == 1 and kind is FileKind.PHOTO:
            await bot.send_photo(chat, alike[0].file_id, caption=caption, parse_mode="HTML")
        elif len(alike) == 1:
            await bot.send_document(chat, alike[0].file_id, caption=caption, parse_mode="HTML")
        elif alike:
            media = InputMediaPhoto if kind is FileKind.PHOTO else InputMediaDocument
            first = media(media=alike[0].file_id, caption=caption, parse_mode="HTML")
            await bot.send_media_group(chat, [first, *(media(media=one.file_id) for one in alike[1:])])


def _message(query: CallbackQuery) -> int | None:
    return None if query.message is None else query.message.message_id


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="homework")
    made.callback_query.filter(Known())
    made.message.filter(Known())
    made.callback_query.register(open_homework, OpenHomework.filter())
    made.callback_query.register(same_homework, SameHomework.filter())
    made.callback_query.register(choose_way, ChooseWay.filter())
    made.callback_query.register(show_files, ShowFiles.filter())
    made.callback_query.register(remove_files, RemoveFiles.filter())
    made.callback_query.register(open_chosen, OpenChosen.filter())
    made.callback_query.register(choose_student, ChooseStudent.filter())
    made.callback_query.register(type_for_chosen, TypeForChosen.filter())
    made.callback_query.register(drop_personal, DropPersonal.filter())
    made.callback_query.register(take_back_personal, TakeBackPersonal.filter())
    made.callback_query.register(send_files, SendFiles.filter())
    made.message.register(typed_homework, Awaits(DraftPurpose.HOMEWORK))
    made.message.register(sent_file, AwaitsFile(DraftPurpose.HOMEWORK))
    return made
