"""A few places that many want."""

import asyncio
from collections import deque


class Places:
    """So many at a time; whoever waits gets one in the order of asking, who may go first before all others."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def free(self) -> bool:
        """Whether nobody has to wait."""
        return self._free > 0

    async def enter(self, *, first: bool = False) -> None:
        """Returns with a place."""
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        if first:
            self._waiting.appendleft(turn)
        else:
            self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.leave()  # it was given to somebody who goes away
            raise

    def leave(self) -> None:
        """The place is the next one's."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
