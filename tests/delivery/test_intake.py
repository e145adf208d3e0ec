"""The door: stored before acknowledged, once, in order; and the webhook's manners."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from bot import intake
from bot.intake import BadUpdate, GroupWriter, arrival_of
from bot.prune import InboxPrune
from bot.web.app import make_web_app
from bot.web.webhook import MOST_BYTES, SECRET_HEADER, webhook
from services.clock import StoppedClock
from storage.models.delivery import Inbox
from storage.repositories import inbox
from storage.repositories.inbox import Waiting
from storage.uow import AlreadyDone, Storage
from storage.vocabulary import InboxSeq, InboxState
from tests.delivery.conftest import BOT, NOW
from tests.support.waiting import eventually


def typed(number: int, text: str = "5", user: int = 7) -> dict[str, Any]:
    """An update with a message."""
    person = {"id": user, "is_bot": False, "first_name": "Анна"}
    message = {
        "message_id": number,
        "date": 1,
        "chat": {"id": user, "type": "private"},
        "from": person,
        "text": text,
    }
    return {"update_id": number, "message": message}


@dataclass
class Door:
    storage: Storage
    writer: GroupWriter
    delivered: list[Waiting] = field(default_factory=list)
    settled: list[InboxSeq] = field(default_factory=list)

    async def rows(self) -> list[Any]:
        async with self.storage.reading() as uow:
            return list((await uow.execute(select(Inbox.__table__).order_by(Inbox.seq))).all())


@asynccontextmanager
async def opened(storage: Storage) -> AsyncIterator[Door]:
    delivered: list[Waiting] = []
    settled: list[InboxSeq] = []
    writer = GroupWriter(storage, StoppedClock(NOW), BOT, delivered.extend, settled.extend)
    running = asyncio.ensure_future(writer.run())
    try:
        yield Door(storage, writer, delivered, settled)
    finally:
        writer.stop()
        await asyncio.wait_for(running, 20)


@pytest.mark.parametrize(
    ("event_name", "holder"),
    [("message", "from"), ("callback_query", "from"), ("my_chat_member", "from"), ("message_reaction", "user")],
)
def test_the_lane_is_the_user(event_name: str, holder: str) -> None:
    assert arrival_of({"update_id": 1, event_name: {holder: {"id": 7}, "chat": {"id": 8}}}).lane == 7


def test_without_a_user_the_lane_is_the_chat_else_everybodys() -> None:
    assert arrival_of({"update_id": 1, "channel_post": {"chat": {"id": -8}}}).lane == -8
    assert arrival_of({"update_id": 1, "poll": {"id": "x"}}).lane == 0


async def test_half_an_emoji_keeps_nobody_out(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(1, "\ud83d"), typed(2, "н Иванов")])
    assert [json.loads(one.payload)["message"]["text"] for one in door.delivered] == ["\ud83d", "н Иванов"]


@pytest.mark.parametrize("update", [None, [], "x", {}, {"update_id": "1"}])
def test_what_is_no_update_is_refused(update: Any) -> None:
    with pytest.raises(BadUpdate):
        arrival_of(update)


async def test_an_update_is_stored_before_put_returns(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(10), typed(11)])
        rows = await door.rows()
        assert [(row.update_id, row.state, row.lane) for row in rows] == [(10, "new", 7), (11, "new", 7)]
        assert [one.seq for one in door.delivered] == [row.seq for row in rows]
        assert json.loads(rows[0].payload) == typed(10)


async def test_the_same_update_twice_is_one(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(10)])
        await door.writer.put([typed(10, "another")])
        await door.writer.put([typed(12), typed(12)])
        assert [row.update_id for row in await door.rows()] == [10, 12]
        assert [one.update_id for one in door.delivered] == [10, 12]


async def test_ids_that_jump_back_keep_the_order_of_arrival(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(900)])
        await door.writer.put([typed(3)])
        assert [row.update_id for row in await door.rows()] == [900, 3]


async def test_what_waits_together_is_one_transaction(storage: Storage) -> None:
    commits = 0

    def count(connection: Any) -> None:
        nonlocal commits
        commits += 1

    event.listen(storage.writer.sync_engine, "commit", count)
    async with opened(storage) as door:
        await asyncio.gather(*(door.writer.put([typed(number)]) for number in range(150)))
        assert len(await door.rows()) == 150
    assert commits <= 4


async def test_marks_are_written_with_the_payload_forgotten(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(number) for number in range(4)])
        first, second, third, fourth = (one.seq for one in door.delivered)
        door.writer.finish(first)
        door.writer.finish(second, InboxState.IGNORED, answered=False)
        door.writer.finish(third, InboxState.DEAD)
        await eventually(lambda: len(door.settled) == 3)
        rows = await door.rows()
        assert [row.state for row in rows] == ["done", "ignored", "dead", "new"]
        assert [row.payload is None for row in rows] == [True, True, False, False]
        assert [row.answered_at for row in rows] == [NOW, None, NOW, None]
        assert rows[3].seq == fourth


async def test_the_effect_marks_its_own_update_done_and_only_once(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(10)])
        seq = door.delivered[0].seq
        async with storage.writing(seq, now=NOW):
            pass
        [row] = await door.rows()
        assert (row.state, row.done_at, row.answered_at) == ("done", NOW, None)
        with pytest.raises(AlreadyDone):
            async with storage.writing(seq, now=NOW):
                pass
        door.writer.finish(seq)
        await eventually(lambda: bool(door.settled))
        assert (await door.rows())[0].answered_at == NOW


async def test_the_effect_of_an_update_done_before_leaves_nothing(storage: Storage) -> None:
    from storage.repositories import occurrences

    async with opened(storage) as door:
        await door.writer.put([typed(10)])
        seq = door.delivered[0].seq
        async with storage.writing(seq, now=NOW):
            pass
        with pytest.raises(AlreadyDone):
            async with storage.writing(seq, now=NOW) as uow:
                assert await occurrences.claim(uow, "job", "1", NOW.date(), "1", NOW)
        async with storage.writing() as uow:
            assert await occurrences.claim(uow, "job", "1", NOW.date(), "1", NOW)


async def test_a_base_that_fails_accepts_nothing_and_loses_no_mark(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(10)])
        door.writer.finish(door.delivered[0].seq)
        failing = True

        async def fail(uow: object) -> None:
            if failing:
                raise OperationalError("COMMIT", {}, Exception("disk"))

        storage.before_commit = fail
        with pytest.raises(OperationalError):
            await door.writer.put([typed(11)])
        failing = False
        await door.writer.put([typed(11)])
        await eventually(lambda: bool(door.settled))
        assert [(row.update_id, row.state) for row in await door.rows()] == [(10, "done"), (11, "new")]


async def test_a_mistake_of_ours_while_marks_are_written_shuts_no_door(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "RETRY", 0.01)
    async with opened(storage) as door:
        await door.writer.put([typed(10)])
        failures = 2

        async def fail(uow: object) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                raise ValueError("a mistake")

        storage.before_commit = fail
        door.writer.finish(door.delivered[0].seq)
        await eventually(lambda: not failures)
        await asyncio.wait_for(door.writer.put([typed(11)]), 5)
        await eventually(lambda: bool(door.settled))
        assert [(row.update_id, row.state) for row in await door.rows()] == [(10, "done"), (11, "new")]


async def test_two_weeks_later_only_what_was_never_done_is_left(storage: Storage) -> None:
    async with opened(storage) as door:
        await door.writer.put([typed(10), typed(11)])
        door.writer.finish(door.delivered[0].seq)
    prune = InboxPrune(storage)
    await prune(NOW + timedelta(days=13))
    assert len(await door.rows()) == 2
    await prune(NOW + timedelta(days=15))
    assert [row.update_id for row in await door.rows()] == [11]


async def test_whose_messages_are_left_out_leaves_rows_without_them_and_his_taps_are_kept(storage: Storage) -> None:
    delivered: list[Waiting] = []
    writer = GroupWriter(
        storage, StoppedClock(NOW), BOT, delivered.extend, lambda seqs: None, turns_away=lambda lane: lane == 7
    )
    running = asyncio.ensure_future(writer.run())
    tap = {"update_id": 12, "callback_query": {"from": {"id": 7}}}
    await asyncio.gather(writer.put([typed(10)]), writer.put([typed(11, user=8), tap]), writer.put([typed(13)]))
    writer.stop()
    await asyncio.wait_for(running, 20)
    rows = {row.update_id: row for row in await Door(storage, writer).rows()}
    assert {number: row.state for number, row in rows.items()} == {10: "ignored", 11: "new", 12: "new", 13: "ignored"}
    assert (rows[10].payload, rows[10].done_at) == (None, NOW)
    assert {one.update_id for one in delivered if not one.left_out} == {11, 12}


SECRET = "секрет"


@asynccontextmanager
async def hook(put: Any) -> AsyncIterator[tuple[ClientSession, str]]:
    async def ready() -> tuple[bool, dict[str, Any]]:
        return True, {}

    runner = web.AppRunner(make_web_app(ready, ("/hook", webhook(SECRET, put))))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with ClientSession() as session:
        yield session, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def post(session: ClientSession, url: str, body: bytes, secret: str = SECRET) -> tuple[int, str | None]:
    async with session.post(url, data=body, headers={SECRET_HEADER: secret}) as response:
        return response.status, response.headers.get("Retry-After")


async def test_the_webhook_answers_when_the_update_is_stored() -> None:
    stored: list[Any] = []

    async def put(updates: Sequence[Any]) -> None:
        await asyncio.sleep(0.05)
        stored.extend(updates)

    async with hook(put) as (session, url):
        assert await post(session, url, json.dumps(typed(1)).encode()) == (200, None)
        assert stored == [typed(1)]


@pytest.mark.parametrize("secret", ["", "secret", "секрет2"])
async def test_the_webhook_refuses_a_wrong_secret(secret: str) -> None:
    async def put(updates: Sequence[Any]) -> None:
        raise AssertionError("nothing may come in")

    async with hook(put) as (session, url):
        assert (await post(session, url, b"{}", secret))[0] == 403


async def test_the_webhook_refuses_what_is_too_long_or_no_update() -> None:
    async def put(updates: Sequence[Any]) -> None:
        for update in updates:
            arrival_of(update)

    async with hook(put) as (session, url):
        assert (await post(session, url, b"x" * (MOST_BYTES + 1)))[0] == 413
        for body in (b"", b"\xff\xfe", b"[1]", b'{"a": 1}', b"[" * 200_000):
            assert (await post(session, url, body))[0] == 400

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(300):
                yield b"x" * 1024

        async with session.post(url, data=chunks(), headers={SECRET_HEADER: SECRET}) as response:
            assert response.status == 413


async def test_the_webhook_asks_for_a_retry_when_the_base_fails() -> None:
    async def put(updates: Sequence[Any]) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk"))

    async with hook(put) as (session, url):
        assert await post(session, url, json.dumps(typed(1)).encode()) == (503, "2")


def _anything(chance: random.Random, depth: int = 0) -> Any:
    """Some JSON value; often one that an update has in that place."""
    plain = [
        None,
        True,
        0,
        -1,
        2**63,
        10**40,
        1e308,
        "",
        "\x00",
        "\ud83d",
        "я" * 300,
        "/start " + "A" * 70,
        "pm1:1:2:5:0",
    ]
    if depth > 4 or chance.random() < 0.5:
        return chance.choice(plain)
    if chance.random() < 0.3:
        return [_anything(chance, depth + 1) for _ in range(chance.randrange(4))]
    keys = [
        "update_id",
        "message",
        "callback_query",
        "from",
        "chat",
        "id",
        "text",
        "data",
        "type",
        "date",
        "my_chat_member",
    ]
    return {chance.choice(keys): _anything(chance, depth + 1) for _ in range(chance.randrange(6))}


async def test_whatever_comes_is_stored_or_refused_and_turns_nobody_elses_update_away(storage: Storage) -> None:
    """Ten thousand bodies: none raises anything but BadUpdate, and what is taken can be stored."""
    chance = random.Random(7)
    taken = []
    for number in range(10_000):
        body = _anything(chance)
        if isinstance(body, dict) and chance.random() < 0.7:
            body["update_id"] = number
        with contextlib.suppress(BadUpdate):
            taken.append(arrival_of(body))
    assert len(taken) > 1000
    async with storage.writing() as uow:
        for start in range(0, len(taken), 200):
            await inbox.store(uow, BOT, taken[start : start + 200], NOW)
