"""What the screens of broadcasts show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.broadcasts.content import Content
from services.letters.broadcasts import BroadcastLetter
from storage.repositories.audiences import SchoolClassRow
from storage.repositories.broadcast_people import Counts, Reader
from storage.repositories.homeroom import LedClass
from storage.vocabulary import BroadcastId, BroadcastState, Channel, ClassId, PauseReason, PersonId, SubgroupId


@dataclass(frozen=True, slots=True)
class Listed:
    """A broadcast in a list: what it says in a few words, and when it went (school time)."""

    id: BroadcastId
    gist: str
    state: BroadcastState
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """«Рассылка»: for whom one may be written, and those written before, the newest first."""

    classes: Sequence[LedClass]
    office: bool
    listed: Sequence[Listed]
    today: date


@dataclass(frozen=True, slots=True)
class Part:
    """A subgroup to choose."""

    id: SubgroupId
    name: str


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """Whom of a class a homeroom teacher may write to; `absent`: how many are absent today."""

    class_id: ClassId
    name: str
    parts: Sequence[Part]
    absent: int


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    """What the administration chooses from."""

    levels: Sequence[int]
    classes: Sequence[SchoolClassRow]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student whose family may be chosen."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FamilyChoice:
    """The families of a class to choose from."""

    id: BroadcastId
    class_name: str
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft in the making. `same_album`, `prompt`: the message that already speaks of this album."""

    content: Content
    chooses: bool  # chosen families can still be changed
    same_album: bool = False
    prompt: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an audience has, by the way a letter goes to them, and whom none goes to."""

    people: int
    by_channel: dict[Channel, int]
    unreached: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter as it will be seen, and how many see it. `quiet_until`: when it reaches most, if not at once."""

    content: Content
    letter: BroadcastLetter
    reach: Reach
    hold_seconds: int
    quiet_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """It will be sent at a moment of school time, unless cancelled."""

    content: Content
    at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How a broadcast stands; moments in school time.

    `answers`: how many chose each option. `silent`: reached and not answered. `recallable`: it may still be recalled.
    """

    content: Content
    counts: Counts
    answers: Sequence[int]
    silent: int
    sent_at: datetime | None
    today: date
    paused: PauseReason | None
    closed: bool
    recallable: bool


@dataclass(frozen=True, slots=True)
class People:
    """Some of a broadcast's recipients, of one class or all."""

    content: Content
    readers: Sequence[Reader]


@dataclass(frozen=True, slots=True)
class Exported:
    """A list as a text document."""

    name: str
    text: str
    count: int
