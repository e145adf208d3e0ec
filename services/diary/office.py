"""The diary's office: every view of it is one read of one child's record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

from services.access import access_student
from services.actor import Actor
from services.clock import Clock
from services.diary import absences, days, subjects, timetable, years
from services.diary.absences import AbsencesView
from services.diary.days import DiaryDay, DiaryWeek
from services.diary.door import Child, Opened, children_of, opened
from services.diary.subjects import SubjectsView, SubjectView, TermMarks
from services.diary.timetable import WeekTimetable
from services.diary.years import YearView
from services.errors import NotFoundHere
from storage.repositories import diary, homework
from storage.repositories.homework import FileRow
from storage.uow import Storage, Uow
from storage.vocabulary import LessonId, PersonId

YEARS_BACK, YEARS_AHEAD = timedelta(days=366 * 20), timedelta(days=366 * 2)


def _shown(on_date: date | None, today: date) -> date:
    """The day to show: a school life back and two years ahead at most, whatever a button asks for."""
    return today if on_date is None else min(max(on_date, today - YEARS_BACK), today + YEARS_AHEAD)


class Diary:
    """Opens the diary of own children, and one's own.

    Without a student the first child's opens. Every view raises NoDiary, ConsentTakenBack, NotFoundHere and
    NotYourStudent; one of a term, by default the newest begun, raises NotFoundHere for a term that isn't the child's.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def day(self, actor: Actor, student_id: PersonId | None = None, on_date: date | None = None) -> DiaryDay:
        """A day, by default today."""
        async with self._open(actor, student_id) as (uow, own):
            return await days.day(uow, actor, own, _shown(on_date, own.today))

    async def next_day(self, actor: Actor, student_id: PersonId | None = None) -> DiaryDay:
        """The next day with lessons after today: what has to be done for it."""
        async with self._open(actor, student_id) as (uow, own):
            return await days.next_day(uow, actor, own)

    async def week(self, actor: Actor, student_id: PersonId | None = None, on_date: date | None = None) -> DiaryWeek:
        """The week of a day, by default today's."""
        async with self._open(actor, student_id) as (uow, own):
            return await days.week(uow, actor, own, _shown(on_date, own.today))

    async def timetable(
        self, actor: Actor, student_id: PersonId | None = None, on_date: date | None = None
    ) -> WeekTimetable:
        """The timetable of a day's week, by default today's."""
        async with self._open(actor, student_id) as (uow, own):
            return await timetable.timetable(uow, actor, own, _shown(on_date, own.today))

    async def subjects(
        self, actor: Actor, student_id: PersonId | None = None, term_id: int | None = None
    ) -> SubjectsView:
        """The subjects of a term."""
        async with self._open(actor, student_id) as (uow, own):
            return await subjects.subjects(uow, actor, own, term_id)

    async def subject(
        self, actor: Actor, student_id: PersonId, subject_id: int, term_id: int | None = None
    ) -> SubjectView:
        """A subject in a term."""
        async with self._open(actor, student_id) as (uow, own):
            return await subjects.subject(uow, actor, own, subject_id, term_id)

    async def term_marks(self, actor: Actor, student_id: PersonId, term_id: int | None = None) -> TermMarks:
        """All marks of a term, for its picture."""
        async with self._open(actor, student_id) as (uow, own):
            return await subjects.term_marks(uow, actor, own, term_id)

    async def absences(
        self, actor: Actor, student_id: PersonId | None = None, term_id: int | None = None
    ) -> AbsencesView:
        """The absences of a term."""
        async with self._open(actor, student_id) as (uow, own):
            return await absences.absences(uow, actor, own, term_id)

    async def year(self, actor: Actor, student_id: PersonId, term_id: int | None = None) -> YearView:
        """The results of the year that a term lies in."""
        async with self._open(actor, student_id) as (uow, own):
            return await years.year(uow, actor, own, term_id)

    async def files(self, actor: Actor, student_id: PersonId, lesson_id: LessonId) -> tuple[str, list[FileRow]]:
        """The attachments of a child's homework, with the subject. Raises NotFoundHere, NotYourStudent."""
        async with self._storage.reading() as uow:
            await access_student(uow, actor, student_id, self._today(actor))
            subject = await diary.subject_of_seat(uow, actor.school_id, student_id, lesson_id)
            if subject is None:
                raise NotFoundHere
            return subject, await homework.files(uow, lesson_id)

    async def children(self, actor: Actor) -> tuple[Child, ...]:
        """Whose diaries are open to this person, by name."""
        async with self._storage.reading() as uow:
            return await children_of(uow, actor, self._today(actor))

    async def child(self, actor: Actor, student_id: PersonId | None = None) -> Opened:
        """A child whose diary is open, by default the first, with the others."""
        async with self._open(actor, student_id) as (_uow, own):
            return own

    @asynccontextmanager
    async def _open(self, actor: Actor, student_id: PersonId | None) -> AsyncIterator[tuple[Uow, Opened]]:
        async with self._storage.reading() as uow:
            yield uow, await opened(uow, actor, student_id, self._today(actor))

    def _today(self, actor: Actor) -> date:
        return self._clock.now().astimezone(actor.zone).date()
