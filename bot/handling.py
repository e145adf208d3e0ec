"""An update in hand: its place among those handled at once, and the screens it still owes."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar


class Handling:
    """One update's handling.

    Whoever waits for the messenger's pace gives the place back: the taps of others needn't wait for that. An edit that
    goes later is owed: the update is answered when the last of them has gone.
    """

    def __init__(self, room: asyncio.Semaphore) -> None:
        self._room: asyncio.Semaphore | None = room
        self._owed = 0
        self._then: Callable[[], None] | None = None

    @property
    def owes(self) -> bool:
        """Whether a screen of it still waits."""
        return self._owed > 0

    def give_place(self) -> None:
        """Let another update be handled from now on."""
        if self._room is not None:
            self._room.release()
            self._room = None

    def owe(self) -> None:
        """A screen goes later."""
        self._owed += 1

    def pay(self) -> None:
        """It went, or a newer one in its place."""
        self._owed -= 1
        if not self._owed and self._then is not None:
            self._then()

    def when_paid(self, then: Callable[[], None]) -> None:
        """What to do when nothing is owed any more."""
        self._then = then


in_hand: ContextVar[Handling | None] = ContextVar("the_update_in_hand", default=None)


def give_place() -> None:
    """The update in hand, where there is one, is about to wait."""
    handling = in_hand.get()
    if handling is not None:
        handling.give_place()
