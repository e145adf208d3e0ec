"""The evening: letters for 40,000 guardians composed in one process, how fast and in how much memory.

Every child was marked twice today and has six lessons tomorrow, three of them with homework given today, so that a
letter joins six items. The tick puts the evening's own items; then the postman's `Readiness` composes what is due, look
after look, as in the service. Between the looks the letters are marked told in bulk, which isn't counted: claiming
and sending are the letters' bench.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from bench.place import Place, opened
from bench.school import BOT_ID, NOW, TODAY, Roll, add, fill, settled
from bench.sizes import Sizes
from bench.subject import running
from bench.table import Row, against, judged
from bot import loop
from services.letters.digest import EveningDigest
from storage.models.delivery import Item
from storage.models.journal import LessonRecord
from storage.models.school import Subject
from storage.models.timetable import Lesson, LessonAudience
from storage.uow import Storage

EVENING = NOW.replace(hour=15, minute=30)  # 18:30 in Moscow
RATE_TARGET, MEMORY_TARGET = 1_000, 1.1
SUBJECTS = range(1, 7)
WITH_HOMEWORK = (2, 3, 4)
TOLD = text("UPDATE item SET state = 'told' WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


async def measure(place: Place, sizes: Sizes) -> list[Row]:
    """Letters composed a second, and what the process holds at a tenth and at the end."""
    roll = Roll(-(-sizes.evening_guardians // 30), mode="digest")
    with tempfile.TemporaryDirectory() as folder, place.base() as url:
        storage = await opened(url)
        await fill(storage, roll)
        await _news(storage, roll)
        begun = time.perf_counter()
        await EveningDigest(storage)(EVENING)
        tick = time.perf_counter() - begun
        await settled(storage)
        await storage.close()
        async with running(["-m", "bench.evening", folder, str(roll.families), url], folder, talks=True) as composer:
            found = json.loads(await composer.says())
    if found["letters"] != roll.families:
        raise RuntimeError(f"{found['letters']} letters for {roll.families} guardians")
    return [
        Row(f"evening: the tick's items, {place.name}", roll.families / tick, "items/s"),
        judged(f"evening: composing for {roll.families:,}, {place.name}", found["rate"], "letters/s", "≥", RATE_TARGET),
        against(
            f"evening: memory at the end, at a tenth, {place.name}",
            found["memory_at_end"] / 1e6,
            "MB",
            found["memory_at_tenth"] / 1e6,
            "≤",
            MEMORY_TARGET,
        ),
    ]


async def _news(storage: Storage, roll: Roll) -> None:
    """Today's lessons with homework, tomorrow's, and what waits for the evening."""
    names = ({"id": one, "school_id": 1, "name": f"Предмет {one}", "key": f"предмет {one}"} for one in SUBJECTS[1:])
    await add(storage, Subject, names)
    for model, rows in (
        (Lesson, _lessons(roll)),
        (LessonAudience, ({"lesson_id": one["id"], "class_id": one["room"]} for one in _lessons(roll))),
        (LessonRecord, _homework(roll)),
        (Item, _items(roll)),
    ):
        await add(storage, model, rows)


def _lesson_id(roll: Roll, school_class: int, day: int, subject: int) -> int:
    return roll.teachers * (day * len(SUBJECTS) + subject) + school_class


def _lessons(roll: Roll) -> Iterator[dict[str, Any]]:
    for day in (0, 1):
        for subject in SUBJECTS:
            for school_class in roll.teacher_ids:
                starts_at = NOW.replace(minute=0) + timedelta(days=day, hours=subject - 3)
                yield {
                    "id": _lesson_id(roll, school_class, day, subject),
                    "school_id": 1,
                    "year_id": 1,
                    "subject_id": subject,
                    "on_date": TODAY + timedelta(days=day),
                    "slot": subject,
                    "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(minutes=45),
                    "room": str(school_class),
                }


def _homework(roll: Roll) -> Iterator[dict[str, Any]]:
    for subject in WITH_HOMEWORK:
        for one in roll.teacher_ids:
            yield {
                "lesson_id": _lesson_id(roll, one, 0, subject),
                "part": "homework",
                "rev": 1,
                "value": "§ 12, № 145–148, правило наизусть",
                "author_id": one,
                "entered_at": NOW,
            }


def _items(roll: Roll) -> Iterator[dict[str, Any]]:
    for guardian in roll.guardian_ids:
        student = roll.student_of(guardian)
        school_class = roll.class_of(student)
        item = {
            "school_id": 1,
            "bot_id": BOT_ID,
            "recipient_id": guardian,
            "student_id": student,
            "work_id": None,
            "bundle": "digest",
            "priority": 4,
            "created_at": NOW,
            "due_at": EVENING,
            "cap_at": EVENING,
            "expires_at": EVENING + timedelta(hours=13),
            "state": "waiting",
        }
        for number, value in ((1, "5"), (2, "4")):
            key = f"mark:{school_class}.{number}:{student}"
            marked = {"kind": "mark", "lesson_id": school_class, "work_id": school_class}
            yield item | marked | {"collapse_key": key, "value": value}
        for subject in WITH_HOMEWORK:
            lesson = _lesson_id(roll, school_class, 0, subject)
            key = f"homework:{lesson}:{student}"
            yield item | {"kind": "homework", "lesson_id": lesson, "collapse_key": key, "value": "§ 12, № 145–148"}


# In a process of its own


async def compose(folder: str, letters: int, url: str) -> dict[str, float]:
    """Compose everything that is due; seconds are of the looks alone."""
    from bench.product import settings_of
    from bot.app import make_offices
    from bot.memory import leave_alone_what_stays
    from handlers.letters import TelegramLetters
    from handlers.staff_letters import staff_letters
    from services.clock import ShiftedClock
    from services.outbox.ready import Readiness
    from storage.vocabulary import BotId

    storage, clock = Storage(url), ShiftedClock(EVENING + timedelta(seconds=1))
    offices = make_offices(settings_of("http://127.0.0.1:9", url, folder, 0), storage, clock)
    ready = Readiness(storage, clock, TelegramLetters(staff_letters(offices)), BotId(BOT_ID))
    leave_alone_what_stays()
    done, spent, at_tenth = 0, 0.0, 0
    while True:
        begun = time.perf_counter()
        await ready.look(asyncio.get_running_loop().time(), ())
        spent += time.perf_counter() - begun
        composed = ready.in_order()
        if not composed:
            break
        done += len(composed)
        at_tenth = at_tenth or (memory() if done >= letters / 10 else 0)
        await _tell(storage, [item for one in composed for item, _ in one.items])
        ready.take(list(composed))
    await storage.close()
    return {"letters": done, "rate": done / spent, "memory_at_tenth": at_tenth, "memory_at_end": memory()}


async def _tell(storage: Storage, items: Sequence[int]) -> None:
    for start in range(0, len(items), 500):
        async with storage.writing() as uow:
            await uow.execute(TOLD, {"ids": list(items[start : start + 500])})


def memory(pid: int | None = None, field: str = "VmRSS") -> int:
    """What a process holds in memory (`VmHWM`: held at most), bytes."""
    status = Path(f"/proc/{pid or os.getpid()}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) * 1024


if __name__ == "__main__":
    where, count, base = sys.argv[1:]
    print(json.dumps(loop.run(compose(where, int(count), base))), flush=True)
