"""getUpdates: long, ordered, confirmed by the next offset."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from tests.sandbox.conftest import Caller, HandTimer


async def test_updates_stay_until_confirmed(bot: Bot, anna: Person) -> None:
    first = await bot.get_updates()
    assert [update.message.text for update in first if update.message] == ["/start"]
    assert await bot.get_updates() == first
    await anna.types("дальше")
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["дальше"]
    assert rest[0].update_id == first[0].update_id + 1
    assert await bot.get_updates(offset=rest[0].update_id + 1, timeout=0) == []


async def test_a_long_poll_ends_with_the_update(server: SandboxServer, bot: Bot, anna: Person) -> None:
    newest = (await bot.get_updates())[-1].update_id
    poll = asyncio.ensure_future(bot.get_updates(offset=newest + 1, timeout=30))
    await asyncio.wait_for(server.world.queue.poll_waits.wait(), 5)
    await anna.types("проснись")
    async with asyncio.timeout(5):
        updates = await poll
    assert [update.message.text for update in updates if update.message] == ["проснись"]


async def test_limit_and_negative_offset(bot: Bot, anna: Person) -> None:
    for number in range(4):
        await anna.types(str(number))
    texts = [update.message.text for update in await bot.get_updates(limit=2) if update.message]
    assert texts == ["/start", "0"]
    texts = [update.message.text for update in await bot.get_updates(offset=-2) if update.message]
    assert texts == ["2", "3"]
    assert len(await bot.get_updates()) == 2


async def test_the_second_poll_ends_the_first(server: SandboxServer, bot: Bot, anna: Person) -> None:
    newest = (await bot.get_updates())[-1].update_id
    first = asyncio.ensure_future(bot.get_updates(offset=newest + 1, timeout=30))
    await asyncio.wait_for(server.world.queue.poll_waits.wait(), 5)
    second = asyncio.ensure_future(bot.get_updates(offset=newest + 1, timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    await anna.types("второму")
    assert len(await second) == 1


async def test_a_webhook_forbids_and_ends_polling(server: SandboxServer, bot: Bot, anna: Person) -> None:
    newest = (await bot.get_updates())[-1].update_id
    poll = asyncio.ensure_future(bot.get_updates(offset=newest + 1, timeout=30))
    await asyncio.wait_for(server.world.queue.poll_waits.wait(), 5)
    await bot.set_webhook("http://127.0.0.1:9/nobody")
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    await bot.get_updates()


async def test_only_allowed_updates_are_kept(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    before = await telegram.pending_updates()
    await anna.types("мимо")
    await anna.forges("x", wait=False)
    assert await telegram.pending_updates() == before + 1
    await bot.get_updates(allowed_updates=[])
    await anna.types("снова слышно")
    assert await telegram.pending_updates() == before + 2


async def test_updates_older_than_a_day_are_dropped(bot: Bot, anna: Person, timer: HandTimer) -> None:
    assert len(await bot.get_updates()) == 1
    timer.seconds += 24 * 3600 - 1
    await anna.types("свежее")
    assert len(await bot.get_updates()) == 2
    timer.seconds += 2
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["свежее"]


async def test_an_offset_of_another_numbering_confirms_nothing(call: Caller, anna: Person) -> None:
    updates = await call.result("getUpdates", offset=2_000_000_000)
    assert len(updates) == 1


async def test_blocking_is_told_to_the_bot(bot: Bot, anna: Person) -> None:
    newest = (await bot.get_updates())[-1].update_id
    await anna.blocks()
    await anna.unblocks()
    changes = [update.my_chat_member for update in await bot.get_updates(offset=newest + 1)]
    assert [(change.old_chat_member.status, change.new_chat_member.status) for change in changes if change] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_a_raw_update_can_be_injected(bot: Bot, telegram: Sandbox) -> None:
    poll = {
        "poll_id": "1",
        "user": {"id": 5, "is_bot": False, "first_name": "x"},
        "option_ids": [],
        "option_persistent_ids": [],
    }
    id_ = await telegram.inject({"poll_answer": poll})
    updates = await bot.get_updates()
    assert (updates[0].update_id, updates[0].event_type) == (id_, "poll_answer")
