"""The world of the scenes: a pocket Telegram, the real service beside it over HTTP, the school's office, people.

    async with world_of(sqlite_url, tmp_path) as world:
        await world.opens_service()
        teacher = await world.lets_in("Вишневская Галина Павловна")
        await world.clock_shows("10:31")
        await teacher.taps("Посещаемость")

The base is empty, or `founded`: a copy of one in which the school of data/ stands. The clock stands still until a scene
moves it, so windows of seconds and minutes pass at once and letters read the same on any machine. Commands of the
office are real processes beside the running service.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, update

from bot.app import App, build
from bot.sandbox.client import Message, Sandbox
from bot.sandbox.client import Person as Phone
from bot.sandbox.server import SandboxServer
from bot.sandbox.times import Jump
from bot.settings import Settings
from services.clock import StoppedClock, machine_now
from services.joining import Joining
from services.names import fold
from services.outbox import unreached
from services.outbox.limits import Limits
from storage.models.delivery import Inbox, Letter
from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.people import Consent, Guardianship, Person, Preferences, TelegramAccount
from storage.models.school import SchoolClass, Subject, Term
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories import due, inbox
from storage.repositories import joining as joining_rows
from storage.vocabulary import STAFF_ROLES, BotId, InboxState, LessonId, LessonState, LetterState, PersonId, Role
from tests.support.waiting import PATIENCE

PROJECT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
ZONE = ZoneInfo("Europe/Moscow")
MONDAY = date(2026, 9, 7)
TUESDAY = date(2026, 9, 8)
BOT = BotId(500600700)
TOKEN = f"{BOT}:the-scenes"
KEY = "a key of the scenes, known to their commands too"
YES = "Да, всё верно"
JOURNAL = (LessonRecord, Attendance, LessonWork, Mark, Guardianship, TelegramAccount, Consent, Preferences)
PAPERS = ("--application", "№ 77 от 31.08.2026", "--consent", "2026-08-31")


def at(hour: str, day: date = TUESDAY) -> datetime:
    """A moment of a school day, «10:30» in Moscow, as aware UTC."""
    return datetime.combine(day, time.fromisoformat(hour), ZONE).astimezone(UTC)


@dataclass(frozen=True)
class Slip:
    """Somebody's way in."""

    link: str
    code: str


class CommandFailed(AssertionError):
    """A command of the office ended with an error; its words."""


@dataclass
class SchoolTime:
    """The school's clock as the sandbox shows and moves it."""

    world: "World"
    zone: str = ZONE.key

    def now(self) -> datetime:
        """The moment, in the school's zone."""
        return self.world.clock.now().astimezone(ZONE)

    def jumps(self) -> list[Jump]:
        """None: scenes name their moments."""
        return []

    async def advance(self, seconds: float) -> None:
        """Move forward."""
        await self.world.passes(seconds)

    async def set(self, moment: datetime) -> None:
        """Move to a moment."""
        self.world.clock.set(moment)
        await self.world.ticks()

    async def jump(self, jump_id: str) -> None:
        """There are no jumps."""
        raise KeyError(jump_id)


@dataclass
class World:
    """Everything a scene needs. `webhook`: how the service gets its updates; `mail_port`: of a mail server, if any."""

    database_url: str
    folder: Path
    webhook: bool = False
    mail_port: int | None = None
    limits: Limits = field(default_factory=Limits.off)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(at("16:00", MONDAY)))
    server: SandboxServer = field(init=False)
    telegram: Sandbox = field(init=False)
    app: App | None = field(default=None, init=False)
    phones: dict[str, Phone] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.server = SandboxServer(
            TOKEN, username="zvonok_bot", name="Звонок", clock=SchoolTime(self), webhook_retry=0.05
        )

    # The service

    @property
    def settings(self) -> Settings:
        """The service's settings; nothing of this machine's own `.env` gets in."""
        port = free_port() if self.webhook else 0
        return Settings(
            _env_file=None,
            bot_token=TOKEN,
            bot_api_base=self.server.url,
            database_url=self.database_url,
            data_dir=self.folder,
            http_port=port,
            webhook_url=f"http://127.0.0.1:{port}" if self.webhook else None,
            secret_key=KEY,
            log_level="WARNING",
            **self._mail,
        )

    @property
    def _mail(self) -> dict[str, Any]:
        if self.mail_port is None:
            return {}
        public = "https://school.example.org"
        return {
            "smtp_url": f"smtp://127.0.0.1:{self.mail_port}",
            "mail_from": "school@example.org",
            "public_url": public,
        }

    async def opens_service(self) -> None:
        """Start the service; returns when it serves the bot."""
        assert self.app is None, "it runs already"
        self.app = build(self.settings, clock=self.clock, limits=self.limits)
        await self.app.start()
        await asyncio.wait_for(self.app.runtime.owns.wait(), PATIENCE)

    async def closes_service(self) -> None:
        """Stop the service as SIGTERM does."""
        if self.app is not None:
            app, self.app = self.app, None
            await app.stop()

    async def restarts_service(self) -> None:
        """Stop it and start another on the same base."""
        await self.closes_service()
        await self.opens_service()

    # Time

    async def clock_shows(self, hour: str, day: date = TUESDAY) -> None:
        """Move the school's clock to a moment; what fell due is done when this returns."""
        self.clock.set(at(hour, day))
        await self.ticks()

    async def passes(self, seconds: float) -> None:
        """Move the school's clock forward; what fell due is done when this returns."""
        self.clock.advance(timedelta(seconds=seconds))
        await self.ticks()

    async def ticks(self) -> None:
        """Let the service see the time: ticks run, and every letter that is due has gone."""
        self.server.clock_changed()
        if self.app is not None:
            await self.app.runtime.tick_now()
            await self.rests()

    async def rests(self) -> None:
        """Wait until every update is handled and nothing that is due waits or is on its way, then see it all."""
        assert self.app is not None
        await self.telegram.drained()
        async with asyncio.timeout(PATIENCE):
            while await self._busy():
                # A second letter of a chat would else wait for the postman's next look, a second of real time.
                self.app.runtime.postman.wake()
                await asyncio.sleep(0.02)
        await self.telegram.state()  # the phones show everything up to this answer

    async def _busy(self) -> bool:
        """Whether an update isn't handled, an edit or a letter could go now, or the fate of one is open."""
        assert self.app is not None
        open_letters = select(func.count()).where(Letter.state.in_([LetterState.SENDING, LetterState.UNKNOWN]))
        async with self.app.storage.reading() as uow:
            waits = bool(
                await inbox.new_seqs(uow, BOT, 1)
                or await due.oldest_due(uow, BOT, self.clock.now())
                or (await uow.execute(open_letters)).scalar_one()
            )
        # An update is marked before its screen goes out: that is a lane's, or an edit's, and none of the base's.
        return waits or not self.app.runtime.lanes.idle or bool(self.app.runtime.edits.under_way)

    async def failures(self) -> list[str]:
        """Updates that ended in an error of ours: none, ever."""
        assert self.app is not None
        dead = select(Inbox.payload).where(Inbox.state == InboxState.DEAD)
        async with self.app.storage.reading() as uow:
            return [str(row.payload) for row in await uow.execute(dead)]

    async def losses(self) -> list[unreached.Loss]:
        """The proof of delivery: news that reached neither its recipient nor the list of the unreached."""
        assert self.app is not None
        async with self.app.storage.reading() as uow:
            return await unreached.lost(uow, self.clock.now(), machine_now())

    # The office

    async def zvonok(self, *words: str) -> str:
        """Run `./zvonok WORDS` beside the service; what it printed. Raises CommandFailed."""
        # A setting that is empty here is absent there, whatever this machine's own `.env` says.
        own = {name.upper(): "" for name in Settings.model_fields}
        environment = {
            **os.environ,
            **own,
            "BOT_TOKEN": TOKEN,
            "BOT_API_BASE": self.server.url,
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": KEY,
            "ZVONOK_NOW": self.clock.now().isoformat(),
            "LOG_LEVEL": "WARNING",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=PROJECT,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode:
            raise CommandFailed(f"./zvonok {' '.join(words)}: {out.decode()}{err.decode()}")
        return out.decode()

    async def slip(self, name: str) -> Slip:
        """A slip of somebody's own, by the office that `./zvonok invite` and «Мой класс» call too."""
        assert self.app is not None
        person = await self.person_id(name)
        async with self.app.storage.reading() as uow:
            held = await joining_rows.roles(uow, person, TUESDAY)
        staff = bool(STAFF_ROLES & held)
        joining: Joining = self.app.offices["joining"]
        student = not staff and Role.STUDENT in held
        issue = joining.issue_staff if staff else joining.issue_student if student else joining.issue_family
        issued = await issue(person)
        return Slip(f"https://t.me/zvonok_bot?start={issued.token}", issued.code)

    async def person_id(self, name: str) -> PersonId:
        """The number of somebody with this full name."""
        return PersonId(await self._one(select(Person.id).where(Person.key == fold(name))))

    async def lesson(self, subject: str, class_name: str, slot: int, day: date = TUESDAY) -> LessonId:
        """The number of a lesson of a day."""
        wanted = (
            select(Lesson.id)
            .join(Subject, Subject.id == Lesson.subject_id)
            .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
            .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
            .where(Subject.name == subject, SchoolClass.name == class_name, Lesson.slot == slot, Lesson.on_date == day)
        )
        return LessonId(await self._one(wanted))

    async def cancels(self, lesson: LessonId) -> None:
        """Cancel a lesson, as the office's later screens will."""
        assert self.app is not None
        async with self.app.storage.writing() as uow:
            changed = update(Lesson).where(Lesson.id == lesson).values(state=LessonState.CANCELLED.value)
            assert await uow.write(changed) == 1

    async def closes_terms(self) -> None:
        """Close every term begun, as the deputy head does when none has a blank."""
        assert self.app is not None
        async with self.app.storage.writing() as uow:
            await uow.write(update(Term).where(Term.starts_on <= TUESDAY).values(closed_at=self.app.clock.now()))

    async def records(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything the journal and the accounts hold, to compare."""
        assert self.app is not None
        found = {}
        async with self.app.storage.reading() as uow:
            for table in JOURNAL:
                rows = await uow.execute(select(table.__table__).order_by(*table.__table__.primary_key))
                found[table.__tablename__] = [tuple(row) for row in rows]
        return found

    async def _one(self, question: Select[int]) -> int:
        assert self.app is not None
        async with self.app.storage.reading() as uow:
            found: int = (await uow.execute(question)).scalar_one()
        return found

    # People

    async def phone(self, name: str) -> Phone:
        """The phone of somebody with this full name; a new one has never seen the bot."""
        if name not in self.phones:
            last, first, *_middle = name.split()
            self.phones[name] = await self.telegram.person(first, last)
        return self.phones[name]

    async def lets_in(self, *names: str) -> list[Phone]:
        """The phones of these people, connected by the links of their slips, consent given."""
        return list(await asyncio.gather(*(self._lets_in(name) for name in names)))

    async def _lets_in(self, name: str) -> Phone:
        phone = await self.phone(name)
        await joins(phone, (await self.slip(name)).link)
        return phone

    def silent(self, since: int, *but: Phone) -> None:
        """Fails when anybody else's chat has changed since a mark()."""
        changed: dict[str, list[Message]] = {
            name: found
            for name, phone in self.phones.items()
            if phone not in but and (found := [one for one in phone.letters if one.changed > since])
        }
        assert not changed, {name: [one.text for one in found] for name, found in changed.items()}


async def joins(phone: Phone, link: str) -> None:
    """Open a slip's link and go through what it asks."""
    since = phone.mark()
    await phone.opens(link)
    screen = await phone.sees(since=since)
    if "Вы подключены" not in screen.text:
        await phone.taps(YES, then="Согласие на обработку персональных данных")
        await phone.taps("Согласен(на)", then="Готово.")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def world_of(database_url: str, folder: Path, **wishes: Any) -> AsyncIterator[World]:
    """A world on a base; at the end the service has stopped and nothing of it runs on."""
    before = asyncio.all_tasks()
    world = World(database_url, folder, **wishes)
    async with world.server.running() as url, Sandbox.connect(url) as world.telegram:
        try:
            yield world
        finally:
            await world.closes_service()
    left = {task for task in asyncio.all_tasks() - before - {asyncio.current_task()} if not task.done()}
    assert not left, f"tasks run on: {left}"
