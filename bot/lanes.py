"""Lanes: the updates of one user in strict order, those of different users side by side (delivery, §1)."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

from bot.handling import Handling, in_hand
from bot.intake import MESSAGES
from bot.tasks import Tasks
from storage.failures import passes
from storage.repositories.inbox import Waiting
from storage.uow import AlreadyDone
from storage.vocabulary import InboxSeq, InboxState

log = logging.getLogger("zvonok.lanes")

RETRY = (0.2, 1.0, 3.0)  # seconds before an update is tried again after a failure that passes
ROUNDS = 3  # times that an update may fail like that while the base itself answers
PROBE_EVERY = 2.0
FLOOD = 100  # updates of one user that may wait
AT_ONCE = 64  # updates handled at the same moment, but for those that wait for the messenger's pace

Finish = Callable[..., None]


class Lanes:
    """Feeds updates to `handle`, one at a time for each user.

    Failures of storage and of the network to the messenger are tried again; then, for storage, all lanes pause until
    `probe` returns. Anything else is a bug: `apologise` once, the update is dead, an alarm is logged, the lane goes on.
    """

    def __init__(
        self,
        handle: Callable[[Waiting], Awaitable[None]],
        apologise: Callable[[Waiting], Awaitable[None]],
        slow_down: Callable[[Waiting], Awaitable[None]],
        probe: Callable[[], Awaitable[None]],
        finish: Finish,
        tasks: Tasks,
    ) -> None:
        self._handle = handle
        self._apologise = apologise
        self._slow_down = slow_down
        self._probe = probe
        self._finish = finish
        self._tasks = tasks
        self._lanes: dict[int, deque[Waiting]] = {}
        self._held: set[InboxSeq] = set()  # stored as new and in our hands, until their mark is committed
        self._let_go: set[InboxSeq] = set()  # and those let go since the sweep before last: a sweep reads the past
        self._let_go_before: set[InboxSeq] = set()
        self._flooded: set[int] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._base_answers = asyncio.Event()
        self._base_answers.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = True

    def start(self) -> None:
        """Take updates from now on."""
        self._stopping = False

    def put(self, updates: Sequence[Waiting]) -> None:
        """Line up stored updates; those already in a lane, or let go just now, are left alone."""
        if self._stopping:
            return  # they stand in the inbox
        for update in updates:
            if not self.knows(update.seq):
                self._line_up(update)

    def turns_away(self, lane: int) -> bool:
        """Whether messages of this user are left out, and the user knows it: they needn't even come here."""
        return lane in self._flooded and len(self._lanes[lane]) >= FLOOD

    def settled(self, seqs: Sequence[InboxSeq]) -> None:
        """These marks are committed."""
        self._held.difference_update(seqs)
        self._let_go.update(seqs)

    def begin_sweep(self) -> None:
        """Somebody is about to read which updates are new."""
        self._let_go_before, self._let_go = self._let_go, set()

    def missing(self, seqs: Sequence[InboxSeq]) -> list[InboxSeq]:
        """Those of the new updates that were never lined up here."""
        return [seq for seq in seqs if not self.knows(seq)]

    def knows(self, seq: InboxSeq) -> bool:
        """Whether an update is in a lane, or was let go just now."""
        return seq in self._held or seq in self._let_go or seq in self._let_go_before

    @property
    def idle(self) -> bool:
        """Whether no update is in a lane; one whose mark is committed may still be sending its screen."""
        return self._idle.is_set()

    async def stop(self, patience: float) -> bool:
        """Nothing new; wait for the updates being handled. Whether they ended in time; the rest stays in the inbox."""
        self._stopping = True
        self._base_answers.set()
        try:
            await asyncio.wait_for(self._idle.wait(), patience)
        except TimeoutError:
            return False
        finally:
            self._held.clear()
        return True

    def _line_up(self, update: Waiting) -> None:
        self._held.add(update.seq)
        lane = self._lanes.get(update.lane)
        if lane is None:
            self._lanes[update.lane] = lane = deque()
            self._idle.clear()
            self._tasks.spawn(self._run(update.lane, lane), f"lane {update.lane}")
        elif len(lane) >= FLOOD and is_message(update):
            self._ignore(update)
            return
        lane.append(update)

    def _ignore(self, update: Waiting) -> None:
        self._finish(update.seq, InboxState.IGNORED, answered=False)
        if update.lane not in self._flooded:
            self._flooded.add(update.lane)
            log.warning("lane_flooded lane=%d", update.lane)
            self._tasks.spawn(self._tell_once(update), f"slow down {update.lane}")

    async def _tell_once(self, update: Waiting) -> None:
        """Whoever has not heard it is told again; so is who wasn't told because the bot wasn't surely ours."""
        heard = False
        try:
            heard = await self._quietly(self._slow_down, update)
        finally:
            if not heard:
                self._flooded.discard(update.lane)

    async def _run(self, name: int, lane: "deque[Waiting]") -> None:
        try:
            while lane and not self._stopping:
                await self._room.acquire()
                handling = Handling(self._room)
                in_hand.set(handling)
                try:
                    await self._see_through(lane[0], handling)
                except asyncio.CancelledError:
                    if _is_cancelled():
                        raise
                    # Nobody cancelled us: the bot isn't surely ours at this moment. Wait for the lease, or the stop.
                    lane[0] = replace(lane[0], tried=not lane[0].suspect)  # a suspect is still to be handled alone
                    handling.give_place()
                    await asyncio.sleep(RETRY[0])
                    continue
                finally:
                    handling.give_place()
                lane.popleft()
        finally:
            self._held.difference_update([one.seq for one in lane])  # what is left is the next sweep's
            self._lanes.pop(name, None)
            self._flooded.discard(name)
            if not self._lanes:
                self._idle.set()

    async def _see_through(self, update: Waiting, handling: Handling) -> None:
        """Handle one update until it is over, whatever happens."""
        rounds = 0
        while True:
            for pause in (*RETRY, None):
                await self._base_answers.wait()
                if self._stopping:
                    return  # it stands in the inbox
                try:
                    await self._handle(update)
                except AlreadyDone:
                    pass
                except Exception as error:
                    if pause is not None and may_pass(error):
                        log.warning("update_retry seq=%d error=%s", update.seq, type(error).__name__)
                        await asyncio.sleep(pause)
                        update = replace(update, tried=True)
                        continue
                    if passes(error) and rounds < ROUNDS:
                        break
                    await self._give_up(update, error)
                    return
                self._finish(update.seq, answered=not handling.owes)
                handling.when_paid(partial(self._finish, update.seq))
                return
            rounds += 1
            update = replace(update, tried=True)
            await self._until_base_answers()

    async def _give_up(self, update: Waiting, error: Exception) -> None:
        if isinstance(error, AiogramError) and not isinstance(error, TelegramBadRequest):
            # The effect, if there was one, is committed; only its screen could not be shown.
            log.warning("answer_failed seq=%d error=%s", update.seq, type(error).__name__)
            self._finish(update.seq, answered=isinstance(error, TelegramForbiddenError))
            return
        log.critical("alarm update_dead seq=%d", update.seq, exc_info=error)
        await self._quietly(self._apologise, update)
        self._finish(update.seq, InboxState.DEAD)

    async def _until_base_answers(self) -> None:
        """All lanes pause; one of them asks the base until it answers."""
        if not self._base_answers.is_set():
            await self._base_answers.wait()
            return
        self._base_answers.clear()
        log.critical("alarm storage_down lanes pause")
        try:
            while not self._stopping:
                try:
                    await self._probe()
                    break
                except Exception as error:
                    log.warning("probe_failed error=%s", type(error).__name__)
                    await asyncio.sleep(PROBE_EVERY)
        finally:
            self._base_answers.set()
        log.warning("storage_answers lanes go on")

    async def _quietly(self, tell: Callable[[Waiting], Awaitable[None]], update: Waiting) -> bool:
        try:
            await tell(update)
        except Exception as error:  # whatever it is, the lane goes on
            log.warning("not_told seq=%d error=%s", update.seq, type(error).__name__)
            return False
        return True


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def may_pass(error: Exception) -> bool:
    """Whether trying the same update again may help."""
    return passes(error) or (
        isinstance(error, AiogramError) and not isinstance(error, TelegramBadRequest | TelegramForbiddenError)
    )


def is_message(update: Waiting) -> bool:
    """Whether an update is something typed or sent; taps and news of the chat itself are never thinned."""
    return not MESSAGES.isdisjoint(json.loads(update.payload))
