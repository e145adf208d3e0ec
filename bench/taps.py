"""Taps: fifty teachers mark their classes through the webhook, each tapping again when the last tap was answered."""

import asyncio
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from bench.api import SECRET, TOKEN, Api, serving
from bench.school import STUDENTS, TEACHER_USERS, fill, lesson_of, student_of
from bench.table import Row, against, below
from handlers.callbacks.marks import PutMark
from storage.engine import open_engines
from storage.schema import migrate
from storage.uow import Storage

TEACHERS = 50
WARM_UP, TAPS = 200, 1_000
BOT_ID = 42
MARKS = ("5", "4", "3", "2")
RATE_TARGET, P99_TARGET_MS = 0.5, 250.0


async def measure(database: str | None) -> list[Row]:
    """Taps/s of the product and of the bare handler, then the product's p99 at half of its maximum."""
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/bench.db"
        storage = Storage(url)
        await migrate(storage)
        await fill(storage, BOT_ID, TEACHERS)
        await storage.close()
        async with serving() as api:
            async with _subject(["-m", "bench.product", "taps", api.url, url], folder) as hook:
                await _flat_out(api, hook, _marks(), WARM_UP)
                product = await _flat_out(api, hook, _marks(WARM_UP), TAPS)
                p99 = await _steady(api, hook, _marks(WARM_UP + TAPS), product / 2, TAPS // 2)
            await _bare_table(url)
            async with _subject(["-m", "bench.baselines.bare_tap", api.url, TOKEN, url], folder) as hook:
                await _flat_out(api, hook, _marks(), WARM_UP)
                bare = await _flat_out(api, hook, _marks(WARM_UP), TAPS)
    return [
        against("taps", product, "taps/s", bare, RATE_TARGET),
        below("tap to answer, half rate, p99", p99, "ms", P99_TARGET_MS),
    ]


async def _bare_table(url: str) -> None:
    writer, reader = open_engines(url)
    async with writer.begin() as connection:
        await connection.execute(text("CREATE TABLE bare_tap (who BIGINT, data TEXT)"))
    await writer.dispose()
    await reader.dispose()


@asynccontextmanager
async def _subject(words: list[str], folder: str) -> AsyncIterator[str]:
    """A process that takes taps; its webhook's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = Path(folder, "subject.log")
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(sys.executable, *words, str(port), stdout=out, stderr=out)
        try:
            await _answers(port, process, log)
            yield f"http://127.0.0.1:{port}/webhook"
        finally:
            process.terminate()
            await process.wait()


async def _answers(port: int, process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(60):
        while True:
            if process.returncode is not None:
                raise RuntimeError(log.read_text(errors="replace"))
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def _marks(start: int = 0) -> "Marks":
    return Marks(start)


class Marks:
    """The next tap of each teacher: through the class, then through the class again with another mark."""

    ids = count(1)

    def __init__(self, done: int) -> None:
        self._next = [done // TEACHERS] * TEACHERS

    def tap(self, teacher: int) -> dict[str, Any]:
        """An update as Telegram would send it."""
        number = self._next[teacher - 1]
        self._next[teacher - 1] += 1
        turn, seat = divmod(number, STUDENTS)
        button = PutMark(
            work=lesson_of(teacher),
            student=student_of(teacher, seat, TEACHERS),
            value=MARKS[turn % len(MARKS)],
            seen=turn,
            page=0,
        )
        user = {"id": TEACHER_USERS + teacher, "is_bot": False, "first_name": "Bench"}
        chat = {"id": user["id"], "type": "private", "first_name": "Bench"}
        update_id = next(self.ids)
        query = {
            "id": str(update_id),
            "from": user,
            "chat_instance": "1",
            "data": button.pack(),
            "message": {"message_id": 1, "date": 1, "chat": chat, "text": "x"},
        }
        return {"update_id": update_id, "callback_query": query}


async def _flat_out(api: Api, hook: str, marks: Marks, taps: int) -> float:
    """Every teacher taps as soon as the last tap was answered; taps/s."""
    left = iter(range(taps))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def teach(teacher: int) -> None:
            for _ in left:
                await _tap(api, session, hook, marks.tap(teacher))

        begun = time.perf_counter()
        await asyncio.gather(*(teach(teacher) for teacher in range(1, TEACHERS + 1)))
    return taps / (time.perf_counter() - begun)


async def _steady(api: Api, hook: str, marks: Marks, rate: float, taps: int) -> float:
    """Taps at a steady rate, whoever is next; the 99th percentile of tap to answer, ms."""
    took: list[float] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(number: int, at: float) -> None:
            await asyncio.sleep(max(at - time.perf_counter(), 0.0))
            took.append(await _tap(api, session, hook, marks.tap(number % TEACHERS + 1)) * 1000)

        begun = time.perf_counter()
        await asyncio.gather(*(one(number, begun + number / rate) for number in range(taps)))
    return statistics.quantiles(took, n=100)[98]


async def _tap(api: Api, session: aiohttp.ClientSession, hook: str, update: dict[str, Any]) -> float:
    """Send a tap and wait for its answer; seconds."""
    query_id = update["callback_query"]["id"]
    waiter = api.answered[query_id] = asyncio.get_running_loop().create_future()
    begun = time.perf_counter()
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with session.post(hook, json=update, headers=headers) as response:
        if response.status != 200:
            raise RuntimeError(f"the webhook answered {response.status}")
    async with asyncio.timeout(60):
        ended: float = await waiter
    del api.answered[query_id]
    return ended - begun
