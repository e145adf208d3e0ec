"""The chain of audit lines: sealed a while after they are written, so that a tap pays nothing for it (О 2.10).

A seal is a keyed hash over every line so far. Who changes, removes or slips in a line, without the key, breaks all
seals after it; who removes the last lines together with their seals, or has the key, is found out by the day's
anchor, which stands in the log and in a file outside the base.
"""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from services.anchors import Anchors
from services.clock import Clock, machine_now
from storage.repositories import audit, occurrences
from storage.repositories.audit import Line, Seal
from storage.uow import Storage

log = logging.getLogger("zvonok.audit")

# A line gets its number before its commit: it is sealed when no transaction that could still add a lower one lives.
SETTLED = timedelta(minutes=5)
CHUNK = 500
JOB, SCOPE = "audit_anchor", "installation"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines are sealed, and where the chain breaks first: after which line, None where it is whole.

    `anchors`: how many were compared; `lost`: the first day whose anchor the chain no longer has.
    """

    lines: int
    broken_after: int | None
    anchors: int = 0
    lost: date | None = None


class AuditChain:
    """A tick that seals, and the check of what is sealed; `key` signs, `anchors` are kept outside the base."""

    def __init__(self, storage: Storage, clock: Clock, key: bytes, anchors: Anchors | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._key = key
        self._anchors = anchors

    async def __call__(self, now: datetime) -> None:
        """Seal what has settled, at most a chunk; once a date write the anchor to the log."""
        async with self._storage.reading() as uow:
            last = await audit.last_seal(uow)
            lines = await audit.lines_after(uow, last.up_to if last else 0, CHUNK, before=now - SETTLED)
        if not lines:
            return
        made = self._sealed(last, lines, now)
        today = now.astimezone(UTC).date()
        async with self._storage.writing() as uow:
            await audit.hold_chain(uow)
            if await audit.last_seal(uow) != last:
                return  # another process has sealed meanwhile: two seals after the same one would look like a break
            await audit.seal(uow, made)
            anchor = await occurrences.claim(uow, JOB, SCOPE, today, "", now)
        if anchor:
            log.info("audit_anchor up_to=%d lines=%d hash=%s", made.up_to, made.lines, made.hash)
        if self._anchors is not None:
            await asyncio.to_thread(_write_down, self._anchors, today, made)

    async def note_restored(self) -> None:
        """A backup was put back: the anchors of what came after it no longer bind."""
        async with self._storage.reading() as uow:
            last = await audit.last_seal(uow)
        if self._anchors is not None:
            await asyncio.to_thread(self._anchors.restored, machine_now().date(), last)

    async def verify(self) -> Verdict:
        """Recompute every seal, and look for every anchor; read in pieces, so that memory stays flat."""
        async with self._storage.reading() as uow:
            seals = await audit.seals(uow)
        before: Seal | None = None
        for one in seals:
            made = before
            while made is None or made.up_to < one.up_to:
                async with self._storage.reading() as uow:
                    lines = await audit.lines_after(uow, made.up_to if made else 0, CHUNK)
                lines = [line for line in lines if line.id <= one.up_to]
                if not lines:
                    break
                made = self._sealed(made, lines, one.at)
            if made is None or (made.up_to, made.lines, made.hash) != (one.up_to, one.lines, one.hash):
                return Verdict(one.lines, before.up_to if before else 0)
            before = one
        anchors = [] if self._anchors is None else await asyncio.to_thread(self._anchors.all)
        kept = {(one.up_to, one.lines, one.hash) for one in seals}
        lost = next((one.on for one in anchors if (one.up_to, one.lines, one.hash) not in kept), None)
        return Verdict(before.lines if before else 0, None, len(anchors), lost)

    def _sealed(self, before: Seal | None, lines: Sequence[Line], at: datetime) -> Seal:
        value = before.hash if before else ""
        for line in lines:
            value = hmac.new(self._key, value.encode() + _said(line), hashlib.sha256).hexdigest()
        return Seal(lines[-1].id, (before.lines if before else 0) + len(lines), value, at)


def _write_down(anchors: Anchors, today: date, seal: Seal) -> None:
    """Once a day; a file that has today's already stays as it is."""
    if all(one.on < today for one in anchors.all()):
        anchors.add(today, seal)


def _said(line: Line) -> bytes:
    """The line in one exact spelling, the same from both engines."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = [line.id, line.school_id, at, line.actor_id, line.action, line.subject, line.detail]
    return json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
