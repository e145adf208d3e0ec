"""Letters: how fast the postman empties a full outbox when the messenger takes 10 ms, eight letters on the wire."""

import asyncio
import sys
import tempfile
import time
from datetime import timedelta

from bench.api import TOKEN, serving
from bench.school import NOW, STUDENTS, fill, lesson_of, student_of
from bench.table import Row, against
from services.outbox import items
from services.outbox.items import Fact
from storage.schema import migrate
from storage.uow import Storage
from storage.vocabulary import BotId, ItemKind, LessonId, PersonId, SchoolId, WorkId

TEACHERS = 100
LETTERS = TEACHERS * STUDENTS
WIDTH = 8
DELAY = 0.010
BOT_ID = 42
TARGET = 0.8


async def measure(database: str | None) -> list[Row]:
    """Letters/s of the postman and of a bare `send_message` loop of the same width, at 10 ms and, ungated, at none."""
    rows = []
    for delay in (DELAY, 0.0):
        with tempfile.TemporaryDirectory() as folder:
            url = database or f"sqlite:///{folder}/bench.db"
            await _full_outbox(url)
            product = await _run(["-m", "bench.product", "letters"], [url], delay)
            bare = await _run(["-m", "bench.baselines.bare_letters"], [TOKEN, str(LETTERS), str(WIDTH)], delay)
        if delay:
            rows.append(against("letters, API 10 ms", product, "letters/s", bare, TARGET))
        else:
            rows.append(Row("letters, API 0 ms (not gated)", product, "letters/s", bare, product / bare))
        if database:
            break  # a given base is filled once
    return rows


async def _full_outbox(url: str) -> None:
    storage = Storage(url)
    await migrate(storage)
    await fill(storage, BOT_ID, TEACHERS)
    for teacher in range(1, TEACHERS + 1):
        facts = [_fact(teacher, student_of(teacher, seat, TEACHERS)) for seat in range(STUDENTS)]
        async with storage.writing() as uow:
            await items.put(uow, facts, NOW)
    await storage.close()


def _fact(teacher: int, student: int) -> Fact:
    return Fact(
        school_id=SchoolId(1),
        bot_id=BotId(BOT_ID),
        recipient_id=PersonId(student + LETTERS),
        kind=ItemKind.MARK,
        bundle=f"diary:{student}",
        collapse_key=f"mark:{teacher}:{student}",
        value="5",
        priority=2,
        due_at=NOW,
        cap_at=NOW,
        expires_at=NOW + timedelta(days=3),
        student_id=PersonId(student),
        lesson_id=LessonId(lesson_of(teacher)),
        work_id=WorkId(lesson_of(teacher)),
    )


async def _run(words: list[str], rest: list[str], delay: float) -> float:
    """Start a sender, let it go when it is ready, stop when all letters arrived; letters/s."""
    async with serving(delay) as api:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, api.url, *rest, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdin is not None and process.stdout is not None
        try:
            async with asyncio.timeout(60):
                await process.stdout.readline()
            begun = time.perf_counter()
            process.stdin.write(b"go\n")
            await api.wait_for(LETTERS)
            return LETTERS / (api.last_sent - begun)
        finally:
            process.terminate()
            await process.wait()
