"""«Мой класс» as values: the class at a glance, who reads, who fails, who wasn't reached, the contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.rules.duties import Duty
from services.rules.short_names import Named
from storage.repositories.homeroom import LedClass
from storage.repositories.my_class import ContactRow, VerifiedContacts
from storage.repositories.notices import Undelivered
from storage.vocabulary import ClassId, PersonId, Relation


@dataclass(frozen=True, slots=True)
class ClassTop:
    """A class at a glance. `reading`: connected guardians with the week's visits, of `connected`.

    `unexplained`: days of absence without a reason; `notes`: absence notes that await a decision; `came_after_all`:
    students seen today in spite of a note; `unreached`: letters that families didn't get in two weeks.
    """

    class_id: ClassId
    name: str
    today: date
    guardians: int
    connected: int
    awaiting: int
    reading: int
    silent: int
    visits_a_week: int
    unexplained: int
    notes: int
    expected_absent: Sequence[Named]
    unreached: int
    without_guardians: Sequence[str]
    briefing: Duty
    contacts: Duty
    printing: Duty | None  # None: no family is on paper
    classes: Sequence[LedClass]


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """A connected guardian: on how many days they were here this week and the last, and when at last (None never).

    `silent`: for two weeks neither a visit nor «Ознакомлен(а)».
    """

    guardian_id: PersonId
    name: str
    children: Sequence[str]
    this_week: int
    last_week: int
    last_on: date | None
    silent: bool


@dataclass(frozen=True, slots=True)
class ClassReaders:
    """Who reads, the least first; `wanted` visits a week (М Регл. 3)."""

    class_id: ClassId
    name: str
    today: date
    wanted: int
    clause: str
    lines: Sequence[ReaderLine]
    away: int

    @property
    def silent(self) -> list[ReaderLine]:
        """Who was silent for two weeks."""
        return [one for one in self.lines if one.silent]


@dataclass(frozen=True, slots=True)
class FailingLine:
    """A student with the subjects whose average proposes a failing mark: (subject, average, proposal)."""

    student: Named
    subjects: Sequence[tuple[str, Decimal, str]]


@dataclass(frozen=True, slots=True)
class ClassFailing:
    """Who fails in the present term."""

    class_id: ClassId
    name: str
    lines: Sequence[FailingLine]


@dataclass(frozen=True, slots=True)
class ClassUnreached:
    """What families of the class didn't get in the last two weeks, the newest first."""

    class_id: ClassId
    name: str
    today: date
    lines: Sequence[Undelivered]


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A guardian with what the school's lists have, and the ways letters go. `telegram`: a chat is connected."""

    guardian_id: PersonId
    name: str
    short_name: str
    relation: Relation
    children: Sequence[str]
    phone: str
    email: str
    telegram: bool
    ways: Sequence[ContactRow]


@dataclass(frozen=True, slots=True)
class ClassContacts:
    """The contacts of a class's families, to be verified monthly (В 4.3.5)."""

    class_id: ClassId
    name: str
    today: date
    lines: Sequence[ContactLine]
    verified: VerifiedContacts | None
    duty: Duty
    clause: str
