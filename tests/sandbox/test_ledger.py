"""What was received when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from bot.sandbox.times import system_now
from tests.sandbox.conftest import BELL, Caller, HandTimer, keyboard, next_update


async def test_letters_are_noted_with_their_times(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    before = system_now().timestamp()
    sent = await bot.send_message(anna.id, "раз", disable_notification=True)
    await bot.edit_message_text("два", chat_id=anna.id, message_id=sent.message_id)
    await bot.delete_message(anna.id, sent.message_id)
    ledger = await telegram.ledger()
    assert [(row.act, row.chat, row.message_id, row.text, row.silent) for row in ledger.letters] == [
        ("send", anna.id, sent.message_id, "раз", True),
        ("edit", anna.id, sent.message_id, "два", True),
        ("delete", anna.id, sent.message_id, "два", True),
    ]
    assert all(before <= row.at <= system_now().timestamp() for row in ledger.letters)
    assert {row.clock for row in ledger.letters} == {BELL.isoformat()}
    assert [row.n for row in (await telegram.ledger(after=ledger.letters[0].n)).letters] == [
        row.n for row in ledger.letters[1:]
    ]


async def test_what_people_write_is_no_letter(telegram: Sandbox, anna: Person) -> None:
    await anna.types("привет")
    assert (await telegram.ledger()).letters == ()


async def test_a_letter_whose_answer_was_lost_is_there_twice(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.fault("sendMessage", "after")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "письмо")
    await bot.send_message(anna.id, "письмо ↻")
    await bot.send_message(anna.id, "другое")
    ledger = await telegram.ledger()
    assert ledger.copies() == {}
    assert ledger.copies(lambda text: text.removesuffix(" ↻")) == {(anna.id, "письмо"): 1}
    assert ledger.calls["sendMessage"] == {0: 1, 200: 2}


async def test_taps_are_noted_with_their_answers(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["а", "б"]))
    await anna.taps("а", wait=False)
    await anna.taps("б", wait=False)
    query = (await next_update(bot, lambda update: update.callback_query)).callback_query
    assert query is not None
    await bot.answer_callback_query(query.id, text="да", show_alert=True)
    first, second = (await telegram.ledger()).taps
    assert (first.person, first.data, first.text, first.alert) == (anna.id, "а", "да", True)
    assert first.waited is not None
    assert timedelta(0) <= timedelta(seconds=first.waited) < timedelta(seconds=10)
    assert (second.data, second.answered_at, second.waited) == ("б", None, None)
    assert [tap.data for tap in (await telegram.ledger()).unanswered] == ["б"]


async def test_the_busiest_second_is_found_whatever_became_of_the_calls(
    telegram: Sandbox, anna: Person, call: Caller, timer: HandTimer
) -> None:
    await telegram.limit(bot_per_second=4, chat_per_second=0)
    timer.seconds += 0.6
    for _ in range(3):
        await call("sendMessage", chat_id=anna.id, text="x")
    timer.seconds += 0.5
    for _ in range(3):
        await call("sendMessage", chat_id=anna.id, text="x")
    timer.seconds += 1.0
    await call("sendMessage", chat_id=anna.id, text="x")
    ledger = await telegram.ledger()
    assert ledger.most_in_second == 6
    assert sum(ledger.per_second.values()) == 7
    assert ledger.refused_429 == 3
    assert ledger.dropped == 0


async def test_one_chat_can_be_looked_at_alone(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    boris = await telegram.person("Борис")
    await boris.starts()
    await bot.send_message(anna.id, "Анне")
    await bot.send_message(boris.id, "Борису")
    assert [row.text for row in (await telegram.ledger(chat=boris.id)).letters] == ["Борису"]
    await telegram.clear_ledger()
    assert (await telegram.ledger()).letters == ()


async def test_old_rows_go_and_are_counted(
    server: SandboxServer, bot: Bot, telegram: Sandbox, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.ledger.KEPT_ROWS", 2)
    await telegram.clear_ledger()
    for number in range(3):
        await bot.send_message(anna.id, str(number))
        await anna.forges(str(number), wait=False)
    ledger = await telegram.ledger()
    assert [row.text for row in ledger.letters] == ["1", "2"]
    assert [tap.data for tap in ledger.taps] == ["1", "2"]
    assert ledger.dropped == 2
