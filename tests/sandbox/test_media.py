"""Photos, documents and albums; files that are edited, copied, downloaded."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    MenuButtonCommands,
    MenuButtonDefault,
    MenuButtonWebApp,
    Message,
    WebAppInfo,
)

from bot.sandbox.client import Person, Sandbox, SandboxError
from tests.sandbox.conftest import Caller, keyboard, next_update, png


def picture(width: int = 10) -> BufferedInputFile:
    return BufferedInputFile(png(width, 10), "x.png")


async def test_homework_is_sent_as_a_photo_with_a_caption(bot: Bot, anna: Person) -> None:
    seen = await anna.sends_photo(png(40, 30), "№ 215, Петя")
    assert (seen.kind, seen.text) == ("photo", "№ 215, Петя")
    message = (await next_update(bot, lambda update: update.message and update.message.photo)).message
    assert message is not None
    assert message.photo is not None
    assert (message.caption, message.media_group_id) == ("№ 215, Петя", None)
    downloaded = await bot.download(message.photo[-1])
    assert downloaded is not None
    assert downloaded.read() == png(40, 30)
    again = await bot.send_photo(anna.id, message.photo[-1].file_id, caption="принято")
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == message.photo[-1].file_unique_id


async def test_several_photos_come_as_one_album_whose_first_has_the_caption(bot: Bot, anna: Person) -> None:
    sent = await anna.sends_album(png(10, 10), png(20, 10), png(30, 10), caption="три страницы")
    assert len({one.album for one in sent}) == 1
    messages = [update.message for update in await bot.get_updates() if update.message and update.message.photo]
    assert len({message.media_group_id for message in messages}) == 1
    assert messages[0].media_group_id is not None
    assert [message.caption for message in messages] == ["три страницы", None, None]
    assert [message.photo[-1].width for message in messages if message.photo] == [10, 20, 30]


async def test_what_an_app_would_not_send_is_refused(anna: Person) -> None:
    for photo in (b"text", b""):
        with pytest.raises(SandboxError, match="bad_request"):
            await anna.sends_photo(photo)
    with pytest.raises(SandboxError, match="up to 1024"):
        await anna.sends_photo(png(5, 5), "я" * 1025)
    with pytest.raises(SandboxError, match="An album"):
        await anna.sends_album(*[png(5, 5)] * 11)
    assert [message.kind for message in anna.messages] == ["text"]


async def test_the_path_of_a_file_keeps_its_ending(bot: Bot, anna: Person) -> None:
    sent = await bot.send_document(anna.id, BufferedInputFile(b"x", "Итоги.xlsx"))
    assert sent.document is not None
    path = (await bot.get_file(sent.document.file_id)).file_path
    assert path is not None
    assert path.startswith("documents/")
    assert path.endswith(".xlsx")


async def test_an_album_of_the_bot_arrives_whole(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    sent = await bot.send_media_group(
        anna.id,
        [InputMediaPhoto(media=picture(), caption="<b>раз</b>", parse_mode="HTML"), InputMediaPhoto(media=picture(20))],
    )
    assert len({message.media_group_id for message in sent}) == 1
    await telegram.catches_up()
    assert [letter.html for letter in anna.letters] == ["<b>раз</b>", ""]
    assert [letter.album for letter in anna.letters] == [sent[0].media_group_id] * 2
    with pytest.raises(TelegramBadRequest, match="can't be mixed"):
        await bot.send_media_group(
            anna.id, [InputMediaPhoto(media=picture()), InputMediaDocument(media=BufferedInputFile(b"x", "x.txt"))]
        )


async def test_a_caption_is_edited_like_a_text(bot: Bot, anna: Person) -> None:
    sent = await bot.send_photo(anna.id, picture(), caption="было", reply_markup=keyboard(["а"]))
    where: dict[str, Any] = {"chat_id": anna.id, "message_id": sent.message_id}
    edited = await bot.edit_message_caption(**where, caption="<i>стало</i>", parse_mode="HTML")
    assert isinstance(edited, Message)
    assert (edited.caption, edited.reply_markup) == ("стало", None)
    assert (await anna.sees("стало")).html == "<i>стало</i>"
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_caption(**where, caption="<i>стало</i>", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.edit_message_caption(**where, caption="я" * 1025)
    text = await bot.send_message(anna.id, "текст")
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(chat_id=anna.id, message_id=text.message_id, caption="x")


async def test_a_file_is_replaced_in_place(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "готовлю")
    where: dict[str, Any] = {"chat_id": anna.id, "message_id": sent.message_id}
    table = InputMediaDocument(media=BufferedInputFile(b"1;2", "итоги.csv"), caption="Готово")
    await bot.edit_message_media(table, **where, reply_markup=keyboard(["Ещё"]))
    letter = await anna.sees("Готово")
    assert letter.document is not None
    assert (letter.id, letter.document.name, letter.buttons) == (sent.message_id, "итоги.csv", ["Ещё"])
    await bot.edit_message_media(InputMediaPhoto(media=picture()), **where)
    await telegram.catches_up()
    assert anna.last.kind == "photo"


async def test_an_album_keeps_its_kind(bot: Bot, anna: Person) -> None:
    first, _ = await bot.send_media_group(anna.id, [InputMediaPhoto(media=picture()) for _ in range(2)])
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_media(
            InputMediaDocument(media=BufferedInputFile(b"x", "x.txt")), chat_id=anna.id, message_id=first.message_id
        )


async def test_many_messages_are_copied_forwarded_and_deleted_at_once(
    bot: Bot, telegram: Sandbox, anna: Person
) -> None:
    boris = await telegram.person("Борис")
    await boris.starts()
    album = await bot.send_media_group(anna.id, [InputMediaPhoto(media=picture(), caption="раз") for _ in range(2)])
    secret = await bot.send_message(anna.id, "секрет", protect_content=True)
    ids = [message.message_id for message in (*album, secret)]
    copies = await bot.copy_messages(boris.id, anna.id, [*ids, 999], remove_caption=True)
    await telegram.catches_up()
    assert [copy.message_id for copy in copies] == [letter.id for letter in boris.letters]
    assert [letter.text for letter in boris.letters] == ["", ""]
    assert len({letter.album for letter in boris.letters}) == 1
    assert boris.last.album not in (None, album[0].media_group_id)
    await bot.forward_messages(boris.id, anna.id, ids)
    await telegram.catches_up()
    assert [(letter.text, letter.forwarded_from) for letter in boris.letters[2:]] == [("раз", "Pocket Bot")] * 2
    with pytest.raises(TelegramBadRequest, match="there are no messages to forward"):
        await bot.forward_messages(boris.id, anna.id, [secret.message_id])
    await bot.delete_messages(anna.id, [*ids, 999])
    await telegram.catches_up()
    assert anna.letters == []


async def test_menu_buttons_are_of_a_chat_or_of_all(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    async def shown() -> str:
        return str((await telegram.state())["people"][0]["menu_button"]["type"])

    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)
    assert isinstance(await bot.get_chat_menu_button(anna.id), MenuButtonDefault)
    app = MenuButtonWebApp(text="Дневник", web_app=WebAppInfo(url="https://school.example/app"))
    await bot.set_chat_menu_button(anna.id, app)
    button = await bot.get_chat_menu_button(anna.id)
    assert isinstance(button, MenuButtonWebApp)
    assert (button.text, button.web_app.url) == ("Дневник", "https://school.example/app")
    assert await shown() == "web_app"
    await bot.set_chat_menu_button(anna.id, MenuButtonDefault())
    assert await shown() == "commands"


async def test_a_file_larger_than_a_bot_may_fetch_has_no_path(bot: Bot, anna: Person, call: Caller) -> None:
    await anna.sends_file(b"x" * ((20 << 20) + 1), "фильм.bin")
    message = (await next_update(bot, lambda update: update.message and update.message.document)).message
    assert message is not None
    assert message.document is not None
    assert await call.refusal("getFile", file_id=message.document.file_id) == "400 Bad Request: file is too big"
