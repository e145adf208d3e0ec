"""Two bots on one base, each with its school: neither's clock, door or post touches the other's."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.sandbox.client import Sandbox
from bot.sandbox.server import SandboxServer
from bot.scheduler import Tick
from bot.serving import OncePerBase, ServeSchools
from bot.settings import Settings
from services.actor import Visitor
from services.audit_chain import AuditChain
from services.clock import StoppedClock
from services.connecting import AnotherBotsSlip
from services.joining import Joining
from services.outbox.holding import Holding
from services.schools import AnothersSchool, Schools
from storage.models.audit import AuditSeal
from storage.models.delivery import Owner
from storage.models.people import JoinAttempts
from storage.models.school import School
from storage.repositories import audit, calendar, digest, owner
from storage.uow import Storage
from storage.vocabulary import BotId
from tests.delivery import echo
from tests.delivery.conftest import NOW, found

FIRST, SECOND = BotId(42), BotId(43)
TTL = timedelta(seconds=15)


async def bots_of(storage: Storage) -> list[int | None]:
    async with storage.reading() as uow:
        return [row.bot_id for row in await uow.execute(select(School.bot_id).order_by(School.id))]


async def lease(storage: Storage, *bots: BotId) -> None:
    async with storage.writing() as uow:
        for bot in bots:
            await owner.acquire(uow, bot, f"holder {bot}", TTL)


async def test_the_only_bot_takes_what_nobody_serves_and_a_second_takes_nothing(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    await found(storage)
    first, second = ServeSchools(storage, FIRST), ServeSchools(storage, SECOND)
    await first(NOW)
    assert await bots_of(storage) == [FIRST]
    await second(NOW)
    await second(NOW)
    assert await bots_of(storage) == [FIRST]
    assert caplog.text.count("alarm serves_no_school bot=43") == 1


async def test_once_two_bots_share_a_base_a_school_is_given_by_hand(storage: Storage) -> None:
    schools = Schools(storage, StoppedClock(NOW))
    one, two, three = [await found(storage, bot) for bot in (FIRST, SECOND, BotId(44))]
    await schools.give(one.school, FIRST)
    await schools.give(two.school, SECOND)
    for bot in (FIRST, SECOND):
        await ServeSchools(storage, bot)(NOW)
    assert await bots_of(storage) == [FIRST, SECOND, None]
    await lease(storage, FIRST)
    async with storage.reading() as uow:
        assert await calendar.school_ids(uow, SECOND) == [two.school]
        assert await calendar.school_ids(uow) == [one.school, two.school, three.school]
        assert [one.id for one in await digest.schools(uow, SECOND)] == [two.school]
    assert [(row.bot_id, row.runs) for row in await schools.all()] == [(FIRST, True), (SECOND, False), (None, False)]
    await schools.ensure_served(one.mother, FIRST)
    await schools.ensure_served(three.mother, FIRST)
    with pytest.raises(AnothersSchool):
        await schools.ensure_served(two.mother, FIRST)


async def test_the_whole_base_is_looked_after_by_one_of_its_bots(storage: Storage) -> None:
    done: list[int] = []

    def job(bot: BotId) -> Tick:
        async def work(now: datetime) -> None:
            done.append(bot)

        return work

    ticks = [OncePerBase(storage, bot, [job(bot)]) for bot in (SECOND, FIRST)]
    await lease(storage, FIRST, SECOND)
    for tick in ticks:
        await tick(NOW)
    assert done == [FIRST]
    async with storage.writing() as uow:
        await uow.write(
            update(Owner).where(Owner.bot_id == FIRST).values(leased_until=datetime(2020, 1, 1, tzinfo=UTC))
        )
    for tick in ticks:
        await tick(NOW)
    assert done == [FIRST, SECOND]


async def test_one_job_of_the_base_that_fails_hinders_no_other(storage: Storage) -> None:
    done = []

    async def fails(now: datetime) -> None:
        raise ValueError

    async def works(now: datetime) -> None:
        done.append(now)

    await lease(storage, FIRST)
    with pytest.raises(ValueError):
        await OncePerBase(storage, FIRST, [fails, works])(NOW)
    assert done == [NOW]


async def test_two_who_seal_the_audit_chain_at_once_leave_it_whole(database_url: str) -> None:
    storages = [Storage(database_url) for _ in range(2)]
    family = await found(storages[0])
    async with storages[0].writing() as uow:
        for number in range(20):
            subject, detail = f"mark:{number}", {"value": number}
            await audit.note(
                uow, school_id=family.school, actor_id=None, at=NOW, action="mark.put", subject=subject, detail=detail
            )
    later = NOW + timedelta(minutes=10)
    chains = [AuditChain(storage, StoppedClock(later), b"key") for storage in storages]
    await asyncio.gather(*(chain(later) for chain in chains))
    verdict = await chains[0].verify()
    assert (verdict.lines, verdict.broken_after) == (20, None)
    async with storages[0].reading() as uow:
        assert len((await uow.execute(select(AuditSeal.up_to))).all()) == 1
    for storage in storages:
        await storage.close()


async def test_a_slip_of_a_school_opens_at_its_own_bot_and_another_says_where(storage: Storage) -> None:
    clock = StoppedClock(NOW)
    schools, joining = Schools(storage, clock), Joining(storage, clock, b"key")
    first, second = await found(storage, FIRST), await found(storage, SECOND)
    await schools.give(first.school, FIRST)
    await schools.give(second.school, SECOND)
    issued = await joining.issue_staff(second.teacher)
    for typed in (issued.token, issued.code):
        with pytest.raises(AnotherBotsSlip):
            await joining.knock(Visitor(FIRST, 5, 5, "ru", None), typed)
    async with storage.reading() as uow:
        assert not (await uow.execute(select(JoinAttempts))).all()
    await joining.knock(Visitor(SECOND, 5, 5, "ru", None), issued.code)


async def test_two_bots_serve_their_schools_side_by_side_also_one_person_of_both(
    database_url: str, tmp_path: Path
) -> None:
    """The same two people, with the same accounts, in both schools; each bot is a process but for the process."""
    async with AsyncExitStack() as stack:
        runtimes, phones = [], []
        for bot in (FIRST, SECOND):
            storage = Storage(database_url)
            stack.push_async_callback(storage.close)
            family = await found(storage, bot)
            await Schools(storage, StoppedClock(NOW)).give(family.school, bot)
            server = SandboxServer(f"{bot}:TEST")
            address = await stack.enter_async_context(server.running())
            telegram = await stack.enter_async_context(Sandbox.connect(address))
            teacher = await telegram.person("Нина", id=int(family.teacher_chat))
            mother = await telegram.person("Мария", id=int(family.mother_chat))
            await mother.starts()
            await teacher.starts()
            settings = Settings(
                _env_file=None, bot_token=f"{bot}:TEST", bot_api_base=address, data_dir=tmp_path, http_port=0
            )
            runtimes.append(echo.build(settings, storage))
            await runtimes[-1].start()
            stack.push_async_callback(runtimes[-1].stop)
            phones.append((teacher, mother))
        for one in runtimes:
            await asyncio.wait_for(one.owns.wait(), 20)
        for number, (teacher, mother) in enumerate(phones):
            await teacher.types(f"of school {number}")
            await mother.sees(f"[of school {number}]")
        await runtimes[0].stop()
        teacher, mother = phones[1]
        await teacher.types("alone")
        await mother.sees("[alone]")
        told = [[each.text for each in mother.messages if each.text.startswith("[")] for _, mother in phones]
        assert told == [["[of school 0]"], ["[of school 1]", "[alone]"]]


async def test_the_service_runs_where_every_bot_of_a_school_does(storage: Storage) -> None:
    schools = Schools(storage, StoppedClock(NOW))
    for bot in (FIRST, SECOND):
        await schools.give((await found(storage, bot)).school, bot)
    await lease(storage, FIRST, SECOND, BotId(44))
    for runs in (True, False):
        standing, _ = await Holding(storage, StoppedClock(NOW)).standing()
        assert standing.owned_until is not None
        assert (standing.owned_until > standing.base_now) is runs
        async with storage.writing() as uow:
            await owner.release(uow, SECOND, 1)
