"""Homework beside its text: files, as last time, the way of doing, chosen students; and whom it reaches."""

from collections.abc import Awaitable
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.access import NoHomeworkHere, NotInLesson, SubstituteOver, TermClosed
from services.changes import Outcome
from services.diary import Diary
from services.errors import NotFoundHere, NotYourLesson
from services.homework import (
    MOST_FILES,
    FilesForAll,
    Homework,
    NewFile,
    NothingLastTime,
    TooManyFiles,
)
from services.lessons import Lessons
from services.letters.news import without_files
from services.personal_homework import HomeworkChanged, NobodyChosen, PersonalHomework, PersonalPut
from services.records import NothingAwaited, RecordPut, Records
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.journal import PersonalHomework as PersonalRow
from storage.uow import Storage
from storage.vocabulary import DraftPurpose, FileKind, HomeworkWay, LessonId, PersonId, RecordPart
from tests.school import TODAY, Cast, add_lesson, close_term, connect, found, guard, person, substitute

YESTERDAY = TODAY - timedelta(days=1)
HOMEWORK = DraftPurpose.HOMEWORK


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def homework(storage: Storage, school: Cast) -> Homework:
    return Homework(storage, school.clock)


@pytest.fixture
def personal(storage: Storage, school: Cast) -> PersonalHomework:
    return PersonalHomework(storage, school.clock)


@pytest.fixture
def records(storage: Storage, school: Cast) -> Records:
    return Records(storage, school.clock)


def photo(number: int) -> NewFile:
    return NewFile(FileKind.PHOTO, f"file-{number}", f"unique-{number}", "", 1000)


async def waiting(storage: Storage) -> dict[tuple[int, str], str | None]:
    """What waits to be told, by recipient and key."""
    async with storage.reading() as uow:
        rows = await uow.execute(
            select(Item.recipient_id, Item.collapse_key, Item.value).where(
                Item.kind == "homework", Item.state == "waiting"
            )
        )
        return {(row.recipient_id, row.collapse_key): row.value for row in rows}


async def given(records: Records, school: Cast, lesson: LessonId, text: str, who: PersonId | None = None) -> None:
    actor = school.actor(who or school.owner)
    await records.choose_homework(actor, lesson)
    await records.put_typed(actor, HOMEWORK, text)


async def for_students(
    homework: Homework, personal: PersonalHomework, school: Cast, text: str, *students: PersonId
) -> PersonalPut:
    owner = school.actor(school.owner)
    for student in students:
        await personal.choose_student(owner, school.algebra, student, chosen=True)
    await personal.type_for_chosen(owner, school.algebra, prompt=55)
    put = await homework.put_typed(owner, text)
    assert isinstance(put, PersonalPut)
    return put


# --- Files ------------------------------------------------------------------------------------------------------------


async def test_a_photo_with_a_caption_is_the_homework(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra, prompt=41)
    put = await homework.put_file(owner, photo(1), "§ 14, № 231", album="a")
    assert (put.text, put.files, put.prompt, put.same_album) == ("§ 14, № 231", 1, 41, False)
    await homework.asked_in(owner, 42)
    second = await homework.put_file(owner, photo(2), "", album="a")
    assert (second.text, second.files, second.prompt, second.same_album) == ("§ 14, № 231", 2, 42, True)
    card = await Lessons(storage, school.clock).card(owner, school.algebra)
    assert card.homework is not None
    assert (card.homework.value, card.files) == ("§ 14, № 231", 2)
    values = set((await waiting(storage)).values())
    assert [without_files(value or "") for value in values] == [("§ 14, № 231", 2)]


async def test_a_photo_alone_stands_as_see_attachment_until_a_text_comes(
    homework: Homework, records: Records, school: Cast
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    assert (await homework.put_file(owner, photo(1), "")).text == "См. вложение."
    put = await homework.put_typed(owner, "№ 5")
    assert isinstance(put, RecordPut)
    assert put.card.homework is not None
    assert (put.card.homework.value, put.card.files, put.outcome) == ("№ 5", 1, Outcome.SAVED)


async def test_the_same_photo_twice_is_attached_once_and_more_than_ten_are_refused(
    homework: Homework, records: Records, school: Cast
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    for number in range(MOST_FILES):
        await homework.put_file(owner, photo(number), "")
        if number == 0:
            assert (await homework.put_file(owner, photo(0), "")).files == 1
    with pytest.raises(TooManyFiles):
        await homework.put_file(owner, photo(99), "")


async def test_removed_attachments_are_gone_from_the_news_but_not_from_the_archive(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    await homework.put_file(owner, photo(1), "")
    seen = (await records.choose_homework(owner, school.algebra)).last_file
    await homework.put_file(owner, photo(2), "")  # a colleague's, meanwhile
    choice = await homework.remove_files(owner, school.algebra, seen)
    assert choice.files == 1
    choice = await homework.remove_files(owner, school.algebra, choice.last_file)
    assert (choice.files, choice.current) == (0, None), "without its photo «см. вложение» says nothing"
    assert await waiting(storage) == {}


async def test_a_colleagues_text_is_not_replaced_by_a_caption(
    homework: Homework, records: Records, school: Cast
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    await given(records, school, school.algebra, "от коллеги", school.partner)
    put = await homework.put_file(owner, photo(1), "моё")
    assert (put.text, put.files, put.outcome) == ("от коллеги", 1, Outcome.CHANGED)
    again = await homework.put_typed(owner, "моё")
    assert again.outcome is Outcome.SAVED


async def test_no_homework_has_no_attachments(homework: Homework, records: Records, school: Cast) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    await homework.put_file(owner, photo(1), "№ 1")
    put = await records.no_homework(owner, school.algebra, 1)
    assert put.card.files == 0


async def test_a_file_that_nothing_awaits_is_refused(homework: Homework, school: Cast) -> None:
    with pytest.raises(NothingAwaited):
        await homework.put_file(school.actor(school.owner), photo(1), "")


async def test_a_family_gets_the_files_of_its_own_childs_lessons_only(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner, diary = school.actor(school.owner), Diary(storage, school.clock)
    await records.choose_homework(owner, school.algebra)
    await homework.put_file(owner, photo(1), "№ 1")
    mother = school.actor(school.mother_larina)
    subject, files = await diary.files(mother, school.larina, school.algebra)
    assert (subject, [one.file_id for one in files]) == ("Алгебра", ["file-1"])
    for who, student, lesson in (
        (school.mother_larina, school.onegin, school.algebra),
        (school.mother_of_7a, school.larina, school.algebra),
        (school.mother_of_7a, school.student_of_7a, school.algebra),
        (school.mother_larina, school.larina, school.lessons["7А"]),
        (school.stranger, school.larina, school.algebra),
        (school.homeroom_teacher, school.larina, school.algebra),
    ):
        with pytest.raises((NotFoundHere, Exception)) as refusal:
            await diary.files(school.actor(who), student, lesson)
        assert type(refusal.value).__name__ in {"NotFoundHere", "NotYourStudent"}


# --- As last time, and the way of doing -------------------------------------------------------------------------------


async def test_as_last_time_shows_and_takes_what_this_course_gave_before(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    for days, text in ((-7, "§ 12"), (-1, "")):
        before = await add_lesson(storage, school, "Алгебра", 3, TODAY + timedelta(days=days))
        if text:
            await records.choose_homework(owner, before)
            await homework.put_file(owner, photo(1), text)
            await homework.choose_way(owner, before, HomeworkWay.WRITTEN, 1)
        else:
            await records.no_homework(owner, before, 0)
    other = await add_lesson(
        storage, school, "Алгебра", 1, YESTERDAY, audience=[(school.class_7a, None)], key="другой класс"
    )
    await given(records, school, other, "чужое")
    last = (await records.choose_homework(owner, school.algebra)).last
    assert last is not None
    assert (last.text, last.on_date, last.way, last.files) == (
        "§ 12",
        TODAY - timedelta(days=7),
        HomeworkWay.WRITTEN,
        1,
    )
    put = await homework.same_as_last_time(owner, school.algebra, last.lesson_id, 0)
    assert put.card.homework is not None
    assert (put.card.homework.value, put.card.homework.way, put.card.files) == ("§ 12", HomeworkWay.WRITTEN, 1)
    again = await homework.same_as_last_time(owner, school.algebra, last.lesson_id, 0)
    assert (again.outcome, again.card.files) == (Outcome.ALREADY, 1)
    back = await records.restore(owner, school.algebra, RecordPart.HOMEWORK, 0, put.card.revs[RecordPart.HOMEWORK])
    assert (back.card.homework, back.card.files) == (None, 0)


async def test_undoing_as_last_time_takes_its_attachments_back_and_leaves_the_own_ones(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    before = await add_lesson(storage, school, "Алгебра", 3, YESTERDAY)
    for lesson, number, text in ((before, 1, "§ 12"), (school.algebra, 2, "§ 7")):
        await records.choose_homework(owner, lesson)
        await homework.put_file(owner, photo(number), text)

    async def attached() -> list[str]:
        return [one.file_id for one in (await homework.files(owner, school.algebra))[1]]

    own = await attached()
    school.clock.set(school.at("11:02"))
    rev = (await records.choose_homework(owner, school.algebra)).rev
    put = await homework.same_as_last_time(owner, school.algebra, before, rev)
    assert (put.outcome, put.back_to, len(await attached())) == (Outcome.SAVED, rev, 2)
    school.clock.set(school.at("11:03"))
    back = await records.restore(owner, school.algebra, RecordPart.HOMEWORK, rev, rev + 1)
    assert back.card.homework is not None
    assert (back.card.homework.value, back.card.files, await attached()) == ("§ 7", 1, own)
    told = {value for (_, key), value in (await waiting(storage)).items() if f":{school.algebra}:" in key}
    assert [without_files(value or "") for value in told] == [("§ 7", 1)]
    school.clock.set(school.at("11:04"))
    again = await records.restore(owner, school.algebra, RecordPart.HOMEWORK, rev + 1, rev + 2)
    assert again.card.homework is not None
    assert (again.card.homework.value, again.card.files) == ("§ 12", 2), "and the undoing can be undone"
    school.clock.set(school.at("11:05"))
    back = await records.restore(owner, school.algebra, RecordPart.HOMEWORK, rev + 2, rev + 3)
    assert back.card.homework is not None
    assert (back.card.homework.value, await attached()) == ("§ 7", own), "as often as somebody likes"


async def test_as_last_time_attaches_no_more_than_a_messenger_shows_together(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    before = await add_lesson(storage, school, "Алгебра", 3, YESTERDAY)
    for lesson, numbers in ((before, range(6)), (school.algebra, range(10, 15))):
        await records.choose_homework(owner, lesson)
        for number in numbers:
            await homework.put_file(owner, photo(number), f"§ {lesson}")
    choice = await records.choose_homework(owner, school.algebra)
    with pytest.raises(TooManyFiles):
        await homework.same_as_last_time(owner, school.algebra, before, choice.rev)
    assert len((await homework.files(owner, school.algebra))[1]) == 5


async def test_attachments_taken_as_last_time_are_told_though_the_text_was_the_same(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    before = await add_lesson(storage, school, "Алгебра", 3, YESTERDAY)
    await records.choose_homework(owner, before)
    await homework.put_file(owner, photo(1), "§ 12")
    await given(records, school, school.algebra, "§ 12")
    put = await homework.same_as_last_time(owner, school.algebra, before, 1)
    assert put.card.files == 1
    told = {value for (_, key), value in (await waiting(storage)).items() if f":{school.algebra}:" in key}
    assert [without_files(value or "") for value in told] == [("§ 12", 1)]


async def test_undoing_nothing_set_brings_the_attachments_back(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    await homework.put_file(owner, photo(1), "")
    removed = await homework.remove_files(owner, school.algebra, 1)
    assert removed.files == 0, "what was removed by itself stays so"
    await records.choose_homework(owner, school.algebra)
    put = await homework.put_file(owner, photo(2), "")
    school.clock.set(school.at("11:02"))
    rev = (await records.choose_homework(owner, school.algebra)).rev
    none = await records.no_homework(owner, school.algebra, rev)
    assert none.card.files == 0
    school.clock.set(school.at("11:03"))
    back = await records.restore(owner, school.algebra, RecordPart.HOMEWORK, rev, none.card.revs[RecordPart.HOMEWORK])
    assert back.card.homework is not None
    assert (back.card.homework.value, back.card.files) == (put.text, 1)
    told = {value for (_, key), value in (await waiting(storage)).items() if f":{school.algebra}:" in key}
    assert [without_files(value or "") for value in told] == [(put.text, 1)]


async def test_another_lessons_homework_is_not_taken_for_the_last(
    homework: Homework, records: Records, school: Cast, storage: Storage
) -> None:
    before = await add_lesson(storage, school, "Алгебра", 3, YESTERDAY)
    await given(records, school, before, "§ 12")
    with pytest.raises(NothingLastTime):
        await homework.same_as_last_time(school.actor(school.owner), school.algebra, school.lessons["7А"], 0)


async def test_each_subgroup_has_its_own_last_time(records: Records, school: Cast, storage: Storage) -> None:
    for number, teacher in ((1, school.colleague), (2, school.stranger)):
        lesson = await add_lesson(
            storage,
            school,
            "Английский язык",
            4,
            YESTERDAY,
            teachers=(teacher,),
            audience=school.half(number),
            key=f"вчера {number}",
        )
        await given(records, school, lesson, f"группа {number}", teacher)
    school.clock.set(school.at("11:30"))
    for number, teacher in ((1, school.colleague), (2, school.stranger)):
        choice = await records.choose_homework(school.actor(teacher), school.lessons[f"английский {number}"])
        assert choice.last is not None
        assert choice.last.text == f"группа {number}"


async def test_the_way_is_kept_for_what_is_typed_and_changes_what_stands(
    homework: Homework, records: Records, school: Cast
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    choice, put = await homework.choose_way(owner, school.algebra, HomeworkWay.BY_HEART, 0)
    assert (choice.way, put) == (HomeworkWay.BY_HEART, None)
    typed = await homework.put_typed(owner, "теорема")
    assert isinstance(typed, RecordPut)
    assert typed.card.homework is not None
    assert typed.card.homework.way is HomeworkWay.BY_HEART
    choice, changed = await homework.choose_way(owner, school.algebra, HomeworkWay.ORAL, 1)
    assert changed is not None
    assert (changed.outcome, choice.way, choice.rev) == (Outcome.SAVED, HomeworkWay.ORAL, 2)
    _choice, stale = await homework.choose_way(owner, school.algebra, HomeworkWay.WRITTEN, 1)
    assert stale is not None
    assert stale.outcome is Outcome.CHANGED


# --- Chosen students --------------------------------------------------------------------------------------------------


async def test_personal_homework_stands_beside_the_general_and_counts_in_the_card(
    homework: Homework, personal: PersonalHomework, records: Records, school: Cast, storage: Storage
) -> None:
    await given(records, school, school.algebra, "всем")
    put = await for_students(homework, personal, school, "лично", school.larina, school.onegin)
    assert (put.outcome, put.prompt, put.card.personal) == (Outcome.SAVED, 55, 2)
    assert put.card.homework is not None
    assert put.card.homework.value == "всем"
    keys = {(who, key.split(":")[0]): value for (who, key), value in (await waiting(storage)).items()}
    for guardian in (school.mother_larina, school.father_larin, school.mother_onegina):
        assert keys[guardian, "homework"] == "всем"
        assert keys[guardian, "own_homework"] == "лично"
    async with storage.reading() as uow:
        lines = await uow.execute(select(AuditEntry.subject).where(AuditEntry.action == "personal_homework_put"))
        assert {row.subject for row in lines} == {
            f"homework:{school.algebra}:{student}" for student in (school.larina, school.onegin)
        }


async def test_personal_homework_never_leaks_to_a_classmate_or_to_the_sisters_side_of_the_diary(
    homework: Homework, personal: PersonalHomework, records: Records, school: Cast, storage: Storage
) -> None:
    """Two children of one family in one class, a canary for each, and one for a stranger's child."""
    anna = school.named("Ларина Анна")
    async with storage.writing() as uow:
        await guard(uow, school, school.mother_larina, anna)
        mother_of_sidorov = await person(uow, school, "Сидорова Ольга Петровна")
        await connect(uow, school, mother_of_sidorov)
        await guard(uow, school, mother_of_sidorov, school.named("Сидоров Кирилл"))
    for student, canary in ((school.larina, "КАНАРЕЙКА-Т"), (anna, "КАНАРЕЙКА-А"), (school.onegin, "КАНАРЕЙКА-О")):
        await for_students(homework, personal, school, canary, student)
    told: dict[int, set[str | None]] = {}
    async with storage.reading() as uow:
        for row in await uow.execute(select(Item.recipient_id, Item.student_id, Item.value)):
            told.setdefault(row.recipient_id, set()).add(row.value)
            if row.value == "КАНАРЕЙКА-А":
                assert row.student_id == anna
    assert told == {
        school.mother_larina: {"КАНАРЕЙКА-Т", "КАНАРЕЙКА-А"},
        school.father_larin: {"КАНАРЕЙКА-Т"},  # Anna is his wife's alone
        school.mother_onegina: {"КАНАРЕЙКА-О"},
    }
    diary = Diary(storage, school.clock)
    for who, student, own in (
        (school.mother_larina, school.larina, {"КАНАРЕЙКА-Т"}),
        (school.mother_larina, anna, {"КАНАРЕЙКА-А"}),
        (school.mother_onegina, school.onegin, {"КАНАРЕЙКА-О"}),
        (mother_of_sidorov, school.named("Сидоров Кирилл"), set()),
    ):
        for day in (TODAY, TODAY + timedelta(days=1)):
            view = await diary.day(school.actor(who), student, day)
            seen = {one.own for one in view.lessons} | {todo.text for one in view.lessons for todo in one.todo}
            assert seen - {None} == own


async def test_only_who_sits_in_the_lesson_gets_personal_homework(
    homework: Homework, personal: PersonalHomework, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    with pytest.raises(NotInLesson):
        await personal.choose_student(owner, school.algebra, school.student_of_7a, chosen=True)
    school.clock.set(school.at("11:30"))
    first, second = school.students[0], school.students[1]
    colleague = school.actor(school.colleague)
    await personal.choose_student(colleague, school.lessons["английский 1"], first, chosen=True)
    with pytest.raises(NotInLesson):
        await personal.choose_student(colleague, school.lessons["английский 1"], second, chosen=True)


async def test_chosen_twice_is_chosen_once_and_nobody_chosen_is_refused(
    homework: Homework, personal: PersonalHomework, school: Cast
) -> None:
    owner = school.actor(school.owner)
    for _ in range(2):
        sheet = await personal.choose_student(owner, school.algebra, school.larina, chosen=True)
        assert [one.name.id for one in sheet.chosen] == [school.larina]
    sheet = await personal.choose_student(owner, school.algebra, school.larina, chosen=False)
    assert sheet.chosen == []
    with pytest.raises(NobodyChosen):
        await personal.type_for_chosen(owner, school.algebra)


async def test_personal_homework_is_taken_back_by_one_tap(
    homework: Homework, personal: PersonalHomework, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await for_students(homework, personal, school, "первое", school.larina)
    school.clock.advance(timedelta(seconds=5))
    second = await for_students(homework, personal, school, "второе", school.larina, school.onegin)
    assert second.put_at is not None
    back = await personal.take_back(owner, school.algebra, second.put_at, second.revs)
    assert back.card.personal == 1
    values = {(who, key.split(":")[0]): value for (who, key), value in (await waiting(storage)).items()}
    assert values == {(school.mother_larina, "own_homework"): "первое", (school.father_larin, "own_homework"): "первое"}
    with pytest.raises(HomeworkChanged):
        await personal.take_back(owner, school.algebra, second.put_at, second.revs)
    async with storage.reading() as uow:
        rows = (await uow.execute(select(PersonalRow.rev, PersonalRow.value))).all()
    assert len(rows) == 5, "every value is a row of its own"


async def test_a_colleagues_later_homework_of_one_of_them_stops_the_whole_put(
    homework: Homework, personal: PersonalHomework, school: Cast
) -> None:
    owner, partner = school.actor(school.owner), school.actor(school.partner)
    await personal.choose_student(owner, school.algebra, school.larina, chosen=True)
    await personal.type_for_chosen(owner, school.algebra)
    await personal.choose_student(partner, school.algebra, school.larina, chosen=True)
    await personal.type_for_chosen(partner, school.algebra)
    await homework.put_typed(partner, "раньше")
    put = await homework.put_typed(owner, "позже")
    assert isinstance(put, PersonalPut)
    assert (put.outcome, put.author) == (Outcome.CHANGED, "Смирнова")
    again = await homework.put_typed(owner, "позже")
    assert again.outcome is Outcome.SAVED


async def test_own_homework_of_the_chosen_can_be_dropped(
    homework: Homework, personal: PersonalHomework, school: Cast
) -> None:
    await for_students(homework, personal, school, "лично", school.larina)
    owner = school.actor(school.owner)
    sheet = await personal.choose_student(owner, school.algebra, school.larina, chosen=True)
    assert [one.homework for one in sheet.chosen] == ["лично"]
    put = await personal.drop_personal(owner, school.algebra)
    assert (put.text, put.card.personal) == (None, 0)


async def test_a_file_is_no_answer_where_chosen_students_homework_is_awaited(
    homework: Homework, personal: PersonalHomework, school: Cast
) -> None:
    owner = school.actor(school.owner)
    await personal.choose_student(owner, school.algebra, school.larina, chosen=True)
    await personal.type_for_chosen(owner, school.algebra)
    with pytest.raises(FilesForAll):
        await homework.put_file(owner, photo(1), "")


# --- Rights and windows -----------------------------------------------------------------------------------------------


def every_call(
    homework: Homework, personal: PersonalHomework, school: Cast, who: PersonId, lesson: LessonId
) -> list[Awaitable[object]]:
    actor = school.actor(who)
    return [
        homework.files(actor, lesson),
        homework.remove_files(actor, lesson, 1),
        homework.same_as_last_time(actor, lesson, lesson, 0),
        homework.choose_way(actor, lesson, HomeworkWay.ORAL, 0),
        personal.choose_students(actor, lesson),
        personal.choose_student(actor, lesson, school.larina, chosen=True),
        personal.type_for_chosen(actor, lesson),
        personal.drop_personal(actor, lesson),
        personal.take_back(actor, lesson, 1, 1),
    ]


@pytest.mark.parametrize(
    "who", ["colleague", "stranger", "substitute", "homeroom_teacher", "deputy", "mother_larina", "mother_of_7a"]
)
async def test_nobody_but_the_lessons_teachers_touches_its_homework(
    homework: Homework, personal: PersonalHomework, school: Cast, storage: Storage, who: str
) -> None:
    for call in every_call(homework, personal, school, getattr(school, who), school.algebra):
        with pytest.raises(NotYourLesson):
            await call
    async with storage.reading() as uow:
        assert (await uow.execute(select(PersonalRow.rev))).first() is None


async def test_a_substitute_gives_homework_while_the_lessons_clocks_run(
    homework: Homework, personal: PersonalHomework, school: Cast, storage: Storage
) -> None:
    await substitute(storage, school, school.algebra, school.substitute)
    actor = school.actor(school.substitute)
    await personal.choose_student(actor, school.algebra, school.larina, chosen=True)
    await personal.type_for_chosen(actor, school.algebra)
    assert (await homework.put_typed(actor, "от замены")).outcome is Outcome.SAVED
    school.clock.advance(timedelta(days=30))
    with pytest.raises(SubstituteOver):
        await personal.choose_students(actor, school.algebra)


async def test_class_1_and_a_closed_term_take_no_homework_of_any_kind(
    homework: Homework, personal: PersonalHomework, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    with pytest.raises(NoHomeworkHere):
        await personal.choose_students(owner, school.lessons["1А"])
    await close_term(storage, school, "quarter")
    for call in (
        personal.choose_students(owner, school.algebra),
        homework.remove_files(owner, school.algebra, 1),
        homework.choose_way(owner, school.algebra, HomeworkWay.ORAL, 0),
    ):
        with pytest.raises(TermClosed):
            await call
