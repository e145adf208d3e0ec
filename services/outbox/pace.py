"""Whose turn it is to write: one queue of tokens for replies and letters, replies first (delivery, §3)."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

from services.outbox.limits import REPLY, Crowd, Gcra, Limits

FORGET_ABOVE = 5_000  # chats remembered before the rested ones are forgotten


class Pace:
    """Gives out tokens: of the bot, and of each chat; the more urgent first, then in order of asking.

    Who waited is promised a token, and it counts when its request goes: in a process that stands still for a second in
    between, what was promised before would else go together with what may go after.
    """

    def __init__(self, limits: Limits, now: Callable[[], float] | None = None) -> None:
        self._limits = limits
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._bot = Gcra(1 / limits.bot_rate, limits.bot_burst)
        self._bulk = Gcra(1 / limits.bulk_rate, 1)
        self._chats: dict[str, Gcra] = {}
        self._held: dict[str, float] = {}
        self._bot_held = 0.0
        self._crowd = Crowd()
        self._waiting: list[tuple[int, int, str, asyncio.Future[None]]] = []
        self._promised = 0  # tokens whose takers haven't woken up yet
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None

    def hold_chat(self, address: str, seconds: float) -> None:
        """Nothing goes to this chat for so long."""
        self._held[address] = max(self._held.get(address, 0.0), self._now() + seconds)

    def hold_bot(self, seconds: float) -> None:
        """Nothing goes anywhere for so long."""
        self._bot_held = max(self._bot_held, self._now() + seconds)

    def told_to_wait(self, address: str, seconds: float) -> None:
        """The messenger answered 429, to a letter or a reply: the chat is left in peace, or the bot is still."""
        self.hold_chat(address, seconds)
        if self._crowd.note(self._now(), address):
            self.hold_bot(seconds)

    def bot_ready_at(self, now: float) -> float:
        """When the bot may write again, unless only its rate delays it."""
        return max(now, self._bot_held)

    def chat_ready_at(self, address: str, priority: int, now: float) -> float:
        """The earliest moment for this chat, the bot's own rate apart."""
        held = self._held.get(address, 0.0)
        if held and held <= now:
            del self._held[address]
        chat = self._chats.get(address)
        burst = self._limits.reply_burst if priority == REPLY else 1
        return max(now, held, chat.ready_at(now, burst) if chat else now)

    def held_chats(self, beyond: float) -> list[str]:
        """Chats that must wait longer than `beyond` seconds from now."""
        edge = self._now() + beyond
        return [address for address, until in self._held.items() if until > edge]

    @property
    def keeps_room(self) -> bool:
        """Whether letters that may wait must leave room for urgent ones."""
        return self._limits.bulk_rate < self._limits.bot_rate

    def bulk_ready_at(self, now: float) -> float:
        """The earliest moment for one more letter that may wait."""
        return self._bulk.ready_at(now)

    def take_bulk(self, now: float) -> None:
        """Count a letter that may wait."""
        self._bulk.take(now)

    def at_once(self, address: str, priority: int = REPLY) -> bool:
        """Whether this request would go without waiting."""
        return not self._waiting and self._may_go(address, priority)

    async def take(self, address: str, priority: int = REPLY) -> None:
        """Returns when this request may go."""
        if self.at_once(address, priority):
            self._bot.take(self._now())
            self._take_of_chat(address)
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), address, turn))
        self._pump()
        try:
            await turn
        except asyncio.CancelledError:
            self._promised -= turn.done() and not turn.cancelled()
            raise
        now = self._now()
        self._promised -= 1
        self._bot.take(now)
        if address in self._chats:
            self._chats[address].taken_late(now)

    def _may_go(self, address: str, priority: int) -> bool:
        now = self._now()
        return self._bot_at(now) <= now and self.chat_ready_at(address, priority, now) <= now

    def _bot_at(self, now: float) -> float:
        return max(self._bot.ready_at(now, promised=self._promised), self._bot_held)

    def _take_of_chat(self, address: str) -> None:
        now = self._now()
        if address not in self._chats:
            if len(self._chats) >= FORGET_ABOVE:
                self._chats = {chat: one for chat, one in self._chats.items() if not one.rested(now)}
            is_group = address.startswith("-")
            self._chats[address] = Gcra(self._limits.group_interval if is_group else self._limits.chat_interval)
        self._chats[address].take(now)

    def _pump(self) -> None:
        """Let go whoever may go, in order; come back when the next one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._now()
        kept: list[tuple[int, int, str, asyncio.Future[None]]] = []
        soonest = float("inf")
        while self._waiting:
            one = heapq.heappop(self._waiting)
            priority, _, address, turn = one
            if turn.done():  # its task was cancelled
                continue
            at = max(self._bot_at(now), self.chat_ready_at(address, priority, now))
            if at <= now:
                self._promised += 1
                self._take_of_chat(address)
                turn.set_result(None)
            else:
                kept.append(one)
                soonest = min(soonest, at)
                if self._bot_at(now) > now:
                    break
        for one in kept:
            heapq.heappush(self._waiting, one)
        if self._waiting and soonest < float("inf"):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(soonest - now, 0.0) + 0.001, self._pump)
