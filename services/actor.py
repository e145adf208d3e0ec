"""Who taps: the person behind a messenger account, frozen for one update."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from storage.vocabulary import AccountId, BotId, InboxSeq, PersonId, Role, SchoolId


@dataclass(frozen=True, slots=True)
class Visitor:
    """A messenger user, known to the school or not."""

    bot_id: BotId
    user_id: int
    chat_id: int
    locale: str
    seq: InboxSeq | None  # the inbox row of this update; None outside the intake


@dataclass(frozen=True, slots=True)
class Actor:
    """A connected person of a school. Roles tell which menu to show; rights are checked by services at every tap.

    `asked_anew`: a guardian whose consent is to an older text than the school's present one.
    """

    person_id: PersonId
    account_id: AccountId
    school_id: SchoolId
    roles: frozenset[Role]
    homeroom: bool
    locale: str
    zone: ZoneInfo
    bot_id: BotId
    user_id: int
    chat_id: int
    seq: InboxSeq | None
    asked_anew: bool = False
