"""`./zvonok doctor`: each thing that is wrong has its line and what to do; where all is well it says so."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands_doctor import doctor
from bot.sandbox.server import SandboxServer
from services.backups import Backups
from services.clock import machine_now
from services.outbox import items
from storage.backup_file import new_key
from storage.repositories import owner
from storage.uow import Storage
from tests.delivery.conftest import BOT, found

TOKEN = "42:TEST"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {
        "BOT_TOKEN": TOKEN,
        "DATABASE_URL": sqlite_url,
        "DATA_DIR": str(tmp_path),
        "BACKUP_DIR": str(tmp_path / "copies"),
        "BACKUP_KEY": new_key(),
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


async def said(monkeypatch: pytest.MonkeyPatch, token: str = TOKEN) -> tuple[int, str]:
    async with SandboxServer(TOKEN).running() as url:
        monkeypatch.setenv("BOT_API_BASE", url)
        monkeypatch.setenv("BOT_TOKEN", token)
        done = await asyncio.to_thread(CliRunner().invoke, doctor, [])
    return done.exit_code, done.output


async def test_a_whole_installation_is_all_good(settings: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> None:
    storage = Storage(sqlite_url)
    await found(storage)
    async with storage.writing() as uow:
        await owner.acquire(uow, BOT, "somebody", timedelta(minutes=5))
    await storage.close()
    backups = Backups(sqlite_url, tmp_path / "copies", new_key(), None)
    await asyncio.to_thread(backups.make, machine_now())
    code, output = await said(settings)
    assert "❌" not in output and code == 0
    for line in (
        "Бот: @",
        "Часы: верны",
        "База: SQLite, этой версии, цела",
        "Служба: работает",
        "Журнал действий: запечатано 0 строк",
        "Потеряно: ничего",
    ):
        assert line in output


async def test_each_thing_that_is_wrong_has_its_line(
    settings: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path
) -> None:
    storage = Storage(sqlite_url)
    family = await found(storage)
    stuck = machine_now() - timedelta(minutes=7)
    async with storage.writing() as uow:
        fact = family.fact("mark:1:1", due_at=stuck, cap_at=stuck, expires_at=stuck + timedelta(hours=72))
        await items.put(uow, [fact], stuck)
    await storage.close()
    settings.delenv("BACKUP_KEY")
    old = Backups(sqlite_url, tmp_path / "copies", None, None)
    await asyncio.to_thread(old.make, machine_now() - timedelta(hours=50))
    code, output = await said(settings, token="42:OTHER")
    assert code == 1
    for line in (
        "❌ Бот: токен не принят",
        "❌ Служба: на этой базе ещё не запускалась",
        "❌ Почта: письмо ждёт отправки 7 минут",
        "❌ Копии: последняя сделана 50 часов назад",
        "❌ Копии не зашифрованы",
    ):
        assert line in output
    settings.setenv("BOT_API_BASE", "http://127.0.0.1:9")
    settings.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    done = await asyncio.to_thread(CliRunner().invoke, doctor, [])
    assert "❌ Бот: http://127.0.0.1:9 не отвечает" in done.output and "❌ База: пустая" in done.output
