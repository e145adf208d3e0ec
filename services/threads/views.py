"""What screens of correspondence are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.errors import SchoolError
from storage.vocabulary import PersonId, ThreadId, ThreadSide


@dataclass(frozen=True, slots=True)
class ChildToWrite:
    """A child about whom a letter may be written."""

    id: PersonId
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """A teacher a family may write to; the subjects stand beside the name."""

    id: PersonId
    name: str
    subjects: tuple[str, ...]
    homeroom: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to write to about a child; `child` None: which child comes first. `unconnected`: teachers without a chat."""

    children: Sequence[ChildToWrite]
    child: ChildToWrite | None
    class_name: str
    teachers: Sequence[Addressee]
    office: bool
    unconnected: int


@dataclass(frozen=True, slots=True)
class Titled:
    """Who writes with whom about whom, as its reader may see it; `other` is the side that the reader isn't.

    `short` is all of it on a narrow button.
    """

    id: ThreadId
    side: ThreadSide
    other: str
    about: str
    short: str
    unread: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as it is read; `at` in school time. `read` of an own entry: the other side has opened it.

    `deed`: what was done with the thread; `text` is then its note. `file`: what is attached.
    """

    id: int
    own: bool
    author: str
    at: datetime
    text: str
    deed: str | None
    file: str | None
    read: bool | None


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread, the newest entry first; `closed`: why nothing can be written any more."""

    title: Titled
    entries: Sequence[EntryView]
    today: date
    closed: SchoolError | None
    may_hand_over: bool
    may_complain: bool


@dataclass(frozen=True, slots=True)
class Doubted:
    """A typed letter that reads like a quick line; `asked` names the question."""

    asked: int
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is being written, and whose answer it is: the newest letter of the other side, if there is one."""

    title: Titled
    answers: EntryView | None
    student_id: PersonId
    today: date


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a letter. `reads_at` in school time: when the school's side will read it, None at once or soon.

    `away`: the teacher is absent and nobody knows until when; `again`: one more file of the same album.
    """

    title: Titled
    reads_at: datetime | None
    away: bool
    again: bool
    today: date


@dataclass(frozen=True, slots=True)
class HandOverChoice:
    """Whom a thread may be handed to: the homeroom teacher by name, the administration."""

    title: Titled
    homeroom: str | None
    office: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an entry, as the messenger knows it."""

    photo: bool
    file_id: str
    caption: str
