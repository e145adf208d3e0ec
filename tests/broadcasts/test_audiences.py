"""Whom a broadcast may be for, and whom not: roles, classes, other schools, forged ids."""

from datetime import date

import pytest
from sqlalchemy import insert, update

from services.broadcasts.audience import Audience
from services.broadcasts.refusals import BroadcastGone, NobodyChosen, NoBroadcasts, NotYourAudience
from services.errors import NotFoundHere, SchoolError
from storage.models.people import PersonRole
from storage.models.school import School, SchoolClass, Subgroup
from storage.vocabulary import AttendanceCode, AudienceKind, BroadcastId, ClassId, PersonId, Role
from tests.broadcasts.conftest import Office
from tests.letters.mailbox import Mailbox
from tests.school import Cast, connect, guard

TEXT = "Собрание в пятницу в 18:00."


async def reached(box: Mailbox, office: Office, author: PersonId, audience: Audience) -> set[int]:
    """Who gets it, its author's progress apart."""
    await office.sends(author, audience, TEXT)
    got = await box.brings()
    return {
        one
        for one, letters in got.items()
        if any(TEXT in letter.text and "Доставлено" not in letter.text for letter in letters)
    }


@pytest.fixture
async def school(box: Mailbox) -> Cast:
    return box.cast


async def test_each_kind_of_audience_is_who_it_says(box: Mailbox, office: Office, school: Cast) -> None:
    teacher, deputy = school.homeroom_teacher, school.deputy
    larins, onegina = {school.mother_larina, school.father_larin}, {school.mother_onegina}
    of_larina = school.students.index(school.larina) % 2
    half = Audience(AudienceKind.SUBGROUP, school.class_7b, (school.halves[of_larina],))
    with_onegin = school.students.index(school.onegin) % 2 == of_larina
    assert await reached(box, office, teacher, half) == larins | (onegina if with_onegin else set())
    assert await reached(box, office, deputy, Audience(AudienceKind.LEVEL, ids=(7,))) == {
        *larins,
        *onegina,
        school.mother_of_7a,
    }
    assert await reached(box, office, deputy, Audience(AudienceKind.SCHOOL)) == {*larins, *onegina, school.mother_of_7a}
    assert await reached(box, office, deputy, Audience(AudienceKind.CLASS, school.class_7a)) == {school.mother_of_7a}
    staff = await reached(box, office, deputy, Audience(AudienceKind.STAFF))
    assert {school.owner, school.colleague, school.homeroom_teacher, deputy} <= staff
    assert not staff & {*larins, *onegina, school.mother_of_7a}


async def test_the_families_of_todays_absent(box: Mailbox, office: Office, school: Cast) -> None:
    await box.says(school.onegin, AttendanceCode.ABSENT, school.algebra, school.owner)
    view = await office.writing.of_class(school.actor(school.homeroom_teacher), school.class_7b)
    assert view.absent == 1
    absent = office.of_7b(AudienceKind.ABSENT)
    assert await reached(box, office, school.homeroom_teacher, absent) == {school.mother_onegina}


async def test_chosen_families_are_put_in_and_taken_out(box: Mailbox, office: Office, school: Cast) -> None:
    actor = school.actor(school.homeroom_teacher)
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(AudienceKind.CHOSEN), TEXT)
    with pytest.raises(NobodyChosen):
        await office.writing.preview(actor, id_)
    await office.writing.pick(actor, id_, school.larina, True)
    await office.writing.pick(actor, id_, school.onegin, True)
    await office.writing.pick(actor, id_, school.onegin, True)
    view = await office.writing.pick(actor, id_, school.larina, False)
    assert [one.student_id for one in view.candidates if one.chosen] == [school.onegin]
    with pytest.raises(NotFoundHere):
        await office.writing.pick(actor, id_, school.student_of_7a, True)
    await office.presses(school.homeroom_teacher, id_)
    assert set(await box.brings()) == {school.mother_onegina, school.homeroom_teacher}


async def test_students_get_it_at_their_own_phones(box: Mailbox, office: Office, school: Cast) -> None:
    async with box.storage.writing() as uow:
        await connect(uow, school, school.onegin)
    students = office.of_7b(AudienceKind.STUDENTS)
    assert await reached(box, office, school.homeroom_teacher, students) == {school.onegin}


@pytest.mark.parametrize(
    ("who", "audience", "refusal"),
    [
        ("homeroom_teacher", ("class", "class_7a"), NotYourAudience),
        ("homeroom_teacher", ("students", "class_7a"), NotYourAudience),
        ("homeroom_teacher", ("school", None), NotYourAudience),
        ("homeroom_teacher", ("level", None), NotYourAudience),
        ("homeroom_teacher", ("staff", None), NotYourAudience),
        ("owner", ("class", "class_7b"), NotYourAudience),
        ("owner", ("chosen", "class_7b"), NotYourAudience),
        ("mother_larina", ("class", "class_7b"), NotYourAudience),
        ("mother_larina", ("school", None), NotYourAudience),
        ("deputy", ("chosen", "class_7b"), NotYourAudience),
        ("deputy", ("absent", "class_7b"), NotYourAudience),
    ],
)
async def test_nobody_writes_to_others_than_their_own(
    who: str, audience: tuple[str, str | None], refusal: type[SchoolError], office: Office, school: Cast
) -> None:
    kind, of = audience
    wanted = Audience(AudienceKind(kind), None if of is None else getattr(school, of), (7,) if kind == "level" else ())
    with pytest.raises(refusal):
        await office.writing.begin(school.actor(getattr(school, who)), wanted)


async def test_another_schools_class_and_subgroup_are_not_there(box: Mailbox, office: Office, school: Cast) -> None:
    async with box.storage.writing() as uow:
        other = insert(School).values(
            name="Другая", timezone="Europe/Moscow", regulation={}, created_at=school.clock.now()
        )
        other_school = (await uow.execute(other.returning(School.id))).scalar_one()
        row = {"school_id": other_school, "year_id": school.year_id, "name": "9Б", "key": "9б", "level": 9}
        other_class = (await uow.execute(insert(SchoolClass).values(row).returning(SchoolClass.id))).scalar_one()
        part = {"school_id": school.school_id, "class_id": school.class_7a, "name": "п", "key": "п"}
        other_part = (await uow.execute(insert(Subgroup).values(part).returning(Subgroup.id))).scalar_one()
    for wanted in (
        Audience(AudienceKind.CLASS, ClassId(other_class)),
        Audience(AudienceKind.SUBGROUP, school.class_7b, (other_part,)),
        Audience(AudienceKind.SUBGROUP, school.class_7b),
    ):
        with pytest.raises(NotFoundHere):
            await office.writing.begin(school.actor(school.homeroom_teacher), wanted)


async def test_the_desk_is_for_homeroom_teachers_and_the_administration(office: Office, school: Cast) -> None:
    desk = await office.writing.desk(school.actor(school.homeroom_teacher))
    assert ([one.name for one in desk.classes], desk.office) == (["7Б"], False)
    desk = await office.writing.desk(school.actor(school.deputy))
    assert ([one.name for one in desk.classes], desk.office) == ([], True)
    choice = await office.writing.of_school(school.actor(school.deputy))
    assert choice.levels == [1, 7]
    for who in (school.owner, school.mother_larina):
        with pytest.raises(NoBroadcasts):
            await office.writing.desk(school.actor(who))
        with pytest.raises(NoBroadcasts):
            await office.writing.of_school(school.actor(who))


async def test_a_broadcast_is_its_authors_alone(box: Mailbox, office: Office, school: Cast) -> None:
    draft = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    others = [school.actor(one) for one in (school.deputy, school.owner, school.mother_larina)]
    for other in others:
        for act in (
            office.writing.open(other, draft),
            office.writing.preview(other, draft),
            office.writing.send(other, draft, 1),
            office.writing.set(other, draft, urgent=True),
            office.writing.drop(other, draft),
            office.writing.pick(other, draft, school.larina, True),
        ):
            with pytest.raises(BroadcastGone):
                await act
        with pytest.raises(NotFoundHere):
            await office.writing.cancel(other, draft)
    await office.presses(school.homeroom_teacher, draft)
    for other in others:
        for press in (office.progress.view, office.progress.pause, office.progress.resume, office.progress.stop):
            with pytest.raises(NotFoundHere):
                await press(other, draft)
        for press_too in (
            office.progress.recall,
            office.progress.close,
            office.progress.remind,
            office.progress.export,
        ):
            with pytest.raises(NotFoundHere):
                await press_too(other, draft)
    with pytest.raises(NotFoundHere):
        await office.progress.view(school.actor(school.homeroom_teacher), BroadcastId(999))


async def test_who_left_the_staff_opens_nothing_of_theirs_any_more(box: Mailbox, office: Office, school: Cast) -> None:
    id_ = await office.sends(school.deputy, Audience(AudienceKind.SCHOOL), TEXT)
    async with box.storage.writing() as uow:
        left = update(PersonRole).where(PersonRole.person_id == school.deputy)
        await uow.write(left.values(until_on=date(2026, 9, 8)))
    school.roles[school.deputy] = frozenset({Role.GUARDIAN})
    with pytest.raises(NotYourAudience):
        await office.progress.recall(school.actor(school.deputy), id_)


async def test_a_guardian_who_teaches_gets_both_kinds_once(box: Mailbox, office: Office, school: Cast) -> None:
    async with box.storage.writing() as uow:
        await guard(uow, school, school.owner, school.larina)
    assert school.owner in await reached(box, office, school.homeroom_teacher, office.of_7b())
    assert school.owner in await reached(box, office, school.deputy, Audience(AudienceKind.STAFF))
