"""The running service: what starts when, what stops when, and whose bot it is (delivery, §3)."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError
from aiogram.types import Update
from aiohttp import web

from bot import errors, killpoints
from bot.alarms import Alarms
from bot.backups import NightlyBackup, make_audit_chain, make_backups
from bot.health import Health
from bot.intake import GroupWriter
from bot.lanes import Lanes
from bot.metrics import metrics_view
from bot.middlewares import Fresh
from bot.ownership import Ownership, OwnersReplies
from bot.polling import Poller, Refused
from bot.post import Post
from bot.prune import DoorPrune, InboxPrune, LetterPrune, ThreadPrune
from bot.replies import PacedReplies
from bot.scheduler import Metronome, Tick
from bot.serving import OncePerBase, ServeSchools
from bot.settings import Settings, bot_id_of, http_proxy
from bot.sweep import Sweep
from bot.tasks import Tasks
from bot.telegram import TelegramTransport, make_bot
from bot.watch import Watch
from bot.web.app import WEBHOOK_PATH, make_web_app
from bot.web.webhook import webhook
from services.actor import Visitor
from services.clock import Clock
from services.i18n import DEFAULT_LOCALE
from services.outbox.limits import Limits
from services.outbox.pace import Pace
from services.outbox.postman import Postman, Spawn
from services.outbox.proof import Proof
from services.outbox.transport import Composer
from storage.failures import passes
from storage.repositories import inbox
from storage.repositories.inbox import Waiting
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, InboxState

log = logging.getLogger("zvonok.runtime")

STOP_PATIENCE = 16.0  # seconds for what is being handled and what is on the wire
HANDED_OVER = 3.0  # seconds for edits and marks before the bot is released
ANSWER_WITHIN = timedelta(minutes=10)
RESTART_PAUSE = 3.0
TAKE_AGAIN = 0.2  # seconds before a bot that was lost is asked for again


class Runtime:
    """One bot's service in this process.

    `start` brings up the web side and the door; lanes, ledger and ticks start when the bot is ours, and stop together.
    `ticks` are jobs of this bot's schools, `ticks_of_the_base` are done by one of the bots that share a base.
    `fresh` sends somebody the present screen anew; `greet` sets up the bot's menu at the messenger.
    """

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        clock: Clock,
        dispatcher: Dispatcher,
        composer: Composer,
        *,
        ticks: Sequence[Tick] = (),
        ticks_of_the_base: Sequence[Tick] = (),
        fresh: Fresh | None = None,
        greet: Callable[[Bot], Awaitable[None]] | None = None,
        limits: Limits | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.settings = settings
        self._storage = storage
        self._clock = clock
        self._dispatcher = dispatcher
        self._fresh = fresh
        self._greet = greet
        self._at = killpoints.from_environment(environment, at_telegram=settings.at_telegram)
        self.bot_id = bot_id_of(settings)
        self.tasks = Tasks()
        self.edits = Tasks()
        self._pace = Pace(limits or Limits())
        self.bot = make_bot(settings)
        self._ownership = Ownership(storage, self.bot_id, settings.data_dir, self._wrote)
        self.bot.session.middleware(PacedReplies(self._pace, self.edits))
        self.bot.session.middleware(OwnersReplies(self._ownership.ensure))
        self._sender = make_bot(settings)
        self.postman = Postman(
            storage,
            clock,
            composer,
            TelegramTransport(self._sender),
            self._pace,
            bot_id=self.bot_id,
            spawn=self.tasks.spawn,
            at=self._at,
        )
        self._post = Post(self.postman)
        self.postman.still_ours = self._ownership.holds
        self.lanes = Lanes(self._handle, self._apologise, self._slow_down, self._probe, self._finish, self.tasks)
        self._sweep = Sweep(storage, self.bot_id, self.lanes)
        self.door = GroupWriter(
            storage,
            clock,
            self.bot_id,
            self._sweep.deliver,
            self.lanes.settled,
            self._at,
            self._wrote,
            self.lanes.turns_away,
        )
        backup = NightlyBackup(storage, clock, make_backups(settings), self.tasks.spawn)
        of_the_base = OncePerBase(
            storage,
            self.bot_id,
            (
                *ticks_of_the_base,
                InboxPrune(storage),
                LetterPrune(storage),
                ThreadPrune(storage),
                DoorPrune(storage),
                Proof(storage),
                make_audit_chain(settings, storage, clock),
            ),
        )
        jobs = [ServeSchools(storage, self.bot_id), *ticks, of_the_base, backup]
        self.metronome = Metronome(clock, jobs, self._ownership.holds)
        self.health = Health(settings, storage, clock, self.bot_id, self._post, self.metronome)
        self._web = make_web_app(self.health.readiness, self._webhook_view())
        self._web.router.add_get("/metrics", metrics_view(self.health.read))
        self._runner: web.AppRunner | None = None
        self._owner_task: asyncio.Task[None] | None = None
        self._alarms_task: asyncio.Task[None] | None = None
        self._watch_task: asyncio.Task[None] | None = None
        self._door_task: asyncio.Task[None] | None = None
        self.port: int | None = None
        self.owns = asyncio.Event()
        self.health.owns = self.owns.is_set
        self._alone = asyncio.Lock()  # suspects are handled one at a time: whose turn it was is known

    def add_postman(self, make: Callable[[BotId, Spawn], Postman]) -> None:
        """One more channel, before `start`: its letters are this bot's, and go while the bot is ours."""
        postman = make(self.bot_id, self.tasks.spawn)
        postman.still_ours = self._ownership.holds
        self._post.add(postman)

    def web_app(self) -> web.Application:
        """The web application, for more routes before `start`."""
        return self._web

    async def start(self) -> None:
        """Open the door. Returns when requests are answered; the bot is ours when `owns` is set."""
        self._storage.on_items = self._post.wake
        if self._at is not killpoints.nothing:
            self._storage.before_commit = self._inside_use_case
        self._door_task = self.tasks.spawn(self.door.run(), "door")
        self._runner = web.AppRunner(self._web, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.http_host, self.settings.http_port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        if self.settings.support_chat is not None:
            self._alarms_task = self.tasks.spawn(Alarms(self._sender, self.settings.support_chat).run(), "alarms")
        self._watch_task = self.tasks.spawn(Watch(self.health).run(), "watch")
        self._owner_task = self.tasks.spawn(self._own(), "owner")

    async def stop(self) -> None:
        """Stop in order: no new work, what is under way ends, the bot is released, the door closes last.

        A process that stands by takes the bot at the release, and finds in the inbox what comes in afterwards.
        """
        log.info("stopping")
        if self._owner_task is not None:
            self._owner_task.cancel()
            await asyncio.gather(self._owner_task, return_exceptions=True)
        await self.edits.finish(HANDED_OVER)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(HANDED_OVER):
                await self.door.marked()
        with contextlib.suppress(Exception):
            await self._ownership.release()
        if self._runner is not None:
            await self._runner.cleanup()
        self.door.stop()
        if self._door_task is not None:
            await asyncio.wait([self._door_task], timeout=STOP_PATIENCE)
        for task in (self._watch_task, self._alarms_task):
            if task is not None:
                task.cancel()
        await self.tasks.finish(2.0)
        await self.bot.session.close()
        await self._sender.session.close()
        log.info("stopped")

    async def tick_now(self) -> None:
        """The school's clock was moved: do at once what fell due."""
        if self.owns.is_set():
            await self.metronome.tick()
            self._post.wake()

    # The owner

    async def _own(self) -> None:
        """Wait for the bot, serve while it is ours, wait again."""
        while True:
            pause = TAKE_AGAIN
            try:
                epoch = await self._ownership.take()
                await self._serve(epoch)
            except Exception as error:
                pause = RESTART_PAUSE
                if not passes(error):
                    log.critical("alarm owner_failed", exc_info=error)
                else:
                    log.warning("owner_retry error=%s", type(error).__name__)
            await asyncio.sleep(pause)

    async def _serve(self, epoch: int) -> None:
        """Everything that only the owner does, from the lease's first moment to its last."""
        keep = self.tasks.spawn(self._ownership.keep(), "lease")
        posts = self._post.begin(self.tasks, epoch, STOP_PATIENCE)
        parts: list[asyncio.Task[None]] = []
        try:
            self.lanes.start()
            await self._replay()
            self.metronome.start()
            for work, name in (
                (self.metronome.tick(), "tick"),
                (self._sweep.run(), "sweep"),
                (self._meet(), "meet"),
            ):
                parts.append(self.tasks.spawn(work, name))
            self.owns.set()
            await asyncio.wait([keep, *posts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.owns.clear()
            self._sweep.end()
            for part in parts:
                part.cancel()
            self._post.stop()
            await asyncio.gather(
                *parts,
                self.metronome.stop(),
                self.lanes.stop(STOP_PATIENCE),
                asyncio.wait(posts, timeout=STOP_PATIENCE),
                return_exceptions=True,
            )
            for post in [*posts, keep]:  # the lease is renewed until nothing needs it
                post.cancel()

    async def _replay(self) -> None:
        """Line up what was stored and not done; send a fresh screen where an answer may have been lost."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            died = await inbox.count_replay(uow, self.bot_id)
        if died:
            log.critical("alarm updates_dead count=%d the process died of them", died)
        await self._sweep.begin()
        async with self._storage.reading() as uow:
            unanswered = await inbox.unanswered(uow, self.bot_id, now - ANSWER_WITHIN)
        for chat in unanswered:
            self.tasks.spawn(self._send_fresh(chat), f"fresh {chat.lane}")

    async def _send_fresh(self, chat: inbox.Unanswered) -> None:
        if self._fresh is not None:
            visitor = Visitor(self.bot_id, chat.lane, chat.lane, DEFAULT_LOCALE, None)
            try:
                await self._fresh(self.bot, visitor)
            except AiogramError as error:
                log.warning("fresh_failed chat=%d error=%s", chat.lane, type(error).__name__)
        for seq in chat.seqs:
            self.door.finish(seq)

    # The messenger

    async def _meet(self) -> None:
        """Tell the messenger how to bring updates, then fetch them where it doesn't."""
        while True:
            try:
                await self._announce()
                break
            except AiogramError as error:
                log.warning("announce_failed error=%s", type(error).__name__)
                await asyncio.sleep(RESTART_PAUSE)
        if self.settings.webhook_url is not None:
            return
        poller = Poller(
            self.bot.session.api.api_url(self.bot.token, ""),
            self.door.put,
            allowed_updates=self._dispatcher.resolve_used_update_types(),
            proxy=http_proxy(self.settings),
        )
        try:
            await poller.run()
        except Refused:
            log.critical("alarm token_refused bot=%d", self.bot_id)

    async def _announce(self) -> None:
        if self.settings.webhook_url is None:
            await self.bot.delete_webhook()
        else:
            await self.bot.set_webhook(
                self._webhook_address(),
                secret_token=self._webhook_secret(),
                allowed_updates=self._dispatcher.resolve_used_update_types(),
            )
        if self._greet is not None:
            await self._greet(self.bot)

    def _webhook_address(self) -> str:
        address = str(self.settings.webhook_url)
        return address if urlsplit(address).path.strip("/") else address.rstrip("/") + WEBHOOK_PATH

    def _webhook_secret(self) -> str:
        """The setting, or one made from the token, so that every process of the bot knows it."""
        if self.settings.webhook_secret is not None:
            return self.settings.webhook_secret.get_secret_value()
        return hmac.new(self.bot.token.encode(), b"webhook", hashlib.sha256).hexdigest()

    def _webhook_view(self) -> tuple[str, Callable[[web.Request], Any]] | None:
        if self.settings.webhook_url is None:
            return None
        return urlsplit(self._webhook_address()).path, webhook(self._webhook_secret(), self._put)

    async def _put(self, updates: Sequence[Any]) -> None:
        await self.door.put(updates)

    # One update

    async def _handle(self, waiting: Waiting) -> None:
        self._ownership.ensure()
        if waiting.suspect and not waiting.tried:
            async with self._alone:
                async with self._storage.writing() as uow:
                    await inbox.begin_alone(uow, waiting.seq)
                await self._feed(waiting)
        else:
            await self._feed(waiting)

    async def _feed(self, waiting: Waiting) -> None:
        update = self._update(waiting)
        with self.health.metrics.taps.time():
            await self._dispatcher.feed_update(self.bot, update, inbox_seq=waiting.seq, tried=waiting.tried)

    def _update(self, waiting: Waiting) -> Update:
        return Update.model_validate(json.loads(waiting.payload), context={"bot": self.bot})

    async def _apologise(self, waiting: Waiting) -> None:
        await self._tell(waiting, errors.SORRY)

    async def _slow_down(self, waiting: Waiting) -> None:
        await self._tell(waiting, errors.TOO_MANY)

    async def _tell(self, waiting: Waiting, sentence: str) -> None:
        try:
            update = self._update(waiting)
        except ValueError:
            return  # what can't be read has nobody to be told
        await errors.tell(self.bot, update, sentence)

    def _finish(self, seq: Any, state: InboxState = InboxState.DONE, *, answered: bool = True) -> None:
        self.door.finish(seq, state, answered=answered)

    async def _probe(self) -> None:
        async with self._storage.writing() as uow:
            await inbox.new_seqs(uow, self.bot_id, 1)

    def _wrote(self, *, done: bool) -> None:
        self.health.wrote(done=done)

    async def _inside_use_case(self, uow: Uow) -> None:
        if uow.seq is not None:
            self._at("inside_use_case")
