"""The chain of audit lines: sealed a while after they are written, so that a tap pays nothing for it (О 2.10).

A seal is a keyed hash over every line so far. Who changes, removes or slips in a line, without the key, breaks all
seals after it; who removes the last lines together with their seals is found out by the day's anchor in the log.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.clock import Clock
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
    """How many lines are sealed, and where the chain breaks first: after which line, None where it is whole."""

    lines: int
    broken_after: int | None


class AuditChain:
    """A tick that seals, and the check of what is sealed; `key` signs."""

    def __init__(self, storage: Storage, clock: Clock, key: bytes) -> None:
        self._storage = storage
        self._clock = clock
        self._key = key

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
            await audit.seal(uow, made)
            anchor = await occurrences.claim(uow, JOB, SCOPE, today, "", now)
        if anchor:
            log.info("audit_anchor up_to=%d lines=%d hash=%s", made.up_to, made.lines, made.hash)

    async def verify(self) -> Verdict:
        """Recompute every seal; read in pieces, so that memory stays flat."""
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
        return Verdict(before.lines if before else 0, None)

    def _sealed(self, before: Seal | None, lines: Sequence[Line], at: datetime) -> Seal:
        value = before.hash if before else ""
        for line in lines:
            value = hmac.new(self._key, value.encode() + _said(line), hashlib.sha256).hexdigest()
        return Seal(lines[-1].id, (before.lines if before else 0) + len(lines), value, at)


def _said(line: Line) -> bytes:
    """The line in one exact spelling, the same from both engines."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = [line.id, line.school_id, at, line.actor_id, line.action, line.subject, line.detail]
    return json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
