"""kill -9 under the real school: a typed topic, a typed code and a tapped mark take effect once and are told."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.app import build
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from bot.settings import Settings
from handlers.callbacks.marks import PutMark
from services.clock import machine_now
from services.joining import Joining
from services.outbox import unreached
from services.outbox.limits import Limits
from services.records import Records
from storage.models.audit import AuditEntry
from storage.models.delivery import Item, Letter
from storage.models.journal import LessonRecord, LessonWork, Mark
from storage.models.people import Draft, Invitation, TelegramAccount
from storage.uow import Storage
from storage.vocabulary import Role, WorkId
from tests import school
from tests.delivery.conftest import add
from tests.delivery.crash import MARK, Service, environment, until_quiet
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

TOKEN = f"{school.BOT}:TEST"
KEY = "a key of these tests"
TOPIC = "Рациональные числа, повторение"
# The first pass of each; inside the use case also that of the other updates, whose lanes run side by side.
KILLS = [
    "after_inbox_commit",
    "inside_use_case:1",
    "inside_use_case:2",
    "inside_use_case:3",
    "after_claim",
    "before_http",
    "after_http",
]


async def serve(ready: Callable[[], None]) -> None:
    """The real service, from the environment, until SIGTERM."""
    app = build(Settings(_env_file=None), limits=Limits.off())
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await app.start()
    await app.runtime.owns.wait()
    ready()
    await stopped.wait()
    await app.stop()


def service(url: str, database_url: str, data: Path, kill_at: str = "") -> Service:
    more = {"SECRET_KEY": KEY, "ZVONOK_NOW": "2026-09-08T10:40:00+03:00"}
    return Service(environment(url, database_url, data, kill_at, TOKEN) | more, data / "service.log", serve)


def is_answered(person: Person, text: str) -> bool:
    """Whether the answer came, or, where it was cut off after the commit, the fresh menu besides that of /start."""
    letters = [letter.text for letter in person.letters]
    started_as_nobody = any("Чтобы подключиться" in one for one in letters)
    menus = sum("Что откроем?" in one for one in letters)
    return any(text in one for one in letters) or menus > (0 if started_as_nobody else 1)


@pytest.mark.parametrize("kill_at", KILLS)
async def test_typed_texts_codes_and_taps_survive_a_kill_once(
    kill_at: str, storage: Storage, database_url: str, tmp_path: Path
) -> None:
    cast = await school.found(storage, regulation={"news_window_seconds": 0, "news_cap_seconds": 0})
    async with storage.writing() as uow:
        newcomer = await school.person(uow, cast, "Новиков Пётр Ильич", Role.TEACHER)
        work = await add(
            uow,
            LessonWork,
            lesson_id=cast.algebra,
            kind="answer",
            ordinal=1,
            author_id=cast.owner,
            created_at=cast.clock.now(),
        )
    await Records(storage, cast.clock).choose_topic(cast.actor(cast.owner), cast.algebra)
    code = (await Joining(storage, cast.clock, KEY.encode()).issue_staff(newcomer)).code
    put = PutMark(work=WorkId(work), student=cast.larina, value="5", seen=0, page=0).pack()

    async with SandboxServer(TOKEN).running() as url, Sandbox.connect(url) as telegram:
        mother = await telegram.person("Прасковья", id=int(cast.mother_larina))
        await mother.starts()
        teacher = await telegram.person("Галина", id=int(cast.owner))
        await teacher.starts()
        await teacher.types(TOPIC)
        new = await telegram.person("Пётр", id=9001)
        await new.starts()
        await new.types(code)
        partner = await telegram.person("Ольга", id=int(cast.partner))
        await partner.starts()
        await telegram.post(f"/sandbox/people/{partner.id}/tap-raw", {"data": put, "wait": False})

        killed = service(url, database_url, tmp_path, kill_at)
        await killed.killed()
        again = service(url, database_url, tmp_path)
        assert await again.ready()
        try:
            await until_quiet(storage, telegram, Item.recipient_id == cast.mother_larina)
            await eventually(lambda: is_answered(teacher, TOPIC))
            await eventually(lambda: is_answered(new, "Вы подключены"))
        finally:
            await again.stop()
        letters = await telegram.request("GET", f"/sandbox/people/{mother.id}/messages")

    async with storage.reading() as uow:
        topics = (await uow.execute(select(LessonRecord.rev, LessonRecord.value))).all()
        marks = (await uow.execute(select(Mark.rev, Mark.value).where(Mark.work_id == work))).all()
        joined = select(func.count()).where(TelegramAccount.user_id == 9001, TelegramAccount.state == "active")
        used = select(Invitation.used_by_user).where(Invitation.person_id == newcomer)
        noted = select(AuditEntry.action, func.count()).group_by(AuditEntry.action, AuditEntry.subject)
        assert [tuple(row) for row in topics] == [(1, TOPIC)]
        assert [tuple(row) for row in marks] == [(1, "5")]
        assert (await uow.execute(joined)).scalar_one() == 1
        assert (await uow.execute(used)).scalar_one() == 9001
        assert {row[1] for row in await uow.execute(noted)} == {1}
        assert (await uow.execute(select(func.count()).select_from(Draft))).scalar_one() == 0
        copies = (await uow.execute(select(func.sum(Letter.copies)))).scalar_one()
        assert await unreached.lost(uow, cast.at("10:41"), machine_now()) == []
    told = [one["text"] for one in letters["messages"] if "лгебра — 5" in one["text"]]
    assert told
    assert sum(MARK not in text for text in told) <= 1
    assert copies <= 8


def test_the_kill_points_of_this_gate_exist() -> None:
    from bot.killpoints import POINTS

    assert {kill.partition(":")[0] for kill in KILLS} <= set(POINTS)
    assert "ZVONOK_KILL_AT" not in os.environ
