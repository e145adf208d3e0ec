"""The client of people: they act, and see what happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.types import CallbackQuery, InaccessibleMessage, Message

from bot.sandbox.client import Answer, NoSuchButton, NotSeen, Person, Sandbox, SandboxError
from tests.sandbox.conftest import keyboard, next_update

OnTap = Callable[[CallbackQuery], Awaitable[None]]


@asynccontextmanager
async def answering(bot: Bot, on_tap: OnTap) -> AsyncIterator[None]:
    """A bot that polls and does this on each tap."""

    async def poll() -> None:
        offset = 0
        while True:
            for update in await bot.get_updates(offset=offset, timeout=20):
                offset = update.update_id + 1
                if update.callback_query:
                    await on_tap(update.callback_query)

    task = asyncio.ensure_future(poll())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def echo(query: CallbackQuery) -> None:
    await query.answer(f"вы нажали {query.data}", show_alert=query.data == "!")


async def test_taps_bring_toasts_and_alerts(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Выбирайте", reply_markup=keyboard(["5", "4", "!"]))
    async with answering(bot, echo):
        assert await anna.taps("4") == Answer("вы нажали 4", alert=False)
        assert await anna.taps("!") == Answer("вы нажали !", alert=True)
    assert anna.tap_count == 2
    assert [answer.text for answer in anna.answers if answer] == ["вы нажали 4", "вы нажали !"]


async def test_a_tap_waits_for_the_edit_it_causes(bot: Bot, anna: Person) -> None:
    async def edit(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.answer()
        await query.message.edit_text("Готово: 3", reply_markup=keyboard(["Ещё"]))

    await bot.send_message(anna.id, "Сколько?", reply_markup=keyboard(["3"]))
    async with answering(bot, edit):
        await anna.taps("3", then="Готово")
        assert anna.last.text == "Готово: 3"
        await anna.taps("Ещё", wait=False)


async def test_a_button_is_found_exactly_or_by_the_only_part(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "раньше", reply_markup=keyboard(["Иванов А."]))
    await bot.send_message(anna.id, "Кто?", reply_markup=keyboard(["Иванов П. ✓", "Иванова М."], ["Иванова"]))
    async with answering(bot, echo):
        assert await anna.taps("Иванов П.") == Answer("вы нажали Иванов П. ✓", alert=False)
        assert await anna.taps("Иванова") == Answer("вы нажали Иванова", alert=False)
        assert await anna.taps("Иванов А.") == Answer("вы нажали Иванов А.", alert=False)
        with pytest.raises(NoSuchButton, match="several buttons"):
            await anna.taps("Иванов")


async def test_a_missing_button_shows_what_there_is(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Кто?", reply_markup=keyboard(["Петров"]))
    with pytest.raises(NoSuchButton, match=r"no button «Сидоров»[\s\S]*\[Петров\]"):
        await anna.taps("Сидоров", timeout=0.05)
    assert anna.tap_count == 0


async def test_what_does_not_come_is_told_with_what_is_seen(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Не то")
    with pytest.raises(NotSeen, match=r"«То самое» didn't come[\s\S]*Не то"):
        await anna.sees("То самое", timeout=0.05)


async def test_only_what_is_new_since_a_mark_counts(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Письмо")
    await anna.sees("Письмо")
    mark = anna.mark()
    with pytest.raises(NotSeen):
        await anna.sees("Письмо", since=mark, timeout=0.05)
    await bot.send_message(anna.id, "Письмо второе")
    assert (await anna.sees("Письмо", since=mark)).text == "Письмо второе"


async def test_a_forged_tap_carries_any_data(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "Кнопка", reply_markup=keyboard(["честно"]))
    seen: list[CallbackQuery] = []

    async def note(query: CallbackQuery) -> None:
        seen.append(query)
        await query.answer("нельзя", show_alert=True)

    async with answering(bot, note):
        assert await anna.forges("x" * 200, await anna.sees("Кнопка")) == Answer("нельзя", alert=True)
        await bot.delete_message(anna.id, sent.message_id)
        await anna.forges("старое", sent.message_id)
        await anna.forges("без письма")
    assert [query.data for query in seen] == ["x" * 200, "старое", "без письма"]
    assert isinstance(seen[0].message, Message)
    assert isinstance(seen[1].message, InaccessibleMessage)
    assert seen[2].message is None


async def test_a_tap_nobody_answers_ends_with_an_error(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Кнопка", reply_markup=keyboard(["глухо"]))
    with pytest.raises(SandboxError, match="timeout"):
        await anna.taps("глухо", timeout=0.05)


async def test_a_link_to_this_bot_starts_it(bot: Bot, anna: Person) -> None:
    link = "https://t.me/pocket_bot?start=abc_123"
    await bot.send_message(anna.id, "Приглашение", reply_markup=keyboard({"Войти": link}))
    await anna.taps("Войти")
    update = await next_update(bot, lambda update: update.message and update.message.text != "/start")
    assert update.message is not None
    assert update.message.text == "/start abc_123"


async def test_an_invitation_is_opened_by_its_link(bot: Bot, telegram: Sandbox) -> None:
    boris = await telegram.person("Борис")
    assert (await boris.opens("https://t.me/pocket_bot?start=abc-1")).text == "/start abc-1"
    assert (await bot.get_updates())[0].event_type == "message"


async def test_a_hundred_taps_at_once_are_all_answered(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    boris = await telegram.person("Борис")
    await boris.starts()
    for person in (anna, boris):
        await bot.send_message(person.id, "Сетка", reply_markup=keyboard([str(n) for n in range(5)]))
        await person.sees("Сетка")
    async with answering(bot, echo):
        answers = await asyncio.gather(*(person.taps(str(n % 5)) for n in range(50) for person in (anna, boris)))
    assert [answer.text for answer in answers if answer] == [
        f"вы нажали {n % 5}" for n in range(50) for _ in (anna, boris)
    ]
    assert (anna.tap_count, boris.tap_count) == (50, 50)


async def test_a_forwarded_letter_loses_its_taps_but_not_its_links(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    boris = await telegram.person("Борис")
    await boris.starts()
    markup = keyboard(["Принять"], {"Сайт": "https://example.org/"})
    await bot.send_message(anna.id, "Код для Анны", reply_markup=markup)
    before = await telegram.pending_updates()
    await anna.forwards(await anna.sees("Код"), boris)
    got = boris.messages[-1]
    assert (got.author, got.text, got.forwarded_from) == ("friend", "Код для Анны", "Pocket Bot")
    assert got.buttons == ["Сайт"]
    assert await telegram.pending_updates() == before
    await anna.forwards(await anna.sees("Код"))
    update = await next_update(bot, lambda update: update.message and update.message.forward_origin)
    assert update.message is not None
    assert update.message.text == "Код для Анны"


async def test_who_blocked_the_bot_must_unblock_to_write(bot: Bot, anna: Person) -> None:
    await anna.blocks()
    assert anna.blocked
    with pytest.raises(SandboxError, match="blocked"):
        await anna.types("есть кто?")
    await anna.starts("снова")
    assert not anna.blocked


@pytest.mark.parametrize("payload", ["с пробелом", "a" * 65, "кириллица!"])
async def test_a_payload_that_no_link_can_carry_is_refused(anna: Person, payload: str) -> None:
    with pytest.raises(SandboxError, match="payload"):
        await anna.starts(payload)


async def test_people_are_found_again(telegram: Sandbox, anna: Person) -> None:
    boris = await telegram.person("Борис", "Петров", label="Завуч", id=5)
    assert await telegram.people() == [anna, boris]
    assert await telegram.find("Завуч") is boris
    assert await telegram.find("Ларина") is anna
    assert await telegram.find(5) is boris
    assert (await telegram.person("Пётр", id=5)) is boris
    with pytest.raises(LookupError):
        await telegram.find("никто")


async def test_a_second_connection_sees_the_same_chat(
    server: object, bot: Bot, telegram: Sandbox, anna: Person
) -> None:
    await bot.send_message(anna.id, "раз", reply_markup=keyboard(["а"]))
    async with Sandbox.connect(telegram.url) as other:
        twin = await other.find("Ларина")
        assert twin.last.buttons == ["а"]
        await bot.send_message(anna.id, "два")
        await twin.sees("два")


async def test_everything_can_be_forgotten(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.send_message(anna.id, "раз")
    await telegram.reset()
    assert await telegram.people() == []
    assert await telegram.calls() == []
    assert await telegram.pending_updates() == 0


async def test_the_log_tells_what_the_bot_did(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.send_message(anna.id, "раз")
    await bot.send_chat_action(anna.id, "typing")
    calls = await telegram.calls()
    assert [(call["method"], call["chat"], call["ok"], call["code"]) for call in calls] == [
        ("sendMessage", anna.id, True, 200),
        ("sendChatAction", anna.id, True, 200),
    ]
    assert calls[0]["message_id"] == (await anna.sees("раз")).id
    assert calls[0]["params"]["text"] == "раз"
    assert [call["n"] for call in await telegram.calls(after=calls[0]["n"])] == [calls[1]["n"]]
    assert await telegram.calls(method="deleteMessage") == []
    assert await telegram.calls(chat=1) == []
