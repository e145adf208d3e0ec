"""A student who left: the family reads what was, writes nothing more about it, and is told nothing more."""

from datetime import timedelta

from sqlalchemy import update

from services.access import access_student
from storage.models.people import Enrollment
from storage.repositories import recipients
from storage.uow import Storage
from storage.vocabulary import WorkKind
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, found


async def test_the_family_of_who_left_reads_the_record_and_is_told_no_more(storage: Storage) -> None:
    cast = await found(storage)
    box = Mailbox(storage, cast)
    await box.marks_(cast.larina, "5", WorkKind.ANSWER, cast.algebra, cast.owner)
    async with storage.writing() as uow:
        left = update(Enrollment).where(Enrollment.student_id == cast.larina)
        await uow.write(left.values(until_on=TODAY))
    cast.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {}
    async with storage.reading() as uow:
        student = await access_student(uow, cast.actor(cast.mother_larina), cast.larina, TODAY)
        assert (student.class_name, student.guarded, student.sits) == ("7Б", True, False)
        assert await recipients.recipients_of_students(uow, [cast.larina], TODAY) == []
        assert await recipients.students_of(uow, cast.mother_larina, TODAY) == [cast.larina]
