"""Alarms by absence: what nobody says because it doesn't happen — no owner, no backup, no standby, no room."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.disks import FREE
from bot.health import Health, Look
from services.backups import OLD

log = logging.getLogger("zvonok.watch")

EVERY = 30.0  # seconds between looks
AGAIN_AFTER = timedelta(days=1)  # the same trouble, if it lasts
SKEW = timedelta(seconds=30)
TICK_AGE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that must not last: its alarm's word, after how many looks in a row it is said, and how it is seen.

    `seen` gives the ids that stand beside the word, or None where all is well.
    """

    word: str
    looks: int
    seen: Callable[[Look], str | None]


def _base(look: Look) -> str | None:
    return None if look.base else ""


def _standby(look: Look) -> str | None:
    # Whoever looks: without it not even the owner's lease can be written.
    there = look.standbys
    return "" if there is not None and there.demanded and not there.connected else None


def _nobody(look: Look) -> str | None:
    follows = _standby(look) is not None
    return "" if look.base and not look.owner and not look.served and not follows else None


def _backup(look: Look) -> str | None:
    if not look.owner or not look.backups or look.backup_age is None or look.backup_age <= OLD:
        return None
    return f"hours={round(look.backup_age.total_seconds() / 3600)}"


def _disk(look: Look) -> str | None:
    full = sorted(place for place, free in look.disk.items() if free < FREE)
    return f"place={'+'.join(full)}" if full else None


def _clock(look: Look) -> str | None:
    return f"seconds={round(look.skew.total_seconds())}" if look.skew is not None and look.skew > SKEW else None


def _ticks(look: Look) -> str | None:
    late = look.owner and look.ticked is not None and look.ticked > TICK_AGE
    return f"seconds={round(look.ticked.total_seconds())}" if late and look.ticked is not None else None


TROUBLES = (
    Trouble("base_unreachable", 2, _base),
    Trouble("nobody_runs", 2, _nobody),
    Trouble("standby_missing", 2, _standby),
    Trouble("no_backup", 20, _backup),  # the night's own try comes first
    Trouble("disk_full", 2, _disk),
    Trouble("clock_off", 2, _clock),
    Trouble("ticks_stand", 2, _ticks),
)


class Watch:
    """Looks at this process and its base every half a minute, and says aloud what has been missing for too long."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._seen: dict[str, int] = {}
        self._said: dict[str, datetime] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.judge(await self._health.look())

    def judge(self, look: Look) -> None:
        """Count what is seen; say it when it lasts, and again after a day; say when it is over."""
        for trouble in TROUBLES:
            ids = trouble.seen(look)
            if ids is None:
                self._seen.pop(trouble.word, None)
                if self._said.pop(trouble.word, None) is not None:
                    log.info("over %s", trouble.word)
                continue
            self._seen[trouble.word] = self._seen.get(trouble.word, 0) + 1
            last = self._said.get(trouble.word)
            if self._seen[trouble.word] >= trouble.looks and (last is None or look.at - last >= AGAIN_AFTER):
                self._said[trouble.word] = look.at
                log.critical("alarm %s %s", trouble.word, ids)
