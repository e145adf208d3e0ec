"""Phones keep their chats over a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.types import BotCommand, BufferedInputFile, KeyboardButton, ReplyKeyboardMarkup

from bot.sandbox.client import Sandbox
from bot.sandbox.server import SandboxServer
from tests.sandbox.conftest import keyboard, make_bot


@asynccontextmanager
async def running(state: Path, **options: str) -> AsyncIterator[tuple[Sandbox, Bot]]:
    server = SandboxServer(state_file=state, **options)  # type: ignore[arg-type]
    async with server.running() as url, Sandbox.connect(url) as telegram:
        bot = make_bot(server)
        yield telegram, bot
        await bot.session.close()


async def test_chats_files_and_updates_outlive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "sandbox.json"
    async with running(state) as (telegram, bot):
        anna = await telegram.person("Анна", "Ларина", label="Мама Пети")
        await anna.starts()
        await bot.send_message(anna.id, "<b>Алгебра</b>", parse_mode="HTML", reply_markup=keyboard(["5"]))
        await bot.send_document(anna.id, BufferedInputFile("ДЗ".encode(), "дз.txt"))
        shelf = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Меню")]])
        await bot.send_message(anna.id, "Полка", reply_markup=shelf)
        await bot.set_my_commands([BotCommand(command="day", description="День")])
        first = (await bot.get_updates())[-1]
        chat = await telegram.request("GET", f"/sandbox/people/{anna.id}/messages")

    async with running(state) as (telegram, bot):
        anna = await telegram.find("Мама Пети")
        again = await telegram.request("GET", f"/sandbox/people/{anna.id}/messages")
        assert again["messages"] == chat["messages"]
        assert anna.keyboard == [["Меню"]]
        document = anna.letters[1].document
        assert document is not None
        assert await document.download() == "ДЗ".encode()
        assert [update.update_id for update in await bot.get_updates()] == [first.update_id]
        assert (await bot.get_my_commands())[0].description == "День"
        said = await anna.types("после перезапуска")
        assert said.id > again["messages"][-1]["id"]
        newest = (await bot.get_updates())[-1]
        assert newest.update_id > first.update_id


async def test_numbers_given_out_since_the_last_snapshot_are_not_given_again(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    async with running(state) as (telegram, bot):
        anna = await telegram.person("Анна")
        await anna.starts()
    before = state.read_text()
    async with running(state) as (telegram, bot):
        anna = await telegram.find("Анна")
        lost = await anna.types("это пропадёт")
        lost_update = (await bot.get_updates())[-1]
    state.write_text(before)  # as if the process had been killed before it wrote
    async with running(state) as (telegram, bot):
        anna = await telegram.find("Анна")
        assert (await anna.types("новое")).id >= lost.id
        assert (await bot.get_updates())[-1].update_id >= lost_update.update_id


async def test_a_webhook_goes_on_after_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    async with running(state) as (_, bot):
        await bot.set_webhook("http://127.0.0.1:9/hook", secret_token="s", max_connections=3)
    async with running(state) as (_, bot):
        info = await bot.get_webhook_info()
        assert (info.url, info.max_connections) == ("http://127.0.0.1:9/hook", 3)


async def test_a_change_is_written_soon_without_a_stop(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    async with running(state) as (telegram, _):
        await telegram.person("Анна")
        for _ in range(500):
            if state.exists():
                break
            await asyncio.sleep(0.02)
        assert json.loads(state.read_text())["people"][0]["first_name"] == "Анна"


@pytest.mark.parametrize("broken", ["{", '{"version": 1, "bot_id": 424242}'])
async def test_an_unreadable_state_is_set_aside(tmp_path: Path, broken: str) -> None:
    state = tmp_path / "sandbox.json"
    state.write_text(broken)
    async with running(state) as (telegram, _):
        assert await telegram.people() == []
        assert (tmp_path / "sandbox.unreadable").read_text() == broken


async def test_the_state_of_another_bot_is_left_out(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    async with running(state) as (telegram, _):
        await telegram.person("Анна")
    async with running(state, token="7:other") as (telegram, _):
        assert await telegram.people() == []
