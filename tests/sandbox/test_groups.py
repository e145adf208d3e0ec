"""Groups: limits, migration, being thrown out."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.types import BotCommand, BotCommandScopeChatAdministrators

from bot.sandbox.client import Person, Sandbox, SandboxError
from bot.sandbox.server import SandboxServer
from tests.sandbox.conftest import Caller, next_update


async def test_a_bot_learns_that_it_came_into_a_group(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    group = await telegram.group("7Б", anna)
    change = (await next_update(bot, lambda update: update.my_chat_member)).my_chat_member
    assert change is not None
    assert (change.chat.id, change.chat.type, change.chat.title) == (group.id, "group", "7Б")
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("left", "member")
    await bot.send_message(group.id, "Здравствуйте")
    assert (await telegram.look(group)).texts == ("Здравствуйте",)
    await telegram.catches_up()
    assert anna.letters == []


async def test_in_a_group_the_bot_hears_what_is_meant_for_it(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    group = await telegram.group("7Б", anna)
    await telegram.in_group(group, "send", anna, "просто разговор")
    await telegram.in_group(group, "send", anna, "/help")
    update = await next_update(bot, lambda update: update.message and update.message.chat.id == group.id)
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.text, update.message.from_user.id) == ("/help", anna.id)


async def test_a_group_takes_twenty_messages_a_minute(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    group = await telegram.group("7Б", anna)
    await telegram.limit()
    for number in range(20):
        await bot.send_message(group.id, str(number))
    with pytest.raises(TelegramRetryAfter) as refusal:
        await bot.send_message(group.id, "лишнее")
    assert refusal.value.retry_after == 60
    await bot.send_message(anna.id, "а в личку можно")


async def test_a_group_that_became_a_supergroup_tells_its_new_number(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    group = await telegram.group("7Б", anna)
    new = await telegram.in_group(group, "migrate")
    with pytest.raises(TelegramMigrateToChat) as refusal:
        await bot.send_message(group.id, "по старому адресу")
    assert refusal.value.migrate_to_chat_id == new["id"]
    await bot.send_message(new["id"], "по новому")
    first = await next_update(bot, lambda update: update.message and update.message.migrate_to_chat_id)
    second = await next_update(bot)
    assert first.message is not None
    assert second.message is not None
    assert (first.message.chat.id, first.message.migrate_to_chat_id) == (group.id, new["id"])
    assert (second.message.chat.id, second.message.migrate_from_chat_id) == (new["id"], group.id)
    with pytest.raises(SandboxError, match="bad_request"):
        await telegram.in_group(group, "migrate")


async def test_a_bot_thrown_out_is_refused_until_it_is_back(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    group = await telegram.group("7Б", anna)
    await telegram.in_group(group, "kick", anna)
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "x")
    await telegram.in_group(group, "invite", anna)
    await bot.send_message(group.id, "x")


async def test_commands_may_be_of_a_groups_administrators(
    bot: Bot, telegram: Sandbox, anna: Person, call: Caller
) -> None:
    group = await telegram.group("7Б", anna)
    scope = BotCommandScopeChatAdministrators(chat_id=group.id)
    await bot.set_my_commands([BotCommand(command="day", description="День")], scope=scope)
    assert [command.command for command in await bot.get_my_commands(scope=scope)] == ["day"]
    private = {"type": "chat_administrators", "chat_id": anna.id}
    assert await call.refusal("setMyCommands", commands=[], scope=private) == (
        "400 Bad Request: can't set commands for a private chat"
    )


async def test_groups_outlive_a_restart(tmp_path: Path) -> None:
    async with SandboxServer(state_file=tmp_path / "s.json").running() as url, Sandbox.connect(url) as telegram:
        group = await telegram.group("7Б", await telegram.person("Анна"))
        await telegram.in_group(group, "send", None, "здесь были мы")
    async with SandboxServer(state_file=tmp_path / "s.json").running() as url, Sandbox.connect(url) as telegram:
        assert (await telegram.look(group)).texts == ("здесь были мы",)


async def test_ill_requests_of_groups_are_refused(telegram: Sandbox, anna: Person) -> None:
    boris = await telegram.person("Борис")
    group = await telegram.group("7Б", anna)
    with pytest.raises(SandboxError, match="no member"):
        await telegram.in_group(group, "send", boris, "x")
    with pytest.raises(SandboxError, match="text is missing"):
        await telegram.in_group(group, "send", anna, " ")
    with pytest.raises(SandboxError, match="needs a title"):
        await telegram.group("")
    with pytest.raises(SandboxError, match="no_such_group"):
        await telegram.post("/sandbox/groups/-5/migrate", {})
