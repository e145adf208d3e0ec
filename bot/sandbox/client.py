"""People for tests: they type, tap by visible text, block and forward, and see what their phone shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import aiohttp

from bot.sandbox.oracle import Ledger, Letter, TapSeen, read_ledger
from bot.sandbox.phone import TIMEOUT, Person
from bot.sandbox.seen import (
    Answer,
    Button,
    Document,
    Group,
    Json,
    Message,
    NoSuchButton,
    NotSeen,
    SandboxError,
    read_group,
)
from bot.sandbox.tasks import Tasks

__all__ = [
    "Answer",
    "Button",
    "Document",
    "Group",
    "Ledger",
    "Letter",
    "Message",
    "NoSuchButton",
    "NotSeen",
    "Person",
    "Sandbox",
    "SandboxError",
    "TapSeen",
]

T = TypeVar("T")

SEQ_HEADER = "X-Sandbox-Seq"
_LINE_LIMIT = 1 << 22


class Sandbox:
    """A connection to a sandbox; keeps the phones of its people up to date by the stream of events."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url.rstrip("/")
        self._session = session
        self._people: dict[int, Person] = {}
        self._changed = asyncio.Condition()
        self._broken: BaseException | None = None
        self.seq = 0

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str) -> AsyncIterator[Sandbox]:
        """Connect to the sandbox at `url` for the length of a block."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT)
        connector = aiohttp.TCPConnector(limit=0)  # a hundred people may wait for answers at once
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, read_bufsize=_LINE_LIMIT) as session:
            telegram = cls(url, session)
            telegram.seq = (await telegram.request("GET", "/sandbox/state", sync=False))["seq"]
            tasks = Tasks()
            tasks.spawn(telegram._listen(), "sandbox client")
            try:
                yield telegram
            finally:
                await tasks.stop()

    # People

    async def person(self, first_name: str, last_name: str | None = None, **fields: Any) -> Person:
        """A new person; `id`, `username`, `label`, `language_code` if wanted. A known `id`: that one, renamed."""
        body = {"first_name": first_name, "last_name": last_name, **fields}
        return await self._join(await self.post("/sandbox/people", body))

    async def people(self) -> list[Person]:
        """Everybody there."""
        state = await self.state()
        return [self._people.get(raw["id"]) or await self._join(raw) for raw in state["people"]]

    async def find(self, who: str | int) -> Person:
        """Somebody by id, label, or part of the name."""
        state = await self.state()
        for raw in state["people"]:
            name = f"{raw['first_name']} {raw['last_name'] or ''}"
            if who in (raw["id"], raw["label"]) or (isinstance(who, str) and who in name):
                return self._people.get(raw["id"]) or await self._join(raw)
        raise LookupError(f"Nobody here is «{who}».")

    async def _join(self, raw: Json) -> Person:
        name = " ".join(part for part in (raw["first_name"], raw["last_name"]) if part)
        person = self._people.get(raw["id"]) or Person(self, raw["id"], name)
        person.blocked, person.unread = raw["blocked"], raw["unread"]
        chat = await self.request("GET", f"/sandbox/people/{person.id}/messages")
        person._load(chat)
        self._people[person.id] = person
        return person

    # Groups

    async def group(self, title: str, *members: Person) -> Group:
        """A new group into which its first member brings the bot."""
        body = {"title": title, "members": [member.id for member in members]}
        return read_group(await self.post("/sandbox/groups", body))

    async def look(self, group: Group) -> Group:
        """The group as it is now."""
        return read_group(await self.request("GET", f"/sandbox/groups/{group.id}"))

    async def in_group(self, group: Group, act: str, person: Person | None = None, text: str | None = None) -> Json:
        """`send` a text by a member, `migrate` to a supergroup (answers with it), `kick` or `invite` the bot."""
        body = {"person": person.id if person else None, "text": text}
        return await self.post(f"/sandbox/groups/{group.id}/{act}", body)

    # Oracles and levers

    async def state(self) -> Json:
        """GET /sandbox/state."""
        return await self.request("GET", "/sandbox/state")

    async def catches_up(self) -> None:
        """Wait until the phones show everything that has happened up to now."""
        await self.request("GET", "/sandbox/limits")

    async def calls(self, method: str | None = None, chat: int | None = None, after: int = 0) -> list[Json]:
        """What the bot called, oldest first (docs/sandbox.md, Call)."""
        query = {"method": method, "chat": chat, "after": after}
        given = {key: str(value) for key, value in query.items() if value not in (None, 0)}
        result: list[Json] = (await self.request("GET", "/sandbox/log", params=given))["calls"]
        return result

    async def pending_updates(self) -> int:
        """How many updates the bot hasn't confirmed yet."""
        return int((await self.request("GET", "/sandbox/updates"))["pending"])

    async def drained(self, timeout: float = TIMEOUT) -> None:
        """Wait until the bot has confirmed every update."""
        async with asyncio.timeout(timeout):
            while True:
                asked_at = self.seq
                if not await self.pending_updates():
                    return
                await self._catch_up(asked_at + 1)

    async def inject(self, update: Json) -> int | None:
        """Put a raw update before the bot; its id."""
        result: int | None = (await self.post("/sandbox/updates", update))["update_id"]
        return result

    async def fault(
        self,
        method: str,
        kind: str,
        *,
        count: int | None = None,
        seconds: float | None = None,
        chat: int | None = None,
        code: int | None = None,
    ) -> None:
        """Order a fault for the next `count` calls of `method` («*»: any), or updates of that type.

        Kinds of calls: before, after, error_before, error_after, html_before, html_after, hang, hang_after, late,
        garbage, delay, flood; of updates: twice, resend, jump (docs/sandbox.md).
        """
        wish = {"method": method, "kind": kind, "count": count, "seconds": seconds, "chat": chat, "code": code}
        await self.post("/sandbox/faults", {key: value for key, value in wish.items() if value is not None})

    async def chance(self, rate: float = 0.05, *, seed: int = 0, **more: Any) -> None:
        """Let calls meet faults by chance, the same ones for the same seed; `more`: kinds, methods, update_rate, …"""
        await self.post("/sandbox/faults/mix", {"rate": rate, "seed": seed, **more})

    async def faults(self) -> Json:
        """GET /sandbox/faults: what is ordered, the mix, and how often each kind has happened."""
        return await self.request("GET", "/sandbox/faults")

    async def limit(self, **limits: float) -> None:
        """Telegram's limits for the bot, or others: bot_per_second, chat_per_second, group_per_minute, …"""
        await self.post("/sandbox/limits", limits)

    async def lift_limits(self) -> None:
        """The bot may write as fast as it likes."""
        await self.request("DELETE", "/sandbox/limits")

    async def ledger(self, after: int = 0, chat: int | None = None) -> Ledger:
        """What was received when, by everybody or in one chat."""
        query = {"after": str(after)} | ({"chat": str(chat)} if chat is not None else {})
        return read_ledger(await self.request("GET", "/sandbox/ledger", params=query))

    async def clear_ledger(self) -> None:
        """Begin the ledger anew."""
        await self.request("DELETE", "/sandbox/ledger")

    async def clear_faults(self) -> None:
        """No more faults."""
        await self.request("DELETE", "/sandbox/faults")

    async def advance(self, seconds: float) -> Json:
        """Move the host's clock forward."""
        return await self.post("/sandbox/clock", {"advance_seconds": seconds})

    async def jump(self, jump_id: str) -> Json:
        """Move the host's clock to one of its jumps."""
        return await self.post("/sandbox/clock", {"jump": jump_id})

    async def set_clock(self, moment: datetime) -> Json:
        """Move the host's clock to an aware moment."""
        return await self.post("/sandbox/clock", {"set": moment.isoformat()})

    async def reset(self) -> None:
        """Forget everybody and everything."""
        await self.post("/sandbox/reset", {})
        self._people.clear()

    # Waiting

    async def wait_for(
        self,
        find: Callable[[], T | None],
        timeout: float,
        sentence: Callable[[], str],
        person: Person | None = None,
        error: type[AssertionError] = NotSeen,
    ) -> T:
        """What `find` gives once it isn't None, asked after every event; `error` with `sentence` after `timeout`."""
        try:
            async with asyncio.timeout(timeout), self._changed:
                while (found := find()) is None:
                    await self._next_event()
                return found
        except TimeoutError:
            seen = f"\n{person.visible()}" if person else ""
            raise error(f"{sentence()}{seen}") from None

    async def _next_event(self) -> None:
        if self._broken:
            raise ConnectionError("The sandbox's stream of events broke off.") from self._broken
        await self._changed.wait()

    async def _catch_up(self, seq: int) -> None:
        """Wait until the phones show everything up to this event."""
        async with asyncio.timeout(TIMEOUT), self._changed:
            while self.seq < seq:
                await self._next_event()

    async def _listen(self) -> None:
        """Follow the events from self.seq on; any end of the stream wakes those who wait."""
        try:
            url = f"{self.url}/sandbox/events?after={self.seq}"
            async with self._session.get(url) as response:
                await self._read_events(response)
            raise ConnectionError("the stream ended")
        except (aiohttp.ClientError, ConnectionError) as error:
            async with self._changed:
                self._broken = error
                self._changed.notify_all()

    async def _read_events(self, response: aiohttp.ClientResponse) -> None:
        seq, type_ = 0, ""
        async for line in response.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                seq = int(value)
            elif name == "event":
                type_ = value
            elif name == "data":
                await self._hear(seq, type_, json.loads(value))

    async def _hear(self, seq: int, type_: str, data: Json) -> None:
        async with self._changed:
            self.seq = seq
            id_ = data["person"]["id"] if type_ == "person" else data.get("person")
            if id_ in self._people:
                self._people[id_]._hear(seq, type_, data)
            self._changed.notify_all()

    # HTTP

    async def post(self, path: str, body: Json, timeout: float = TIMEOUT) -> Json:
        """POST JSON; what the answer speaks of is visible on the phones when this returns."""
        return await self.request("POST", path, json=body, timeout=timeout)

    async def request(
        self, method: str, path: str, *, sync: bool = True, timeout: float = TIMEOUT, **kwargs: Any
    ) -> Json:
        """One request of the control API; SandboxError if refused."""
        limit = aiohttp.ClientTimeout(total=timeout + 5)
        async with self._session.request(method, self.url + path, timeout=limit, **kwargs) as response:
            body: Json = await response.json()
        if sync:
            await self._catch_up(int(response.headers[SEQ_HEADER]))
        if response.status >= 400:
            raise SandboxError(body["error"], body["detail"])
        return body

    async def get_bytes(self, path: str) -> bytes:
        """The bytes of a file."""
        async with self._session.get(self.url + path) as response:
            response.raise_for_status()
            return await response.read()
