"""The smallest school there is: every word the teacher types or taps is told to the mother, once.

As a process (`serve`) it serves a bot like the real one, from the environment; `ZVONOK_TEST_MISTAKE` makes one of the
mistakes that the crash gates must notice.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiohttp import ClientTimeout
from sqlalchemy import select, update

from bot import alarms, observability, ownership, telegram
from bot.dispatcher import make_dispatcher
from bot.memory import leave_alone_what_stays
from bot.runtime import Runtime
from bot.settings import Settings
from services.actor import Actor, Visitor
from services.clock import Clock, SystemClock
from services.directory import Directory
from services.drafts import Drafts
from services.errors import SchoolError
from services.outbox import items
from services.outbox.limits import Limits
from services.outbox.outcomes import Outcome
from services.outbox.transport import Composed, DueItem, FrozenLetter, Reachable
from storage import engine, in_loop, postgresql
from storage.models.delivery import Letter
from storage.models.people import TelegramAccount
from storage.repositories import inbox, letters
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, Channel, ItemKind, LetterId, LetterState, PersonId


class Refusal(SchoolError):
    """Says no."""

    sentence = "No <b>and</b> no."


class Echo:
    """The office: tells the mother a word. Done twice it would be told twice, under two keys."""

    def __init__(self, storage: Storage, clock: Clock, mistake: str = "") -> None:
        self._storage = storage
        self._clock = clock
        self._forgets_the_mark = mistake == "effect_without_its_mark"
        self._urgent = 4 if mistake == "urgent_like_the_rest" else 0

    async def tell(self, actor: Actor, word: str) -> None:
        """One writing unit of work, as any use case."""
        now = self._clock.now()
        seq = None if self._forgets_the_mark else actor.seq
        async with self._storage.writing(seq, now=now) as uow:
            # The mother's chat stands before the teacher's own.
            own = (TelegramAccount.bot_id == actor.bot_id, TelegramAccount.chat_id == actor.user_id - 1)
            mother = (await uow.execute(select(TelegramAccount.person_id).where(*own))).scalar_one()
            await items.put(uow, [self._fact(actor, PersonId(mother), word, now)], now)

    def _fact(self, actor: Actor, mother: PersonId, word: str, now: datetime) -> items.Fact:
        key = f"echo:{uuid4().hex}"
        return items.Fact(
            school_id=actor.school_id,
            bot_id=actor.bot_id,
            recipient_id=mother,
            kind=ItemKind.JOINED,
            bundle=key,
            collapse_key=key,
            value=word,
            priority=self._urgent if word.startswith("urgent") else 1,
            due_at=now,
            cap_at=now,
            expires_at=None,
        )


class Plain:
    """Writes the words as they are."""

    async def compose(self, uow: Uow, recipient: Reachable, due: Sequence[DueItem], now: datetime) -> Composed | None:
        words = ", ".join(str(one.value) for one in due)
        return Composed({"text": f"[{words}]", "rows": [], "silent": False}, tuple(one.id for one in due))


MENU = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Tap", callback_data="tapped")]])


def routers(*, slow_answers: bool = False) -> list[Router]:
    """What the teacher can do."""
    router = Router()

    @router.callback_query(F.data)
    async def tapped(query: CallbackQuery, bot: Bot, actor: Actor, echo: Echo) -> None:
        await echo.tell(actor, f"{query.data}-{query.id}")
        with contextlib.suppress(TelegramBadRequest):  # it waited too long for an answer
            await bot.answer_callback_query(query.id, text="saved")

    @router.message(F.text.startswith("/start"))
    async def started(message: Message, bot: Bot, actor: Actor | None) -> None:
        await bot.send_message(message.chat.id, "menu" if actor else "who are you?", reply_markup=MENU)

    @router.message(F.text == "refuse")
    async def refused(message: Message) -> None:
        raise Refusal

    @router.message(F.text == "break")
    async def broke(message: Message) -> None:
        raise ValueError("Иванов")

    @router.message(F.text)
    async def typed(message: Message, bot: Bot, actor: Actor, echo: Echo) -> None:
        await echo.tell(actor, str(message.text))
        if slow_answers:
            await asyncio.sleep(0.5)
        await bot.send_message(message.chat.id, f"told {message.text}")

    return [router]


async def fresh(bot: Bot, visitor: Visitor) -> None:
    """The present screen."""
    await bot.send_message(visitor.chat_id, "fresh", reply_markup=MENU)


def build(settings: Settings, storage: Storage, mistake: str = "", **more: Any) -> Runtime:
    """The service around this school."""
    clock = SystemClock()
    workflow = {
        "storage": storage,
        "clock": clock,
        "directory": Directory(storage, clock),
        "drafts": Drafts(storage, clock),
        "echo": Echo(storage, clock, mistake),
    }
    dispatcher: Dispatcher = make_dispatcher(
        workflow, fresh, routers(slow_answers=mistake == "effect_without_its_mark")
    )
    limits = Limits() if os.environ.get("ZVONOK_TEST_LIMITS") and mistake != "no_limits" else Limits.off()
    return Runtime(settings, storage, clock, dispatcher, Plain(), fresh=fresh, limits=limits, **more)


def make_mistake(runtime: Runtime, mistake: str) -> None:
    """Break the promise on purpose."""
    if mistake in MISTAKES:
        MISTAKES[mistake](runtime)


def acknowledged_before_stored(runtime: Runtime) -> None:
    """An update is confirmed first and stored later."""
    put = runtime.door.put

    async def later(updates: Sequence[Any]) -> None:
        await asyncio.sleep(0.3)
        await put(updates)

    async def at_once(updates: Sequence[Any]) -> None:
        if updates:
            runtime.tasks.spawn(later(updates), "too late")

    runtime.door.put = at_once  # type: ignore[method-assign]


def doubles_not_noticed(runtime: Runtime) -> None:
    """An update that comes again under its old number is taken for a new one."""
    store = inbox.store

    async def anew(uow: Uow, bot_id: BotId, arrivals: Sequence[inbox.Arrival], now: datetime) -> Any:
        return await store(uow, bot_id, [replace(one, update_id=uuid4().int >> 66) for one in arrivals], now)

    inbox.store = anew


def unknown_taken_for_returned(runtime: Runtime) -> None:
    """What was on the wire at a kill is taken for never sent."""

    async def forget(
        uow: Uow, bot_id: int, epoch: int, flying: Sequence[int], channel: Channel = Channel.TELEGRAM
    ) -> tuple[int, int]:
        found = await uow.execute(
            update(Letter)
            .where(Letter.state == LetterState.SENDING.value, Letter.id.not_in(flying))
            .values(state=LetterState.RETURNED.value)
            .returning(Letter.id)
        )
        await letters.give_back(uow, [row.id for row in found])
        return 0, 0

    letters.adopt = forget


def sent_before_committed(runtime: Runtime) -> None:
    """A letter goes while its claim is not committed yet; at a kill point the process dies between the two."""
    freeze, transport, passes = letters.freeze, runtime.postman._transport, 0
    gone: set[str] = set()

    async def too_early(
        uow: Uow,
        bot_id: BotId,
        epoch: int,
        claims: Sequence[letters.Claim],
        now: datetime,
        machine_now: datetime,
        channel: Channel = Channel.TELEGRAM,
    ) -> dict[str, LetterId]:
        nonlocal passes
        ids = await freeze(uow, bot_id, epoch, claims, now, machine_now, channel)
        for claim in claims:
            if claim.address in ids:
                letter = FrozenLetter(ids[claim.address], claim.address, claim.method, claim.payload, None)
                await transport.send(letter)
                gone.add(str(letter.id))
        passes += 1
        if passes == 2 and os.environ.get("ZVONOK_KILL_AT"):
            os.kill(os.getpid(), signal.SIGKILL)
        return ids

    class Sent:
        async def send(self, letter: FrozenLetter) -> Outcome:
            return Outcome(LetterState.SENT, "ok") if str(letter.id) in gone else await transport.send(letter)

    letters.freeze = too_early
    runtime.postman._transport = Sent()


def results_not_written_down(runtime: Runtime) -> None:
    """What became of a letter is forgotten."""

    async def nothing(uow: Uow, settled: Any, machine_now: datetime) -> None:
        pass

    letters.settle = nothing


def unknown_taken_for_sent(runtime: Runtime) -> None:
    """A request without an answer is taken for carried out."""
    transport = runtime.postman._transport

    class Hopeful:
        async def send(self, letter: FrozenLetter) -> Outcome:
            outcome = await transport.send(letter)
            return replace(outcome, state=LetterState.SENT) if outcome.state is LetterState.UNKNOWN else outcome

    runtime.postman._transport = Hopeful()


def lease_too_long(runtime: Runtime) -> None:
    """The lease outlives its holder by far."""
    ownership.TTL = timedelta(seconds=60)


def waits_for_company(runtime: Runtime) -> None:
    """The door lets updates wait for one another before it writes."""
    write = runtime.door._write

    async def later() -> None:
        await asyncio.sleep(3.0)
        await write()

    runtime.door._write = later  # type: ignore[method-assign]


MISTAKES: dict[str, Callable[[Runtime], None]] = {
    one.__name__: one
    for one in (
        acknowledged_before_stored,
        doubles_not_noticed,
        unknown_taken_for_returned,
        sent_before_committed,
        results_not_written_down,
        unknown_taken_for_sent,
        lease_too_long,
        waits_for_company,
    )
}


async def serve(ready: Callable[[], None]) -> None:
    """Serve until SIGTERM; say so when the bot is ours."""
    settings = Settings(_env_file=None)
    observability.set_up(settings)
    mistake = os.environ.get("ZVONOK_TEST_MISTAKE", "")
    if os.environ.get(
        "ZVONOK_TEST_PATIENCE"
    ):  # a gate of a thousand letters can't wait ten seconds for each that hangs
        seconds = float(os.environ["ZVONOK_TEST_PATIENCE"])
        telegram.TIMEOUT = ClientTimeout(total=seconds, sock_connect=seconds, sock_read=seconds)
    if os.environ.get("ZVONOK_TEST_LOCK_MS"):  # nor five seconds for each lock that another holds
        postgresql.LOCK_TIMEOUT_MS = int(os.environ["ZVONOK_TEST_LOCK_MS"])
        waits = f"PRAGMA busy_timeout={postgresql.LOCK_TIMEOUT_MS}"
        engine.SQLITE_PRAGMAS += (waits,)  # type: ignore[assignment]
        in_loop.BUSY_TIMEOUT = waits
    alarms.GATHER = 0.1
    storage = Storage(settings.database)
    runtime = build(settings, storage, mistake)
    make_mistake(runtime, mistake)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await runtime.start()
    leave_alone_what_stays()
    (settings.data_dir / "up").touch()
    await runtime.owns.wait()
    ready()
    await stopped.wait()
    await runtime.stop()
    await storage.close()
