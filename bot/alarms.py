"""Alarms to the people who run the service: what the log calls «alarm …» goes to SUPPORT_CHAT too, briefly and rarely.

Best effort, and beside the outbox: an alarm often says that the outbox itself is in trouble.
"""

import asyncio
import logging
import re
from dataclasses import dataclass
from socket import gethostname

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError

from bot.alarm_words import WORDS
from services.i18n import DEFAULT_LOCALE, ngettext, speaking
from services.i18n import gettext as _

ALARM = "alarm "
AGAIN_AFTER = 3600.0  # seconds before the same alarm is said once more
TOGETHER = 10  # alarms in a letter
GATHER = 3.0  # seconds in which alarms come together
AGAIN = 30.0  # seconds after which a letter that didn't leave is tried again
IDS = re.compile(r"\w+=(?:\[[^\]]*\]|\S+)")

log = logging.getLogger("zvonok.alarms")


@dataclass(slots=True)
class Said:
    """An alarm's last telling, and how often it was heard since."""

    at: float
    since: int = 0


class Alarms(logging.Handler):
    """Hears alarms in the log and tells the support chat: what happened, what to do and ids, never a name or a text.

    The same alarm is told once an hour, then with how often it was heard; those that come together share a letter.
    """

    def __init__(self, bot: Bot, chat: int, host: str | None = None) -> None:
        super().__init__(logging.CRITICAL)
        self._host = host or gethostname()  # of two machines: which one speaks
        self._bot = bot
        self._chat = chat
        self._waiting: dict[str, tuple[str, int]] = {}  # by word: its ids, and how often it was heard before
        self._said: dict[str, Said] = {}
        self._called = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        """Take an alarm; any thread may log."""
        text = record.getMessage()
        if text.startswith(ALARM):
            self._loop.call_soon_threadsafe(self._take, text.removeprefix(ALARM))

    async def run(self) -> None:
        """Tell what is taken, a letter at a time, until cancelled."""
        logging.getLogger("zvonok").addHandler(self)
        try:
            while True:
                await self._called.wait()
                await asyncio.sleep(GATHER)
                self._called.clear()
                while self._waiting:
                    words = list(self._waiting)[:TOGETHER]
                    told = [_in_words(word, *self._waiting[word]) for word in words]
                    if not await self._tell("\n\n".join([*told, self._host])):
                        await asyncio.sleep(AGAIN)
                        continue
                    for word in words:
                        del self._waiting[word]
        finally:
            logging.getLogger("zvonok").removeHandler(self)

    def _take(self, text: str) -> None:
        now = self._loop.time()
        word = text.partition(" ")[0]
        said = self._said.get(word)
        if said is not None and now - said.at < AGAIN_AFTER:
            said.since += 1
            return
        self._waiting[word] = (" ".join(IDS.findall(text)), 0 if said is None else said.since)
        self._said[word] = Said(now)
        self._called.set()

    async def _tell(self, text: str) -> bool:
        """Whether the letter needs no other try."""
        try:
            await self._bot.send_message(self._chat, text)
        except TelegramNetworkError as error:
            log.warning("alarm_waits error=%s", type(error).__name__)
            return False
        except TelegramAPIError as error:
            log.warning("alarm_not_sent error=%s", type(error).__name__)
        return True


def _in_words(word: str, ids: str, before: int) -> str:
    """One alarm: what happened and what to do; its word and ids, by which it stands in the log."""
    with speaking(DEFAULT_LOCALE):
        what = _(WORDS[word]) if word in WORDS else _("Something is wrong: look at the log.")
        lines = [_("⚠️ Zvonok: {what}").format(what=what), f"{word} {ids}".strip()]
        if before:
            again = ngettext(
                "Since the last word on it: {count} more.", "Since the last word on it: {count} more.", before
            )
            lines.append(again.format(count=before))
    return "\n".join(lines)
