"""What a look at the due letters has read: one question for all of them where each would ask its own.

A shelf is of one read transaction, so what stands on it can't be out of date. A question asks for what its letter wants
and, in the same go, for whatever the other letters that are composed from this transaction will want.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from services.outbox.ahead import Ahead, ahead_of
from storage.repositories import alike, diary, recipients, seats
from storage.repositories.alike import Given
from storage.repositories.diary import LessonLine
from storage.repositories.seats import Seat
from storage.uow import Uow
from storage.vocabulary import HomeworkWay, LessonId, PersonId, SchoolId, WorkId, WorkKind

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class Row(Generic[K, V]):
    """One kind of thing by key; a key that was asked for and has nothing is remembered too."""

    known: dict[K, V | None] = field(default_factory=dict)

    async def find(
        self,
        wanted: Collection[K],
        coming: Callable[[], Collection[K]],
        ask: Callable[[list[K]], Awaitable[dict[K, V]]],
    ) -> dict[K, V]:
        """What is wanted, by key; where some of it was never asked for, all that is coming is asked for with it."""
        if not self.known.keys() >= {*wanted}:
            asked = [one for one in {*wanted, *coming()} if one not in self.known]
            found = await ask(asked)
            self.known |= {one: found.get(one) for one in asked}
        return {one: there for one in wanted if (there := self.known[one]) is not None}


@dataclass(slots=True)
class Shared(Generic[V]):
    """One kind of thing of a day, by seat: one student stands for all who sit alike, and all seats are asked about."""

    known: dict[tuple[tuple[SchoolId, date], Seat], V | None] = field(default_factory=dict)

    async def find(
        self,
        of: tuple[SchoolId, date],
        seat: Seat,
        seats_of: Mapping[PersonId, Seat | None],
        ask: Callable[[Collection[PersonId]], Awaitable[Mapping[PersonId, V]]],
    ) -> V | None:
        """What there is for a seat; None also where somebody sits nowhere."""
        if seat and (of, seat) not in self.known:
            asked = {one: student for student, one in seats_of.items() if one and (of, one) not in self.known}
            found = await ask(list(asked.values()))
            self.known |= {(of, one): found.get(student) for one, student in asked.items()}
        return self.known.get((of, seat))


class Shelf:
    """The rows behind letters, of one transaction."""

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead
        self._lessons: Row[LessonId, LessonLine] = Row()
        self._works: Row[WorkId, tuple[WorkKind, int]] = Row()
        self._names: Row[PersonId, tuple[str, str]] = Row()
        self._ways: Row[LessonId, HomeworkWay] = Row()
        self._seats: Row[PersonId, Seat] = Row()
        self._children: dict[date, Row[PersonId, list[PersonId]]] = {}
        self._with_own: Row[PersonId, bool] = Row()
        self._soon: Shared[dict[int, date]] = Shared()
        self._later: Shared[dict[int, date]] = Shared()
        self._days: Shared[list[LessonLine]] = Shared()
        self._given: Shared[Given] = Shared()

    async def lessons(self, uow: Uow, ids: Collection[LessonId]) -> dict[LessonId, LessonLine]:
        """Lessons by id."""
        return await self._lessons.find(ids, lambda: self._ahead.lessons, lambda asked: diary.lessons(uow, asked))

    async def works(self, uow: Uow, ids: Collection[WorkId]) -> dict[WorkId, tuple[WorkKind, int]]:
        """Kind and ordinal of columns."""
        return await self._works.find(ids, lambda: self._ahead.works, lambda asked: diary.works(uow, asked))

    async def names(self, uow: Uow, ids: Collection[PersonId]) -> dict[PersonId, tuple[str, str]]:
        """First and last names."""
        return await self._names.find(ids, lambda: self._ahead.students, lambda asked: diary.names(uow, asked))

    async def ways(self, uow: Uow, ids: Collection[LessonId]) -> dict[LessonId, HomeworkWay]:
        """How the general homework of lessons is to be done, where it was said."""
        return await self._ways.find(ids, lambda: self._ahead.lessons, lambda asked: diary.ways(uow, asked))

    async def children(self, uow: Uow, guardian_id: PersonId, on: date) -> Sequence[PersonId]:
        """The students somebody's letters may be about on a day, by name."""
        row = self._children.setdefault(on, Row())
        found = await row.find(
            [guardian_id], lambda: self._ahead.recipients, lambda asked: recipients.told_of_each(uow, asked, on)
        )
        return found.get(guardian_id, [])

    async def due_dates(
        self, uow: Uow, school_id: SchoolId, student_id: PersonId, lesson_ids: Collection[LessonId]
    ) -> dict[LessonId, date]:
        """For when the homework of lessons is; absent where the subject's next day isn't laid out."""
        seat = await self._seat(uow, student_id)
        found = {}
        for lesson in (await self.lessons(uow, lesson_ids)).values():
            on = await self._next_day(uow, school_id, seat, lesson)
            if on is not None:
                found[lesson.id] = on
        return found

    async def _next_day(self, uow: Uow, school_id: SchoolId, seat: Seat, lesson: LessonLine) -> date | None:
        """Of the lesson's subject: in the weeks after it, or else whenever it comes."""
        of, after = (school_id, lesson.on_date), lesson.on_date
        near = after + alike.LOOK_AHEAD
        ask = partial(alike.next_days, uow, school_id, after=after, until=near)
        soon = await self._soon.find(of, seat, self._seats.known, ask) or {}
        if lesson.subject_id in soon:
            return soon[lesson.subject_id]
        ask = partial(alike.next_days, uow, school_id, after=near, until=date.max)
        return (await self._later.find(of, seat, self._seats.known, ask) or {}).get(lesson.subject_id)

    async def lessons_of_day(self, uow: Uow, school_id: SchoolId, student_id: PersonId, day: date) -> list[LessonLine]:
        """A student's lessons of a day: who sits alike has the same."""
        seat = await self._seat(uow, student_id)
        ask = partial(alike.lessons_of_day, uow, school_id, day=day)
        return await self._days.find((school_id, day), seat, self._seats.known, ask) or []

    async def homework_for(
        self, uow: Uow, school_id: SchoolId, student_id: PersonId, day: date
    ) -> dict[int, list[diary.ToDo]]:
        """What a student has to have done for a day, by subject: who sits alike has the same to do.

        Besides, each has their own.
        """
        seat = await self._seat(uow, student_id)
        ask = partial(alike.given_before, uow, school_id, day=day)
        given = await self._given.find((school_id, day), seat, self._seats.known, ask)
        if given is None:
            return {}
        found = {subject: list(general) for subject, general in given.general.items()}
        if await self._has_own(uow, student_id):
            for subject, own in (await diary.given_alone(uow, school_id, student_id, given.last.items())).items():
                found.setdefault(subject, []).extend(own)
        return found

    async def _has_own(self, uow: Uow, student_id: PersonId) -> bool:
        found = await self._with_own.find(
            [student_id], self._coming_students, lambda asked: diary.with_own_homework(uow, asked)
        )
        return student_id in found

    async def _seat(self, uow: Uow, student_id: PersonId) -> Seat:
        found = await self._seats.find([student_id], self._coming_students, lambda asked: seats.seats_of(uow, asked))
        return found.get(student_id, seats.NOWHERE)

    def _coming_students(self) -> set[PersonId]:
        """Those the items are about, and the children of whoever is written to."""
        children = (one for row in self._children.values() for found in row.known.values() for one in found or ())
        return {*self._ahead.students, *children}


_shelves: WeakKeyDictionary[Uow, Shelf] = WeakKeyDictionary()


def shelf_of(uow: Uow) -> Shelf:
    """The shelf of a read transaction, empty at first."""
    shelf = _shelves.get(uow)
    if shelf is None:
        shelf = _shelves[uow] = Shelf(ahead_of(uow))
    return shelf
