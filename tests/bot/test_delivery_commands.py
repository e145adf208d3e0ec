"""The operator's commands about the post."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from bot.commands_delivery import delivery
from services.clock import machine_now
from services.outbox import items
from storage.models.delivery import Item
from storage.uow import Storage
from tests.delivery.conftest import NOW, Family, found

runner = CliRunner()


@pytest.fixture
async def family(storage: Storage, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Family:
    monkeypatch.setenv("DATABASE_URL", database_url)
    family = await found(storage)
    now = machine_now()
    later: dict[str, Any] = {"due_at": now, "cap_at": now, "expires_at": now + timedelta(hours=72)}
    async with storage.writing() as uow:
        await items.put(uow, [family.fact("mark:1:1", **later), family.fact("mark:2:1", **later)], now)
    await storage.close()
    return family


async def run(*words: str) -> tuple[int, str]:
    """In a thread: the commands bring their own loop."""
    done = await asyncio.to_thread(runner.invoke, delivery, list(words))
    return done.exit_code, done.output


async def test_what_waits_is_held_released_and_counted(family: Family) -> None:
    code, said = await run("status")
    assert code == 0
    assert "Новостей ждёт: 2" in said
    assert "– можно отправлять сейчас: 2 (самая старая — 0 мин)" in said
    assert "Служба: ещё не запускалась" in said
    assert await run("hold", "--reason", "restore") == (0, "Придержано 2 новости.\n")
    assert "– придержано: 2 (restore 2)" in (await run("status"))[1]
    assert await run("release") == (0, "Отпущено 2 новости.\n")
    assert "– придержано: 0" in (await run("status"))[1]


async def test_what_is_held_is_dropped_only_after_a_question(family: Family, storage: Storage) -> None:
    await run("hold")
    code, _said = await run("drop")
    assert code == 1
    assert await run("drop", "--yes") == (0, "Снято 2 новости.\n")
    async with storage.reading() as uow:
        rows = (await uow.execute(select(Item.state, Item.reason))).all()
    assert [tuple(row) for row in rows] == [("void", "recalled")] * 2


async def test_a_loss_is_said_and_is_the_commands_exit_code(family: Family, storage: Storage) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Item).values(expires_at=NOW - timedelta(days=1)))
    code, said = await run("status")
    assert code == 1
    assert "Потеряно: 2" in said
