"""Letters: how fast the postman empties a full outbox when the messenger takes 10 ms, eight letters on the wire."""

import tempfile
import time
from datetime import timedelta
from itertools import count

from bench.api import TOKEN, Api, serving
from bench.place import Place, opened
from bench.school import BOT_ID, NOW, Roll, fill
from bench.sizes import Sizes
from bench.subject import Subject, running
from bench.table import Row, against, middle
from services.outbox import items
from services.outbox.items import Fact
from services.outbox.postman import WIDTH
from storage.uow import Storage
from storage.vocabulary import BotId, ItemKind, LessonId, PersonId, SchoolId, WorkId

DELAY = 0.010
TARGET = 0.8
_outboxes = count(1)


async def measure(place: Place, sizes: Sizes) -> list[Row]:
    """Letters/s of the postman and of a bare `send_message` loop of the same width, at 10 ms and, ungated, at none."""
    roll = Roll(-(-sizes.letters // 30))
    rates: dict[float, list[tuple[float, float]]] = {DELAY: [], 0.0: []}
    with tempfile.TemporaryDirectory() as folder, place.base() as url:
        storage = await opened(url)
        await fill(storage, roll)
        bare_words = ["-m", "bench.baselines.bare_letters"]
        async with (
            serving() as api,
            running([*bare_words, api.url, TOKEN, str(sizes.letters), str(WIDTH)], folder, talks=True) as bare,
            running(["-m", "bench.product", "letters", api.url, url], folder, talks=True) as product,
        ):
            for one in (product, bare):
                await one.says()
            for _ in range(sizes.rounds):
                for api.delay, found in rates.items():
                    await full_outbox(storage, roll, sizes.letters)
                    found.append((await emptied(api, product, sizes.letters), await _looped(api, bare, sizes.letters)))
        await storage.close()
    with_delay, without = (middle(found) for found in rates.values())
    return [
        against(
            f"letters: API 10 ms, {place.name}",
            with_delay[0],
            "letters/s",
            with_delay[1],
            "≥",
            TARGET,
        ),
        against(f"letters: API 0 ms, not judged, {place.name}", without[0], "letters/s", without[1]),
    ]


async def full_outbox(storage: Storage, roll: Roll, letters: int, priority: int = 2) -> None:
    """One letter each for so many guardians falls due now."""
    number = next(_outboxes)
    facts = [_fact(roll, student, number, priority) for student in roll.student_ids[:letters]]
    for start in range(0, letters, 200):
        async with storage.writing() as uow:
            await items.put(uow, facts[start : start + 200], NOW)


def _fact(roll: Roll, student: int, number: int, priority: int) -> Fact:
    lesson = roll.class_of(student)
    return Fact(
        school_id=SchoolId(1),
        bot_id=BotId(BOT_ID),
        recipient_id=PersonId(roll.guardian(student)),
        kind=ItemKind.MARK,
        bundle=f"diary:{student}:{number}",
        collapse_key=f"mark:{lesson}:{student}:{number}",
        value="5",
        priority=priority,
        due_at=NOW,
        cap_at=NOW,
        expires_at=NOW + timedelta(days=3),
        student_id=PersonId(student),
        lesson_id=LessonId(lesson),
        work_id=WorkId(lesson),
    )


async def emptied(api: Api, product: Subject, letters: int) -> float:
    """Let the postman work until all its letters came, and rest again; letters/s."""
    api.expect(letters)
    begun = time.perf_counter()
    product.tell("go")
    await api.all_came()
    rate = letters / (api.last_sent - begun)
    product.tell("rest")
    await product.says()
    return rate


async def _looped(api: Api, bare: Subject, letters: int) -> float:
    api.expect(letters)
    begun = time.perf_counter()
    bare.tell("go")
    await api.all_came()
    await bare.says()
    return letters / (api.last_sent - begun)
