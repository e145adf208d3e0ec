"""Alarms to the people who run the service: what the log calls «alarm …» goes to SUPPORT_CHAT too, briefly and rarely.

Best effort, and beside the outbox: an alarm often says that the outbox itself is in trouble.
"""

import asyncio
import logging
from collections import deque

from aiogram import Bot
from aiogram.exceptions import AiogramError

from services.i18n import DEFAULT_LOCALE, speaking
from services.i18n import gettext as _

ALARM = "alarm "
AGAIN_AFTER = 3600.0  # seconds before the same alarm is said once more
MOST_WAITING = 20
BETWEEN = 3.0

log = logging.getLogger("zvonok.alarms")


class Alarms(logging.Handler):
    """Hears alarms in the log and tells the support chat: the action word and ids, never a name or a text."""

    def __init__(self, bot: Bot, chat: int) -> None:
        super().__init__(logging.CRITICAL)
        self._bot = bot
        self._chat = chat
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._said: dict[str, float] = {}
        self._called = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        """Take an alarm, unless the same was taken within the hour; any thread may log."""
        text = record.getMessage()
        if text.startswith(ALARM):
            self._loop.call_soon_threadsafe(self._take, text.removeprefix(ALARM))

    async def run(self) -> None:
        """Tell what is taken, one at a time, until cancelled."""
        logging.getLogger("zvonok").addHandler(self)
        try:
            while True:
                await self._called.wait()
                self._called.clear()
                while self._waiting:
                    await self._tell(self._waiting.popleft())
                    await asyncio.sleep(BETWEEN)
        finally:
            logging.getLogger("zvonok").removeHandler(self)

    def _take(self, text: str) -> None:
        now = self._loop.time()
        word = text.partition(" ")[0]
        if now - self._said.get(word, -AGAIN_AFTER) >= AGAIN_AFTER:
            self._said[word] = now
            self._waiting.append(text)
            self._called.set()

    async def _tell(self, text: str) -> None:
        with speaking(DEFAULT_LOCALE):
            said = _("⚠️ Zvonok: {alarm}\nDetails are in the service's log; what it means: docs/operation.md").format(
                alarm=text
            )
        try:
            await self._bot.send_message(self._chat, said)
        except AiogramError as error:
            log.warning("alarm_not_sent error=%s", type(error).__name__)
