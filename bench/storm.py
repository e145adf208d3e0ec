"""The morning storm: at one bell 1,350 teachers of a city's schools take attendance within ten minutes, families hear.

The whole service with its own limits at an API with Telegram's, updates by webhook. Everybody opens the grid, marks who
is missing (four in a hundred of 28, by chance) and presses «Готово» or «Все присутствуют», pausing as people do; most
come in the first minutes. Every absence alarms two guardians. Meanwhile the service itself sends each teacher the
card of the lesson at the bell. Chance is seeded: each run has the same teachers, absences and pauses.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from aiogram.filters.callback_data import CallbackData
from sqlalchemy import text

from bench.api import Api, Form, serving
from bench.evening import memory
from bench.place import Place, opened
from bench.school import BELL, GUARDIAN_USERS, TEACHER_USERS, Roll, fill
from bench.sizes import Sizes
from bench.subject import free_port, running
from bench.table import Row, judged, percentile
from bench.taps import Finger, fingers, tap_of
from bot.sandbox.limits import Limits
from handlers.callbacks.lessons import ConfirmAllPresent, ConfirmAttendance, OpenAttendance, PutAttendance
from storage.vocabulary import AttendanceCode

SEATS, GUARDIANS = 28, 2
ABSENT = 0.04
WHOLE = 10.0  # minutes
LEAD = 5.0  # seconds from the service's start to the bell
LATEST = 530.0  # seconds after the bell at which the last teacher begins
QUIET = 90.0  # seconds without any letter after which no more is waited for
PATIENCE, TRIES = 150.0, 4  # an unanswered tap is sent anew after so many seconds, as the messenger's apps do
WINDOW = 15.0  # seconds that the alarms of a confirmed lesson wait for a second thought
P99_TARGET_MS = 250.0
PERCENTILES = (50, 95, 99, 100)


@dataclass
class Seen:
    """What people saw and when; moments of `time.perf_counter`, teachers and guardians by their persons."""

    bell: float = 0.0
    answers: list[float] = field(default_factory=list)  # seconds from tap to answer
    unanswered: int = 0
    screens: list[float] = field(default_factory=list)  # seconds from tap to the screen that shows it
    cards: list[float] = field(default_factory=list)  # seconds after the bell
    awaited: dict[int, list[float]] = field(default_factory=dict)  # taps whose screen is still to come
    alarms: dict[int, list[float]] = field(default_factory=dict)
    absent: dict[int, float] = field(default_factory=dict)  # students, and when they were tapped
    confirmed: dict[int, float] = field(default_factory=dict)  # classes, and when «Готово» was tapped

    def hear(self, method: str, form: Form) -> None:
        """A message or an edit came to a chat."""
        now, chat = time.perf_counter(), int(form["chat_id"])
        if chat > GUARDIAN_USERS:
            self.alarms.setdefault(chat - GUARDIAN_USERS, []).append(now)
        elif method == "sendMessage":
            self.cards.append(now - self.bell)
        else:
            self.screens += (now - at for at in self.awaited.pop(chat - TEACHER_USERS, ()))


async def measure(place: Place, sizes: Sizes) -> list[Row]:
    """Percentiles of tap to answer and of absence to alarm, and whether anything was lost, doubled or refused."""
    roll = Roll(sizes.storm_teachers, SEATS, GUARDIANS, mode="digest")
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder, place.base() as url:
        storage = await opened(url)
        await fill(storage, roll, BELL)
        async with serving() as api, fingers(api, PATIENCE) as finger:
            api.limit(Limits())
            api.heard = seen.hear
            port, begins = free_port(), BELL - timedelta(seconds=LEAD)
            words = ["-m", "bench.product", "storm", api.url, url, begins.isoformat(), str(port)]
            async with running(words, folder) as service:
                await service.listens(port)
                seen.bell = time.perf_counter() + LEAD
                hook = f"http://127.0.0.1:{port}/webhook"
                await _lessons(roll, seen, finger, hook, sizes.storm_minutes / WHOLE)
                await _all_told(api, seen)
                most = memory(service.pid, "VmHWM") / 1e6
        async with storage.reading() as uow:
            absent = int(
                (await uow.execute(text("SELECT count(*) FROM attendance WHERE code = 'absent'"))).scalar_one()
            )
            confirmed = int(
                (await uow.execute(text("SELECT count(*) FROM lesson_record WHERE part = 'attendance'"))).scalar_one()
            )
        await storage.close()
    return list(_rows(roll, seen, api, most, len(seen.absent) - absent + roll.teachers - confirmed, place, sizes))


async def _lessons(roll: Roll, seen: Seen, finger: Finger, hook: str, pressed: float) -> None:
    """Everybody's attendance. `pressed`: what all times of people are multiplied by."""
    chance = random.Random(1350)
    coming = []
    for teacher in roll.teacher_ids:
        begins = chance.gammavariate(2.0, 90.0)
        while begins > LATEST:
            begins = chance.gammavariate(2.0, 90.0)
        absent = [seat for seat in range(roll.seats) if chance.random() < ABSENT]
        pauses = [chance.uniform(1.5, 4.0) * pressed for _ in range(len(absent) + 1)]
        one = Teacher(roll, seen, finger, hook, teacher)
        coming.append(one.take(seen.bell + begins * pressed, absent, pauses))
    await asyncio.gather(*coming)


@dataclass
class Teacher:
    """One of them."""

    roll: Roll
    seen: Seen
    finger: Finger
    hook: str
    number: int

    async def take(self, at: float, absent: list[int], pauses: list[float]) -> None:
        """The attendance of the class, from a moment on."""
        await asyncio.sleep(max(at - time.perf_counter(), 0.0))
        await self._tap(OpenAttendance(lesson=self.number, page=0))
        for seat, pause in zip(absent, pauses, strict=False):
            await asyncio.sleep(pause)
            student = self.roll.student(self.number, seat)
            self.seen.absent[student] = time.perf_counter()
            await self._tap(
                PutAttendance(
                    lesson=self.number, student=student, code=AttendanceCode.ABSENT, seen=0, page=int(seat >= 16)
                )
            )
        await asyncio.sleep(pauses[-1])
        self.seen.confirmed[self.number] = time.perf_counter()
        confirm = ConfirmAttendance if absent else ConfirmAllPresent
        await self._tap(confirm(lesson=self.number, seen=0))

    async def _tap(self, button: CallbackData) -> None:
        begun = time.perf_counter()
        self.seen.awaited.setdefault(self.number, []).append(begun)
        for _ in range(TRIES):
            try:
                ended = await self.finger(self.hook, tap_of(TEACHER_USERS + self.number, button.pack()))
            except TimeoutError:
                self.seen.unanswered += 1
            else:
                self.seen.answers.append(ended - begun)
                return


async def _all_told(api: Api, seen: Seen) -> None:
    """Return when every alarm came, or none for a long while."""
    asked = time.perf_counter()
    while len(seen.alarms) < len(seen.absent) * GUARDIANS:
        if time.perf_counter() - max(api.last_sent, asked) > QUIET:
            break
        await asyncio.sleep(0.1)


def _rows(roll: Roll, seen: Seen, api: Api, most: float, lost: int, place: Place, sizes: Sizes) -> Iterator[Row]:
    bench = "storm" if sizes.storm_minutes == WHOLE else f"storm pressed into {sizes.storm_minutes:g} min"
    children = {guardian: roll.student_of(guardian) for guardian in seen.alarms}
    alarms = [at[0] - seen.absent[children[one]] for one, at in seen.alarms.items()]
    beyond = [at[0] - seen.confirmed[roll.class_of(children[one])] - WINDOW for one, at in seen.alarms.items()]
    twice = sum(len(at) - 1 for at in seen.alarms.values())
    untold = len(seen.absent) * GUARDIANS - len(seen.alarms)

    def name(what: str) -> str:
        return f"{bench}: {what}, {place.name}"

    yield Row(name("taps"), len(seen.answers), "taps")
    for share in PERCENTILES:
        value = _share(seen.answers, share) * 1000
        title = name(f"tap to answer, {_named(share)}")
        yield judged(title, value, "ms", "≤", P99_TARGET_MS) if share == 99 else Row(title, value, "ms")
    yield Row(name("tap to screen, p99"), _share(seen.screens, 99) * 1000, "ms")
    yield Row(name("alarms to families"), len(seen.alarms), "letters")
    for share in PERCENTILES:
        yield Row(name(f"absence to alarm, {_named(share)}"), _share(alarms, share), "s")
    yield Row(name("alarm beyond the 15 s after «Готово», p99"), _share(beyond, 99), "s")
    yield Row(name("last of the cards sent at the bell"), max(seen.cards, default=0.0), "s")
    yield judged(name("busiest second"), max(api.seconds.values()), "letters", "≤", Limits().bot_per_second)
    yield judged(name("told to wait (429)"), api.refused, "times", "=", 0)
    yield judged(name("taps without an answer for 150 s"), seen.unanswered, "taps", "=", 0)
    yield judged(name("lost"), lost + untold, "taps and alarms", "=", 0)
    yield judged(name("alarms sent twice"), twice, "letters", "=", 0)
    yield Row(name("memory, at most"), most, "MB")


def _share(values: list[float], share: int) -> float:
    return max(values, default=0.0) if share == 100 else percentile(values, share)


def _named(share: int) -> str:
    return "max" if share == 100 else f"p{share}"
