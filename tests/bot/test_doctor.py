"""`./zvonok doctor`: each thing that is wrong has its line and what to do; where all is well it says so."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner
from sqlalchemy import text, update

from bot import checks_machine, disks
from bot.commands_doctor import doctor
from bot.settings import env_file
from services.backups import Backups
from services.clock import machine_now
from services.doctor import of_the_server
from services.outbox import items
from services.outbox.holding import Holding
from storage.backup_file import new_key
from storage.models.audit import AuditEntry
from storage.repositories import owner
from storage.repositories.standing_by import Standbys
from storage.uow import Storage
from storage.vocabulary import BotId
from tests.bot.test_moving import audited
from tests.delivery.conftest import BOT, Family, found

TOKEN = "42:TEST"
CHAT = 77


@dataclass
class Outside:
    """What the messenger and the service on this machine answer."""

    token: str = TOKEN
    clock_off: timedelta = timedelta(0)
    hook: dict[str, Any] = field(default_factory=lambda: {"url": ""})
    chat: bool = True
    facts: dict[str, Any] | None = field(default_factory=lambda: {"role": "owner", "senders": {"telegram": True}})

    async def answer(self, request: web.Request) -> web.Response:
        """The Bot API."""
        date = {"Date": format_datetime(machine_now() + self.clock_off, usegmt=True)}
        method = request.match_info["method"]
        refused = 401 if request.match_info["token"] != self.token else 400 * (method == "getChat" and not self.chat)
        if refused:
            said = {"ok": False, "error_code": refused, "description": "Bad Request: chat not found"}
            return web.json_response(said, status=refused, headers=date)
        results = {"getMe": {"username": "school_bot"}, "getWebhookInfo": self.hook, "getChat": {"id": CHAT}}
        return web.json_response({"ok": True, "result": results[method]}, headers=date)

    async def ready(self, request: web.Request) -> web.Response:
        """The service's /readyz."""
        return web.json_response(self.facts) if self.facts is not None else web.Response(status=404)


@dataclass
class School:
    """A whole installation; `env` is what its settings say, `wrong` changes it."""

    storage: Storage
    family: Family
    folder: Path
    env: pytest.MonkeyPatch
    outside: Outside = field(default_factory=Outside)

    async def examined(self) -> tuple[int, str]:
        """The doctor's exit code and lines."""
        app = web.Application()
        app.router.add_get("/bot{token}/{method}", self.outside.answer)
        app.router.add_get("/readyz", self.outside.ready)
        async with TestServer(app) as server:
            self.env.setenv("HTTP_PORT", str(server.port))
            if "BOT_API_BASE" not in os.environ:
                self.env.setenv("BOT_API_BASE", str(server.make_url("")))
            done = await asyncio.to_thread(CliRunner().invoke, doctor, [])
        return done.exit_code, done.output


@asynccontextmanager
async def installed(url: str, folder: Path, env: pytest.MonkeyPatch) -> AsyncIterator[School]:
    storage, key = Storage(url), new_key()
    family = await found(storage)
    await audited(storage, family)
    async with storage.writing() as uow:
        await owner.acquire(uow, BOT, "somebody", timedelta(minutes=5))
    settings = folder / "school.env"
    for path in (settings, folder / "zvonok.db"):
        path.touch(0o600)
        path.chmod(0o600)
    for name, value in {
        "ZVONOK_ENV": str(settings),
        "BOT_TOKEN": TOKEN,
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "key",
        "SUPPORT_CHAT": str(CHAT),
        "BACKUP_DIR": str(folder / "copies"),
        "BACKUP_KEY": key,
    }.items():
        env.setenv(name, value)
    env.delenv("BOT_API_BASE", raising=False)
    await asyncio.to_thread(Backups(url, folder / "copies", key, None).make, machine_now())
    try:
        yield School(storage, family, folder, env)
    finally:
        await storage.close()


@pytest.fixture
async def school(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[School]:
    async with installed(sqlite_url, tmp_path, monkeypatch) as here:
        yield here


async def test_a_whole_installation_is_all_good(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with installed(database_url, tmp_path, monkeypatch) as here:
        code, output = await here.examined()
    assert "❌" not in output and code == 0
    base = "SQLite, этой версии, цела" if database_url.startswith("sqlite") else "PostgreSQL, этой версии"
    for line in (
        "✅ Бот: @school_bot отвечает",
        "✅ Часы: верны",
        "✅ Тревоги: приходят в SUPPORT_CHAT",
        "✅ Файлы: секреты читает только их владелец",
        "✅ Диск копий: свободно",
        f"✅ База: {base}",
        "✅ Служба: работает",
        "✅ Журнал действий: запечатано 5 строк",
        "✅ Потеряно: ничего",
    ):
        assert line in output


async def token_revoked(here: School) -> None:
    here.outside.token = "42:ANOTHER"


async def no_network(here: School) -> None:
    here.env.setenv("BOT_API_BASE", "http://127.0.0.1:9")


async def no_backup_key(here: School) -> None:
    here.env.setenv("BACKUP_KEY", "hello")


async def clock_off(here: School) -> None:
    here.outside.clock_off = timedelta(minutes=3)


async def no_way_in(here: School) -> None:
    now = int(machine_now().timestamp())
    here.env.setenv("WEBHOOK_URL", "https://school.example")
    here.outside.hook = {
        "url": "https://school.example/telegram/webhook",
        "pending_update_count": 12,
        "last_error_date": now,
        "last_error_message": "Connection refused",
    }


async def test_a_delivery_that_failed_and_was_made_up_for_is_only_mentioned(school: School) -> None:
    await no_way_in(school)
    school.outside.hook["pending_update_count"] = 0
    code, output = await school.examined()
    assert code == 0 and "▫️ Вебхук: в порядке; в " in output


async def another_webhook(here: School) -> None:
    here.env.setenv("WEBHOOK_URL", "https://school.example")
    here.outside.hook = {"url": "https://elsewhere.example/telegram/webhook"}


async def crowd_at_the_messenger(here: School) -> None:
    here.outside.hook = {"url": "", "pending_update_count": 500}


async def strange_chat(here: School) -> None:
    here.outside.chat = False


async def no_room(here: School) -> None:
    here.env.setattr(checks_machine, "free_bytes", lambda folder: disks.FREE - 1)


async def open_files(here: School) -> None:
    env_file().chmod(0o644)


async def no_key(here: School) -> None:
    here.env.delenv("SECRET_KEY")


async def another_key(here: School) -> None:
    here.env.setenv("SECRET_KEY", "of another machine")


async def changed_line(here: School) -> None:
    async with here.storage.writing() as uow:
        await uow.execute(update(AuditEntry).where(AuditEntry.id == 5).values(actor_id=None))


async def anchor_missed(here: School) -> None:
    (here.folder / "copies" / "audit-anchors.txt").write_text("2026-09-07 anchor up_to=9 lines=9 hash=ab\n")


async def old_schema(here: School) -> None:
    async with here.storage.writing() as uow:
        await uow.execute(text("UPDATE alembic_version SET version_num = '20260901_first'"))


async def later_schema(here: School) -> None:
    async with here.storage.writing() as uow:
        await uow.execute(text("UPDATE alembic_version SET version_num = '20990101_later'"))


async def nobody_runs(here: School) -> None:
    async with here.storage.writing() as uow:
        await owner.release(uow, BOT, 1)
    here.outside.facts = None


async def only_standing_by(here: School) -> None:
    await nobody_runs(here)
    here.outside.facts = {"role": "standby"}


async def sender_refused(here: School) -> None:
    here.outside.facts = {"role": "owner", "senders": {"telegram": False, "email": False}, "last_tick_seconds": 400}


async def letter_stuck(here: School) -> None:
    since = machine_now() - timedelta(minutes=7)
    fact = here.family.fact("mark:1:1", due_at=since, cap_at=since, expires_at=since + timedelta(hours=72))
    async with here.storage.writing() as uow:
        await items.put(uow, [fact], since)


async def restored(here: School) -> None:
    await Holding(here.storage, _now()).quarantine()


async def old_backup(here: School) -> None:
    for path in (here.folder / "copies").glob("zvonok-*"):
        path.unlink()
    here.env.delenv("BACKUP_KEY")
    url = here.storage.writer.url.render_as_string()
    office = Backups("sqlite:///" + url.split("///")[1], here.folder / "copies", None, None)
    await asyncio.to_thread(office.make, machine_now() - timedelta(hours=50))


async def damaged_base(here: School) -> None:
    await here.storage.close()
    base = here.folder / "zvonok.db"
    whole = base.read_bytes()
    base.write_bytes(whole[:8192] + b"\0" * 4096 + whole[12288:])


def _now() -> Any:
    class Now:
        def now(self) -> datetime:
            return machine_now()

    return Now()


Wrong = Callable[[School], Awaitable[None]]
WRONG: dict[Wrong, tuple[str, ...]] = {
    token_revoked: ("Бот: токен не принят",),
    no_network: ("Бот: http://127.0.0.1:9 не отвечает",),
    clock_off: ("Часы: расходятся с часами мессенджера на 1",),
    no_way_in: ("ждут 12 нажатий: Connection refused",),
    another_webhook: ("Вебхук: у мессенджера не то, что в настройках",),
    crowd_at_the_messenger: ("Бот: у мессенджера ждут 500 нажатий",),
    strange_chat: ("Тревоги: бот не может писать в SUPPORT_CHAT",),
    no_room: ("Диск: свободно 1,0 ГБ. Освободите место", "Диск копий: свободно 1,0 ГБ"),
    open_files: ("Файлы: чужим открыты",),
    no_key: ("Ключ: нет ни SECRET_KEY, ни",),
    another_key: ("Журнал действий: ни одна печать не сходится",),
    changed_line: ("Журнал действий: строка после № 3",),
    anchor_missed: ("в базе нет того, что записано в опоре 07.09.2026",),
    old_schema: ("База: другой версии. Обновить: ./zvonok migrate",),
    later_schema: ("База: более поздней версии программы",),
    nobody_runs: ("Служба: не работает",),
    only_standing_by: ("Служба: стоит в запасе, а бота никто не ведёт",),
    sender_refused: ("Почта: в Telegram ничего не уходит", "Почта: почтовый сервер", "не готовились 6 минут"),
    letter_stuck: ("Почта: письмо ждёт отправки 7 минут",),
    restored: ("Почта: остановлена после восстановления или переезда",),
    old_backup: ("Копии: последняя сделана 50 часов назад", "Копии не зашифрованы", "Файлы: чужим"),
    no_backup_key: ("Копии не делаются: BACKUP_KEY",),
    damaged_base: ("База: файл повреждён",),
}


@pytest.mark.parametrize("wrong", WRONG, ids=[one.__name__ for one in WRONG])
async def test_what_is_wrong_has_its_line_and_all_else_is_looked_at_too(school: School, wrong: Wrong) -> None:
    await wrong(school)
    code, output = await school.examined()
    assert code == 1
    for line in WRONG[wrong][:2]:
        assert line in output, output
    assert output.count("❌") == len(WRONG[wrong]) or wrong in (old_backup, open_files), output
    assert "Копии: последняя сделана" in output


async def test_the_demo_is_looked_at_as_the_demo(school: School) -> None:
    school.env.delenv("BOT_TOKEN")
    assert "❌ Бот: BOT_TOKEN не задан" in (await school.examined())[1]  # its base is a school's own
    base = school.storage.writer.url.database
    assert base is not None
    school.env.delenv("DATABASE_URL")
    assert "❌ База: учебной школы ещё нет" in (await school.examined())[1]
    async with school.storage.writing() as uow:
        await owner.acquire(uow, BotId(1000000001), "somebody", timedelta(minutes=5))
    (school.folder / "demo.db").symlink_to(base)
    output = (await school.examined())[1]
    assert "✅ Бот: BOT_TOKEN не задан, это учебная школа" in output and "✅ Служба: работает" in output, output


async def test_an_empty_base_and_none_at_all_are_told_apart(school: School) -> None:
    school.env.setenv("DATABASE_URL", f"sqlite:///{school.folder / 'none.db'}")
    assert "❌ База: пустая" in (await school.examined())[1]
    assert "none.db" not in os.listdir(school.folder)  # a restore will find room for its file
    school.env.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    assert "❌ База: не открывается" in (await school.examined())[1]


@pytest.mark.parametrize(
    ("there", "several", "line"),
    [
        (Standbys(demanded=True, connected=0), "", "❌ База: её синхронная реплика пропала"),
        (Standbys(demanded=False, connected=0), "?host=127.0.0.1:1,127.0.0.1:2", "❌ База: в DATABASE_URL несколько"),
        (Standbys(demanded=True, connected=1), "", "✅ База: каждая запись есть на реплике"),
        (Standbys(demanded=False, connected=0), "", "▫️ База: сервер один"),
    ],
)
async def test_a_standby_that_is_promised_must_be_there(
    school: School, there: Standbys, several: str, line: str
) -> None:
    async def asked(uow: Any) -> Standbys:
        return there

    school.env.setattr("services.doctor.standbys", asked)
    (said,) = await of_the_server(school.storage, machine_now(), several=bool(several))
    sign = "❌" if not said.good else "▫️" if said.advice else "✅"
    assert f"{sign} {said.text}".startswith(line)
