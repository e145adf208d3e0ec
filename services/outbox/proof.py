"""The nightly question whether the promise was kept (delivery, §2)."""

import logging
from datetime import datetime

from services.clock import machine_now
from services.outbox.unreached import lost
from storage.repositories import occurrences
from storage.uow import Storage

log = logging.getLogger("zvonok.postman")

JOB = "delivery_proof"
SHOWN = 20


class Proof:
    """A tick: once a day (UTC) asks the base what was lost, and says so aloud."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def __call__(self, now: datetime) -> None:
        """Ask, unless it was asked today."""
        today = now.date()
        async with self._storage.reading() as uow:
            if await occurrences.is_done(uow, JOB, "base", today, ""):
                return
            losses = await lost(uow, now, machine_now())
        async with self._storage.writing() as uow:
            await occurrences.claim(uow, JOB, "base", today, "", now)
        for loss in losses[:SHOWN]:
            log.critical("alarm item_lost item=%d how=%s", loss.item_id, loss.how.replace(" ", "_"))
        log.log(logging.CRITICAL if losses else logging.INFO, "delivery_proved lost=%d", len(losses))
