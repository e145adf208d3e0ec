"""Whom a letter is written for: the hours that hold, the school's regulation, and how openly the channel may speak."""

from collections import deque
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from services.outbox.transport import Reachable
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours
from services.rules.regulation import Regulation
from storage.vocabulary import Channel, PersonId, SchoolId


class Naming(StrEnum):
    """How much a letter says (product §3: minimisation by channel)."""

    FULL = "full"  # first and last names
    NAME = "name"  # the child's first name and the subject
    SIGN = "sign"  # «есть новое, откройте»


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can be written to, on a day of their school."""

    person_id: PersonId
    school_id: SchoolId
    zone: ZoneInfo
    today: date
    channel: Channel
    regulation: Regulation
    hours: Hours

    @property
    def naming(self) -> Naming:
        """How openly the reader's channel may speak."""
        return naming(self.channel, self.regulation)

    def called(self, name: tuple[str, str]) -> str:
        """A student of that first and last name, as this letter calls them."""
        first, last = name
        return f"{first} {last}" if self.naming is Naming.FULL else first


def naming(channel: Channel, regulation: Regulation) -> Naming:
    """What the school's regulation lets a channel say."""
    chosen = Naming(regulation.minimal_by_channel.get(channel.value, Naming.NAME))
    return Naming.FULL if chosen is Naming.NAME and regulation.full_names_in_letters else chosen


def reader_of(recipient: Reachable, now: datetime) -> Reader:
    """The recipient as a reader."""
    chosen, regulation = recipient.chosen, regulation_of(recipient.regulation)
    usual = quiet_hours.default_hours(regulation)
    hours = (
        usual
        if chosen is None
        else Hours(
            chosen.mode, chosen.digest_minute, chosen.quiet_from, chosen.quiet_until, quiet_hours.wishes(chosen.kinds)
        )
    )
    today = now.astimezone(recipient.zone).date()
    return Reader(recipient.person_id, recipient.school_id, recipient.zone, today, recipient.channel, regulation, hours)


def regulation_of(stored: dict[str, Any]) -> Regulation:
    """A regulation from its stored settings; the last few are kept, since a school's letters are read by the same."""
    for known, regulation in _regulations:
        if known == stored:
            return regulation
    _regulations.appendleft((stored, Regulation.from_json(stored)))
    return _regulations[0][1]


_regulations: deque[tuple[dict[str, Any], Regulation]] = deque(maxlen=8)
