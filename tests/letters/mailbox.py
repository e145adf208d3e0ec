"""Teachers at work and everybody's mailbox: letters composed, claimed and taken as sent, without a network."""

from dataclasses import dataclass, field
from typing import Any

from bot.app import make_offices
from bot.settings import Settings
from handlers.letters import TelegramLetters
from handlers.staff_letters import staff_letters
from services.attendance import Attendance
from services.channels.mail_letters import MailLetters
from services.clock import machine_now
from services.letters.digest import EveningDigest
from services.marks import Marks
from services.outbox.ready import Readiness
from services.records import Records
from storage.repositories import letters
from storage.repositories.due import place_of
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, Channel, DraftPurpose, LessonId, LetterState, PersonId, WorkId, WorkKind
from tests.school import BOT, TODAY, Cast, at


@dataclass
class Received:
    """A letter in somebody's chat."""

    text: str
    buttons: list[str]
    payload: dict[str, Any]


@dataclass
class Mailbox:
    """The school's teachers as short commands, and `brings()`: what is due by now, by person."""

    storage: Storage
    cast: Cast
    epoch: int = 1
    _works: dict[tuple[int, WorkKind], WorkId] = field(default_factory=dict)
    _revs: dict[tuple[object, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock = self.cast.clock
        self.marks, self.attendance = Marks(self.storage, clock), Attendance(self.storage, clock)
        self.records, self.digest = Records(self.storage, clock), EveningDigest(self.storage)
        settings = Settings(_env_file=None, secret_key="a key of the mailbox")
        composer = TelegramLetters(staff_letters(make_offices(settings, self.storage, clock)))
        self.readiness = Readiness(self.storage, clock, composer, BOT)
        self.mail_readiness = Readiness(self.storage, clock, MailLetters(), BOT, Channel.EMAIL)

    def clock_shows(self, hour: str, day: Any = TODAY) -> None:
        self.cast.clock.set(at(hour, day))

    async def marks_(
        self, student: PersonId, value: str | None, kind: WorkKind, lesson: LessonId, teacher: PersonId
    ) -> None:
        actor = self.cast.actor(teacher)
        if (lesson, kind) not in self._works:
            self._works[lesson, kind] = (await self.marks.add_work(actor, lesson, kind, 1)).work.id
        work = self._works[lesson, kind]
        seen = self._revs.get((work, student), 0)
        self._revs[work, student] = (await self.marks.put(actor, work, student, value, seen)).rev

    async def says(
        self, student: PersonId, code: AttendanceCode, lesson: LessonId, teacher: PersonId, *, done: bool = True
    ) -> None:
        actor = self.cast.actor(teacher)
        seen = self._revs.get((lesson, student), 0)
        self._revs[lesson, student] = (await self.attendance.put(actor, lesson, student, code, seen)).rev
        if done:
            await self.attendance.confirm(actor, lesson, self._revs.get((lesson, "attendance"), 0))
            self._revs[lesson, "attendance"] = 1

    async def gives(self, text: str, lesson: LessonId, teacher: PersonId) -> None:
        actor = self.cast.actor(teacher)
        await self.records.choose_homework(actor, lesson)
        await self.records.put_typed(actor, DraftPurpose.HOMEWORK, text)

    async def evening(self) -> None:
        """The evening letters' tick."""
        await self.digest(self.cast.clock.now())

    async def brings(self) -> dict[int, list[Received]]:
        """Send everything that is due; what everybody got, by person."""
        return await self._carried(self.readiness, Channel.TELEGRAM)

    async def mails(self) -> dict[int, list[Received]]:
        """Mail everything that is due; what came to every mailbox, by contact."""
        return await self._carried(self.mail_readiness, Channel.EMAIL)

    async def _carried(self, readiness: Readiness, channel: Channel) -> dict[int, list[Received]]:
        got: dict[int, list[Received]] = {}
        for second in range(100):
            readiness.clear()
            await readiness.look(second * 10.0, ())
            batch = {one.address: one for one in reversed(readiness.in_order())}
            async with self.storage.writing() as uow:
                if readiness.empty:
                    await letters.cancel_untold(uow, readiness.empty)
                if readiness.put_off:
                    await letters.put_off(uow, readiness.put_off)
                if batch:
                    claims = [
                        letters.Claim(one.address, one.method, one.payload, one.target_letter_id, one.items, one.today)
                        for one in batch.values()
                    ]
                    now, machine = self.cast.clock.now(), machine_now()
                    ids = await letters.freeze(uow, BOT, self.epoch, claims, now, machine, channel)
                    for one in batch.values():
                        if one.address not in ids:
                            await letters.cancel_without_right(uow, [item for item, _ in one.items], one.today)
                    sent = [letters.Settled(id_, LetterState.SENT, "ok", str(id_)) for id_ in ids.values()]
                    if sent:
                        await letters.settle(uow, sent, machine)
                    for address in ids:
                        payload = batch[address].payload
                        buttons = [button["label"] for row in payload.get("rows", ()) for button in row]
                        got.setdefault(place_of(address), []).append(Received(payload["text"], buttons, payload))
            if not batch:
                return got
        raise AssertionError("letters without end")

    async def texts(self) -> dict[int, list[str]]:
        """What `brings`, texts only."""
        return {person: [one.text for one in got] for person, got in (await self.brings()).items()}
