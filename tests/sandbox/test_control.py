"""The control API: clock, events, files, the page, strangers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import BufferedInputFile
from aiohttp import web

from bot.sandbox.client import Person, Sandbox, SandboxError
from bot.sandbox.events import KEPT_EVENTS, EventFeed
from bot.sandbox.server import SandboxServer
from tests.sandbox.conftest import BELL, Caller, HandClock, keyboard

# The clock


async def test_the_clock_of_the_host_is_shown_and_moved(telegram: Sandbox, clock: HandClock) -> None:
    assert (await telegram.state())["clock"] == {
        "now": "2026-09-08T10:15:00+00:00",
        "zone": "Europe/Samara",
        "jumps": [{"id": "evening", "title": "Вечер", "at": None}],
    }
    await telegram.advance(90)
    assert (clock.moment - BELL).total_seconds() == 90
    assert (await telegram.jump("evening"))["now"] == "2026-09-08T18:00:00+00:00"
    await telegram.set_clock(BELL)
    assert clock.moment == BELL


@pytest.mark.parametrize(
    "wish", [{"advance_seconds": -1}, {"jump": "moon"}, {"set": "2026-09-08T10:00:00"}, {"set": "вчера"}, {}]
)
async def test_the_clock_may_refuse(telegram: Sandbox, clock: HandClock, wish: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="bad_clock"):
        await telegram.post("/sandbox/clock", wish)
    assert clock.moment == BELL


async def test_without_a_host_there_is_no_clock() -> None:
    async with SandboxServer().running() as url, Sandbox.connect(url) as telegram:
        assert (await telegram.state())["clock"] is None
        with pytest.raises(SandboxError, match="no_clock"):
            await telegram.advance(5)


# Events


class Listener:
    """A stream of events, open once `async with` is entered."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def __aenter__(self) -> Listener:
        self._response = await self._session.get(self._url)
        assert await self._response.content.readline() == b": ready\n"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._response.close()

    async def hears(self, count: int) -> list[tuple[str, Any]]:
        """The next `count` events."""
        found: list[tuple[str, Any]] = []
        type_ = ""
        async with asyncio.timeout(5):
            while len(found) < count:
                name, _, value = (await self._response.content.readline()).decode().rstrip("\n").partition(": ")
                if name == "event":
                    type_ = value
                elif name == "data":
                    found.append((type_, json.loads(value)))
        return found


async def test_events_can_be_replayed_for_one_person(
    server: SandboxServer, bot: Bot, telegram: Sandbox, anna: Person, call: Caller
) -> None:
    boris = await telegram.person("Борис")
    start = (await telegram.state())["seq"]
    await boris.types("чужое")
    sent = await bot.send_message(anna.id, "раз", reply_markup=keyboard(["а"]))
    await anna.taps("а", wait=False)
    query_id = (await bot.get_updates(offset=-1))[0].callback_query.id  # type: ignore[union-attr]
    await bot.answer_callback_query(query_id, text="да")
    await bot.delete_message(anna.id, sent.message_id)
    url = f"{server.url}/sandbox/events?after={start}&person={anna.id}"
    async with Listener(call.session, url) as listener:
        heard = [event for event in await listener.hears(6) if event[0] not in ("person", "bot")]
    assert [type_ for type_, _ in heard] == ["message", "pending", "answer", "delete"]
    answer = heard[2][1]
    assert (answer["text"], answer["alert"], answer["row"], answer["col"]) == ("да", False, 0, 0)
    assert answer["expired"] is False


async def test_calls_are_told_to_those_who_ask(server: SandboxServer, bot: Bot, anna: Person, call: Caller) -> None:
    url = f"{server.url}/sandbox/events?calls=1&after={server.world.feed.seq}"
    async with Listener(call.session, url) as listener:
        await bot.get_me()
        heard = await listener.hears(1)
    assert [(type_, data["call"]["method"]) for type_, data in heard] == [("call", "getMe")]


async def test_who_missed_too_much_is_told_to_fetch_all_again() -> None:
    feed = EventFeed(100)
    for number in range(KEPT_EVENTS + 5):
        feed.publish("x", {"n": number})
    assert [event.type for event in feed.since(100)] == ["reset"]
    assert len(feed.since(feed.seq - 3)) == 3
    assert [event.type for event in feed.since(feed.seq + 1)] == ["reset"]
    assert feed.since(feed.seq) == []


# Files, the page, strangers


async def test_documents_are_saved_and_pictures_are_shown(bot: Bot, anna: Person, call: Caller) -> None:
    await bot.send_document(anna.id, BufferedInputFile(b"<script>", "злой.html"))
    document = (await anna.sees()).document
    assert document is not None
    async with call.session.get(call.url + document.url) as response:
        assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D0%B7")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with call.session.get(f"{call.url}/sandbox/files/nothing") as response:
        assert response.status == 404


async def test_the_page_serves_only_its_own_files(call: Caller) -> None:
    async with call.session.get(f"{call.url}/sandbox/page/..%2Fserver.py") as response:
        assert response.status == 404


async def test_a_token_guards_the_files_of_the_bot_api(bot: Bot, anna: Person, call: Caller) -> None:
    sent = await bot.send_document(anna.id, BufferedInputFile(b"x", "x.txt"))
    assert sent.document is not None
    file = await bot.get_file(sent.document.file_id)
    async with call.session.get(f"{call.url}/file/bot1:x/{file.file_path}") as response:
        assert response.status == 401
    async with call.session.get(f"{call.url}/file/bot{call.token}/documents/none") as response:
        assert response.status == 404


async def test_pages_of_other_sites_move_nobody(telegram: Sandbox, anna: Person, call: Caller) -> None:
    url = f"{call.url}/sandbox/people/{anna.id}/send"
    before = await telegram.pending_updates()
    async with call.session.post(url, json={"text": "x"}, headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 403
    assert await telegram.pending_updates() == before
    async with call.session.post(url, json={"text": "x"}, headers={"Origin": call.url}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("path", "body", "slug"),
    [
        ("/sandbox/people", {}, "bad_request"),
        ("/sandbox/people", {"first_name": "x", "colour": "red"}, "bad_request"),
        ("/sandbox/people", {"first_name": 5}, "bad_request"),
        ("/sandbox/people/5/send", {"text": "x"}, "no_such_person"),
        ("/sandbox/people/{anna}/send", {}, "bad_request"),
        ("/sandbox/people/{anna}/send", {"text": "я" * 4097}, "bad_request"),
        ("/sandbox/people/{anna}/send", {"text": "x", "reply_to": 99}, "no_such_message"),
        ("/sandbox/people/{anna}/tap", {"message_id": 99, "text": "x"}, "no_such_message"),
        ("/sandbox/people/{anna}/tap-raw", {}, "bad_request"),
        ("/sandbox/people/{anna}/tap-raw", {"data": "x", "wait": True, "timeout": "soon"}, "bad_request"),
        ("/sandbox/people/{anna}/file", {}, "bad_request"),
        ("/sandbox/updates", {}, "bad_request"),
    ],
)
async def test_ill_requests_are_refused_with_a_sentence(
    telegram: Sandbox, anna: Person, path: str, body: dict[str, Any], slug: str
) -> None:
    with pytest.raises(SandboxError, match=slug):
        await telegram.post(path.format(anna=anna.id), body)


async def test_a_tap_may_name_its_button_in_three_ways(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "x", reply_markup=keyboard(["а", "б"]))
    path = f"/sandbox/people/{anna.id}/tap"
    for wish in ({"data": "б"}, {"text": "б"}, {"row": 0, "col": 1}):
        await telegram.post(path, {"message_id": sent.message_id, **wish})
        query = (await bot.get_updates(offset=-1))[0].callback_query
        assert query is not None
        assert query.data == "б"
    with pytest.raises(SandboxError, match="no_such_button"):
        await telegram.post(path, {"message_id": sent.message_id, "row": 1, "col": 1})


# Mounted into a host


@pytest.fixture
async def host() -> AsyncIterator[tuple[SandboxServer, str]]:
    """A host program with a page of its own and small bodies, and the sandbox inside."""

    async def healthy(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    server = SandboxServer()
    server.add_person("Анна", id=7, label="Мама")
    app = web.Application(client_max_size=1000)
    app.router.add_get("/healthz", healthy)
    server.mount(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server, server.url
    await runner.cleanup()


async def test_it_lives_beside_the_routes_of_a_host(host: tuple[SandboxServer, str]) -> None:
    server, url = host
    async with aiohttp.ClientSession() as session, Sandbox.connect(url) as telegram:
        async with session.get(f"{url}/healthz") as response:
            assert await response.text() == "ok"
        anna = await telegram.find("Мама")
        await anna.starts()
        big = {"chat_id": anna.id, "text": "я" * 4000}
        async with session.post(f"{url}/bot{server.token}/sendMessage", json=big) as response:
            assert response.status == 200
        await anna.sends_file(b"x" * 100_000, "большой.bin")
