"""A real aiogram bot against the sandbox: what it sends is what the phones show."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from tests.sandbox.conftest import BELL, keyboard, next_update, png


async def test_it_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (424242, True, "pocket_bot")


async def test_a_letter_arrives_with_its_buttons(bot: Bot, anna: Person) -> None:
    markup = keyboard(["5", "4"], ["н"], {"Сайт": "https://example.org/x"})
    sent = await bot.send_message(anna.id, "<b>Алгебра</b>\nзавтра", parse_mode="HTML", reply_markup=markup)
    letter = await anna.sees("Алгебра")
    assert letter.html == "<b>Алгебра</b>\nзавтра"
    assert letter.buttons == ["5", "4", "н", "Сайт"]
    assert [button.kind for row in letter.button_rows for button in row] == ["callback"] * 3 + ["url"]
    assert letter.date == BELL == sent.date
    assert sent.entities is not None
    assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == [("bold", 0, 7)]
    assert sent.chat.id == anna.id
    assert anna.unread == 1


async def test_an_edit_changes_the_letter_in_place(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "до", reply_markup=keyboard(["а"]))
    await anna.sees("до")
    await bot.edit_message_text("после", chat_id=anna.id, message_id=sent.message_id, reply_markup=keyboard(["б"]))
    letter = await anna.sees("после")
    assert (letter.id, letter.buttons, letter.edited) == (sent.message_id, ["б"], True)
    assert len(anna.letters) == 1
    await bot.edit_message_reply_markup(chat_id=anna.id, message_id=sent.message_id, reply_markup=keyboard(["в"]))
    await anna.sees("после", button="в")


async def test_a_deleted_letter_is_gone(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "лишнее")
    await anna.sees("лишнее")
    await bot.delete_message(anna.id, sent.message_id)
    await anna.stops_seeing("лишнее")


async def test_a_tap_gets_its_answer_once(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Отметить?", reply_markup=keyboard(["Да"]))
    tapping = await anna.taps("Да", wait=False)
    assert tapping is None
    query = (await next_update(bot, lambda update: update.callback_query)).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.from_user.id, query.message.chat.id) == ("Да", anna.id, anna.id)
    assert query.chat_instance
    await query.answer("Сохранено", show_alert=True)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await query.answer()


async def test_a_reply_quotes_what_it_answers(bot: Bot, anna: Person) -> None:
    question = await anna.types("Когда собрание?")
    sent = await bot.send_message(anna.id, "В пять", reply_parameters=ReplyParameters(message_id=question.id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "Когда собрание?"
    answer = await anna.types("Спасибо", reply_to=await anna.sees("В пять"))
    update = await next_update(bot, lambda update: update.message and update.message.message_id == answer.id)
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.message_id == sent.message_id


async def test_a_document_travels_both_ways(bot: Bot, anna: Person) -> None:
    await bot.send_document(anna.id, BufferedInputFile(b"%PDF-1.7 x", "Талоны 7Б.pdf"), caption="<i>Талоны</i>",
                            parse_mode="HTML")  # fmt: skip
    letter = await anna.sees("Талоны")
    assert letter.document is not None
    assert (letter.document.name, letter.document.mime) == ("Талоны 7Б.pdf", "application/pdf")
    assert await letter.document.download() == b"%PDF-1.7 x"

    await anna.sends_file(b"1;2", "список.csv", caption="вот")
    message = (await next_update(bot, lambda update: update.message and update.message.document)).message
    assert message is not None
    assert message.document is not None
    assert (message.document.file_name, message.caption) == ("список.csv", "вот")
    downloaded = await bot.download(message.document)
    assert downloaded is not None
    assert downloaded.read() == b"1;2"
    again = await bot.send_document(anna.id, message.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == message.document.file_unique_id


async def test_photos_are_checked_and_measured(bot: Bot, anna: Person) -> None:
    sent = await bot.send_photo(anna.id, BufferedInputFile(png(30, 20), "x.png"))
    assert sent.photo is not None
    assert (sent.photo[-1].width, sent.photo[-1].height) == (30, 20)
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(anna.id, BufferedInputFile(b"not a picture", "x.png"))
    with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
        await bot.send_photo(anna.id, BufferedInputFile(png(2100, 100), "x.png"))
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await bot.send_document(anna.id, BufferedInputFile(b"", "x.txt"))
    await anna.sends_file(png(10, 10), "я.png", photo=True)
    message = (await next_update(bot, lambda update: update.message and update.message.photo)).message
    assert message is not None
    assert message.photo is not None
    assert message.photo[0].height == 10


@pytest.mark.parametrize(("length", "fits"), [(1024, True), (1025, False)])
async def test_captions_are_shorter_than_texts(bot: Bot, anna: Person, length: int, fits: bool) -> None:
    file = BufferedInputFile(b"x", "x.txt")
    if fits:
        assert (await bot.send_document(anna.id, file, caption="я" * length)).caption == "я" * length
        return
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_document(anna.id, file, caption="я" * length)


async def test_a_letter_with_a_document_has_no_text_to_edit(bot: Bot, anna: Person) -> None:
    sent = await bot.send_document(anna.id, BufferedInputFile(b"x", "x.txt"), reply_markup=keyboard(["а"]))
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("y", chat_id=anna.id, message_id=sent.message_id)
    await bot.edit_message_reply_markup(chat_id=anna.id, message_id=sent.message_id, reply_markup=keyboard(["б"]))


async def test_copies_have_no_origin_and_forwards_have(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    boris = await telegram.person("Борис")
    await boris.starts()
    said = await anna.types("важно")
    copy = await bot.copy_message(boris.id, anna.id, said.id, reply_markup=keyboard(["а"]))
    assert (await boris.sees("важно")).id == copy.message_id
    before = boris.mark()
    forwarded = await bot.forward_message(boris.id, anna.id, said.id)
    assert forwarded.forward_origin is not None
    letter = await boris.sees("важно", since=before)
    assert (letter.forwarded_from, letter.buttons) == ("Анна Ларина", [])


async def test_protected_letters_stay_where_they_are(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "секрет", protect_content=True)
    with pytest.raises(TelegramBadRequest, match="protected content"):
        await bot.forward_message(anna.id, anna.id, sent.message_id)


async def test_typing_shows_until_the_letter_comes(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.send_chat_action(anna.id, ChatAction.TYPING)
    assert (await telegram.state())["people"][0]["typing"] is True
    await bot.send_message(anna.id, "вот")
    assert (await telegram.state())["people"][0]["typing"] is False


async def test_commands_are_found_by_chat_then_scope_then_language(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    john = await telegram.person("John", language_code="en")
    await bot.set_my_commands([BotCommand(command="day", description="День")])
    await bot.set_my_commands([BotCommand(command="day", description="Day")], language_code="en")

    async def shown() -> dict[int, list[str]]:
        people = (await telegram.state())["people"]
        return {person["id"]: [command["description"] for command in person["commands"]] for person in people}

    assert await shown() == {anna.id: ["День"], john.id: ["Day"]}
    scope = BotCommandScopeChat(chat_id=anna.id)
    await bot.set_my_commands([BotCommand(command="/lessons", description="Уроки")], scope=scope)
    assert (await bot.get_my_commands(scope=scope))[0].command == "lessons"
    assert await shown() == {anna.id: ["Уроки"], john.id: ["Day"]}
    await bot.delete_my_commands(scope=scope)
    assert await shown() == {anna.id: ["День"], john.id: ["Day"]}
    assert await bot.set_chat_menu_button(chat_id=anna.id, menu_button=MenuButtonCommands())


async def test_a_reply_keyboard_types_for_the_person(bot: Bot, anna: Person) -> None:
    shelf = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Мои уроки")]], resize_keyboard=True)
    await bot.send_message(anna.id, "Меню", reply_markup=shelf)
    assert await anna.taps("Мои уроки") is None
    update = await next_update(bot, lambda update: update.message and update.message.text == "Мои уроки")
    assert update.message is not None
    assert anna.tap_count == 1
    await bot.send_message(anna.id, "Убрано", reply_markup=ReplyKeyboardRemove())
    await anna.sees("Убрано")
    assert anna.keyboard == []


async def test_a_copy_button_tells_the_bot_nothing(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    button = InlineKeyboardButton(text="Код", copy_text=CopyTextButton(text="A1B2"))
    await bot.send_message(anna.id, "Ваш код", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
    before = await telegram.pending_updates()
    assert await anna.taps("Код") is None
    assert await telegram.pending_updates() == before


async def test_only_the_newest_messages_are_kept(server: SandboxServer, telegram: Sandbox, anna: Person) -> None:
    for number in range(505):
        server.world.post(anna.id, "bot", f"сообщение {number}")
    state = await telegram.request("GET", f"/sandbox/people/{anna.id}/messages")
    assert len(state["messages"]) == 500
    assert state["messages"][-1]["text"] == "сообщение 504"
