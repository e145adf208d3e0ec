"""Our own polling: updates are fetched, committed, and only then confirmed (delivery, §1)."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from storage.failures import passes

log = logging.getLogger("zvonok.polling")

LONG_POLL = 25  # seconds that the server may keep a question open
SLACK = 10.0
BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0)
CONFLICT_PAUSE = 3.0


class Refused(Exception):
    """The token is not accepted: asking again is no use."""


class Poller:
    """Asks for updates until stopped. `url` is the Bot API's address up to the method's name, with the token."""

    def __init__(
        self,
        url: str,
        put: Callable[[Sequence[Any]], Awaitable[None]],
        *,
        allowed_updates: Sequence[str],
        proxy: str | None = None,
        long_poll: int = LONG_POLL,
    ) -> None:
        self._url = url
        self._put = put
        self._allowed = list(allowed_updates)
        self._proxy = proxy
        self._long_poll = long_poll
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll for ever. Raises Refused when the token is not accepted."""
        failures = 0
        async with ClientSession() as session:
            while True:
                try:
                    pause = await self._once(session)
                    failures = 0
                except (ClientError, TimeoutError, json.JSONDecodeError, UnicodeDecodeError) as error:
                    pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
                    failures += 1
                    log.warning("polling_failed error=%s", type(error).__name__)
                except Refused:
                    raise
                except Exception as error:
                    pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
                    failures += 1
                    if passes(error):
                        log.warning("polling_not_stored error=%s", type(error).__name__)
                    else:  # a mistake of ours; still nobody else would listen
                        log.critical("alarm polling_failed", exc_info=error)
                if pause:
                    await asyncio.sleep(pause)

    async def _once(self, session: ClientSession) -> float:
        """One question; what came is committed before its confirmation is thought of. Seconds to pause."""
        question: dict[str, Any] = {"timeout": self._long_poll, "allowed_updates": self._allowed}
        if self._offset is not None:
            question["offset"] = self._offset
        limit = ClientTimeout(total=self._long_poll + SLACK)
        async with session.post(self._url + "getUpdates", json=question, timeout=limit, proxy=self._proxy) as response:
            answer = json.loads(await response.read())
        if not isinstance(answer, dict) or answer.get("ok") is not True:
            return self._refusal(response.status, answer if isinstance(answer, dict) else {})
        updates = answer["result"]
        await self._put(updates)
        # Ids may start anew at random. An empty answer has confirmed everything before, so nothing needs an offset.
        self._offset = updates[-1]["update_id"] + 1 if updates else None
        return 0.0

    def _refusal(self, status: int, answer: dict[str, Any]) -> float:
        if status in (401, 404):
            raise Refused
        if status == 409:
            log.warning("polling_conflict another poller or a webhook is set")
            return CONFLICT_PAUSE
        parameters = answer.get("parameters")
        if status == 429 and isinstance(parameters, dict):
            return float(parameters.get("retry_after", CONFLICT_PAUSE))
        log.warning("polling_refused status=%d", status)
        return CONFLICT_PAUSE
