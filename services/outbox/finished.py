"""Requests that have ended, and what becomes of their letters. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.outbox.outcomes import Address, Outcome, second_copy_after
from services.outbox.transport import FrozenLetter
from storage.repositories.care import UnknownLetter
from storage.vocabulary import LetterState


@dataclass(frozen=True, slots=True)
class Finished:
    """A request that came to an end, kept until its settle commits."""

    letter: FrozenLetter
    outcome: Outcome


def may_repeat(letter: UnknownLetter, machine: datetime) -> bool:
    """Whether a letter of unknown fate may go once more."""
    return machine - letter.sending_at >= timedelta(seconds=second_copy_after(letter.copies))


def state_after(finished: Finished) -> LetterState:
    """The state of a letter whose request has ended.

    A copy that surely didn't arrive says nothing of the request before it: its letter goes again as a copy, or, where
    the chat takes nothing any more, is closed and its items are listed. Given back they would go again unmarked.
    """
    if not finished.letter.copy or finished.outcome.state is not LetterState.RETURNED:
        return finished.outcome.state
    return LetterState.CLOSED if is_unreachable(finished) else LetterState.UNKNOWN


def ends_badly(finished: Finished) -> bool:
    """Whether settling it touches its items."""
    return state_after(finished) in (LetterState.RETURNED, LetterState.DEAD)


def is_unreachable(finished: Finished) -> bool:
    """Whether its chat takes nothing any more."""
    return finished.outcome.address is Address.UNREACHABLE
