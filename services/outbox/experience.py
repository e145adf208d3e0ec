"""What the outcomes of letters teach about a chat, the bot and the network."""

import asyncio
import logging
from dataclasses import dataclass

from services.outbox.limits import Breaker
from services.outbox.outcomes import Outcome, backoff
from services.outbox.pace import Pace
from services.outbox.transport import FrozenLetter
from storage.vocabulary import LetterState

log = logging.getLogger("zvonok.postman")


@dataclass(slots=True)
class Counts:
    """What the postman has done since it started."""

    sent: int = 0
    returned: int = 0
    unknown: int = 0
    copies: int = 0
    dead: int = 0
    told_to_wait: int = 0  # 429
    ledgers: int = 0


class Experience:
    """Learns from outcomes: which chats to leave in peace, when to be still, and when to stop for good."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._breaker = Breaker()
        self._refusals: dict[str, int] = {}  # in a row, by chat
        self.counts = Counts()
        self.halted = False  # the messenger doesn't know the bot
        self.refused = False  # the mail server takes nothing of ours, by its last word

    def width(self, now: float, most: int) -> int:
        """How many requests the network bears at the moment."""
        return self._breaker.width(now, most)

    def open_at(self, now: float) -> float:
        """When the network may be tried again."""
        return self._breaker.until(now)

    def note(self, letter: FrozenLetter, outcome: Outcome) -> None:
        """Remember what the outcome says of chat, bot and network."""
        now = asyncio.get_running_loop().time()
        self._breaker.note(now, failed=outcome.network or outcome.state is LetterState.UNKNOWN)
        self._count(letter, outcome)
        if outcome.state is LetterState.SENT:
            self._refusals.pop(letter.address, None)
        elif outcome.state is LetterState.RETURNED and not outcome.network:
            self._refusals[letter.address] = refusals = self._refusals.get(letter.address, 0) + 1
            self._pace.hold_chat(
                letter.address, backoff(refusals) if outcome.pause_chat is None else outcome.pause_chat
            )
        if outcome.slug == "http_429":
            self._pace.told_to_wait(letter.address, outcome.pause_chat or 1.0)
        if outcome.pause_bot:
            self._pace.hold_bot(outcome.pause_bot)
        if outcome.state is LetterState.SENT or outcome.refuses_us:
            self.refused = outcome.refuses_us
        if outcome.halt and not self.halted:
            self.halted = True
            log.critical("alarm bot_refused outcome=%s", outcome.slug)

    def _count(self, letter: FrozenLetter, outcome: Outcome) -> None:
        self.counts.told_to_wait += outcome.slug == "http_429"
        match outcome.state:
            case LetterState.SENT | LetterState.CLOSED:
                self.counts.sent += 1
            case LetterState.RETURNED:
                self.counts.returned += 1
            case LetterState.UNKNOWN:
                self.counts.unknown += 1
            case LetterState.DEAD:
                self.counts.dead += 1
                log.critical("alarm letter_dead letter=%d outcome=%s", letter.id, outcome.slug)
        if outcome.state is not LetterState.SENT:
            log.info("letter_%s letter=%d outcome=%s", outcome.state.value, letter.id, outcome.slug)
