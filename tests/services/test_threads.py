"""Correspondence: who may write to whom, what each side sees, hours, hand-over, complaint, and that nothing leaks."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot.prune import ThreadPrune
from services.errors import NotFoundHere, SchoolError
from services.quick_line import QuickLine
from services.records import NothingTyped
from services.threads import NewFile, Threads
from services.threads.refusals import (
    EntryTooLong,
    FamilyGone,
    LetterNotAwaited,
    NobodyThere,
    NoHandingOver,
    NoLongerTeaching,
    NoLongerYours,
    NotAmongTeachers,
    TeacherGone,
    TooManyEntries,
)
from services.threads.writing import LONGEST, HandOverTo
from storage.models.audit import AuditEntry
from storage.models.control import StaffLeave
from storage.models.delivery import Inbox, Item
from storage.models.people import Consent, Draft, Guardianship, PersonRole, TelegramAccount
from storage.models.school import CalendarDay, School
from storage.models.threads import Thread, ThreadEntry, ThreadRead
from storage.models.timetable import LessonTeacher
from storage.uow import AlreadyDone, Storage
from storage.vocabulary import FileKind, InboxSeq, PersonId, Role, ThreadId
from tests.school import BOT, TODAY, Cast, found, guard, person

DAY = timedelta(days=1)
PHOTO = NewFile(FileKind.PHOTO, "photo-1", "unique-1")


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def threads(storage: Storage, school: Cast) -> Threads:
    return Threads(storage, school.clock)


async def write(
    threads: Threads, school: Cast, text: str = "Здравствуйте", *, to: PersonId | str | None = "owner"
) -> ThreadId:
    """Larina's mother writes."""
    mother = school.actor(school.mother_larina)
    teacher = school.owner if to == "owner" else to
    assert not isinstance(teacher, str)
    await threads.begin(mother, school.larina, teacher)
    return (await threads.write(mother, text)).title.id


async def answer(threads: Threads, school: Cast, who: PersonId, thread: ThreadId, text: str = "Добрый день") -> None:
    await threads.answer(school.actor(who), thread)
    await threads.write(school.actor(who), text)


async def waiting(storage: Storage) -> dict[int, list[str]]:
    """The texts of entries that wait to be told, by recipient."""
    async with storage.reading() as uow:
        rows = await uow.execute(select(Item.recipient_id, Item.value).where(Item.state == "waiting").order_by(Item.id))
        texts = {row.id: row.text for row in await uow.execute(select(ThreadEntry.id, ThreadEntry.text))}
        told: dict[int, list[str]] = {}
        for row in rows:
            told.setdefault(row.recipient_id, []).append(texts[int(row.value)])
        return told


async def count(storage: Storage) -> int:
    async with storage.reading() as uow:
        return int((await uow.execute(select(func.count()).select_from(ThreadEntry))).scalar_one())


async def end_guardianship(storage: Storage, school: Cast) -> None:
    async with storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.guardian_id == school.mother_larina)
        await uow.write(ended.values(until_on=TODAY))


async def end_teaching(storage: Storage, teacher: PersonId) -> None:
    async with storage.writing() as uow:
        await uow.write(delete(LessonTeacher).where(LessonTeacher.teacher_id == teacher))


# Whom to write to


async def test_a_guardian_chooses_among_the_childs_teachers_with_the_homeroom_teacher_first(
    threads: Threads, school: Cast
) -> None:
    view = await threads.choose(school.actor(school.mother_larina))
    assert view.child is not None
    assert (view.child.first_name, view.class_name, view.office) == ("Татьяна", "7Б", True)
    assert view.teachers[0].name == "Кузнецова В. А."
    assert view.teachers[0].homeroom
    named = {one.name: one.subjects for one in view.teachers}
    assert named["Вишневская Г. П."] == ("Алгебра",)
    assert "Русский язык" in named["Чехов А. П."]
    assert "Лобачевский Н. И." not in named, "he teaches nothing here"


async def test_only_the_childs_own_half_of_the_class_counts(threads: Threads, school: Cast) -> None:
    english = {school.colleague: 1, school.stranger: 2}
    for student in (school.larina, school.onegin):
        mother = school.mother_larina if student == school.larina else school.mother_onegina
        half = school.students.index(student) % 2 + 1
        view = await threads.choose(school.actor(mother), student)
        teaching = {one.id for one in view.teachers if "Английский" in " ".join(one.subjects)}
        assert teaching == {teacher for teacher, number in english.items() if number == half}


async def test_of_two_children_one_is_chosen_first(storage: Storage, threads: Threads, school: Cast) -> None:
    async with storage.writing() as uow:
        await guard(uow, school, school.mother_larina, school.onegin)
    view = await threads.choose(school.actor(school.mother_larina))
    assert view.child is None
    assert [one.first_name for one in view.children] == ["Татьяна", "Евгений"]


async def test_a_teacher_without_a_chat_is_not_offered_and_is_counted(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    async with storage.writing() as uow:
        await uow.write(
            update(TelegramAccount).where(TelegramAccount.person_id == school.owner).values(state="revoked")
        )
    view = await threads.choose(school.actor(school.mother_larina))
    assert view.unconnected == 1
    assert school.owner not in {one.id for one in view.teachers}
    with pytest.raises(NotAmongTeachers):
        await threads.begin(school.actor(school.mother_larina), school.larina, school.owner)


async def test_a_student_writes_to_own_teachers_only(storage: Storage, threads: Threads, school: Cast) -> None:
    school.accounts[school.larina] = 1
    student = school.actor(school.larina)
    view = await threads.choose(student)
    assert not view.office
    assert school.owner in {one.id for one in view.teachers}
    await threads.begin(student, school.larina, school.owner)
    sent = await threads.write(student, "Не понимаю № 231")
    assert await waiting(storage) == {school.owner: ["Не понимаю № 231"]}
    [listed] = await threads.list(school.actor(school.owner))
    assert (listed.id, listed.other) == (sent.title.id, "Ларина Татьяна, 7Б (ученик)")
    assert listed.short == "7Б Ларина Т. · ученик"
    for stranger in (school.onegin, school.substitute, school.mother_onegina, None):
        with pytest.raises(NotAmongTeachers):
            await threads.begin(student, school.larina, stranger)
    for other in (school.onegin, school.student_of_7a):
        with pytest.raises(SchoolError):
            await threads.begin(student, other, school.owner)


# Writing and reading


async def test_a_letter_goes_to_the_teacher_and_the_answer_to_that_guardian_alone(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    thread = await write(threads, school, "Когда пересдача?")
    assert await waiting(storage) == {school.owner: ["Когда пересдача?"]}
    await answer(threads, school, school.owner, thread, "В среду")
    assert (await waiting(storage))[school.mother_larina] == ["В среду"]
    assert set(await waiting(storage)) == {school.owner, school.mother_larina}, "not the father, not the office"


async def test_the_next_letter_to_the_same_teacher_stands_in_the_same_thread(threads: Threads, school: Cast) -> None:
    first = await write(threads, school, "Раз")
    second = await write(threads, school, "Два")
    assert first == second
    view = await threads.open(school.actor(school.owner), first)
    assert [one.text for one in view.entries] == ["Два", "Раз"]
    assert view.title.other == "Ларина Прасковья Ивановна (мать)"
    assert view.title.about == "Ларина Татьяна, 7Б"


async def test_what_is_read_is_known_to_who_wrote(threads: Threads, school: Cast) -> None:
    thread = await write(threads, school)
    mother, teacher = school.actor(school.mother_larina), school.actor(school.owner)
    assert [one.unread for one in await threads.list(teacher)] == [1]
    assert [one.read for one in (await threads.open(mother, thread)).entries] == [False]
    await threads.open(teacher, thread)
    assert [one.unread for one in await threads.list(teacher)] == [0]
    assert [one.read for one in (await threads.open(mother, thread)).entries] == [True]


async def test_the_administration_is_one_office(storage: Storage, threads: Threads, school: Cast) -> None:
    async with storage.writing() as uow:
        director = await person(uow, school, "Первый Иван Иванович", Role.DIRECTOR, connected=True)
    thread = await write(threads, school, "Вопрос о столовой", to=None)
    assert set(await waiting(storage)) == {school.deputy, director}
    await answer(threads, school, director, thread, "Разберёмся")
    assert (await waiting(storage))[school.mother_larina] == ["Разберёмся"]
    assert len((await waiting(storage))[school.deputy]) == 1, "one's own colleague's answer is no news"
    view = await threads.open(school.actor(school.mother_larina), thread)
    assert view.title.other == "Администрация"
    assert view.entries[0].author == "Администрация (Первый И. И.)"


async def test_a_photo_and_its_album_are_entries_that_only_the_sides_may_fetch(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    mother = school.actor(school.mother_larina)
    await threads.begin(mother, school.larina, school.owner)
    first = await threads.write_file(mother, PHOTO, "Справка", "album")
    again = await threads.write_file(mother, NewFile(FileKind.DOCUMENT, "doc", "u2", "а.pdf"), "", "album", more=True)
    assert (first.again, again.again) == (False, True)
    with pytest.raises(LetterNotAwaited):
        await threads.write_file(mother, PHOTO, "", "another album", more=True)
    with pytest.raises(LetterNotAwaited):
        await threads.write(mother, "и текст")
    view = await threads.open(school.actor(school.owner), first.title.id)
    assert [(one.text, one.file) for one in view.entries] == [("", "а.pdf"), ("Справка", "Фото")]
    entry = view.entries[1].id
    assert (await threads.attachment(school.actor(school.owner), entry)).file_id == "photo-1"
    for other in (school.father_larin, school.mother_onegina, school.colleague, school.deputy):
        with pytest.raises(NotFoundHere):
            await threads.attachment(school.actor(other), entry)


async def test_a_letter_has_at_most_two_thousand_units_and_one_word_at_least(threads: Threads, school: Cast) -> None:
    mother = school.actor(school.mother_larina)
    await threads.begin(mother, school.larina, school.owner)
    with pytest.raises(EntryTooLong):
        await threads.write(mother, "😀" * (LONGEST // 2) + "!")
    with pytest.raises(NothingTyped):
        await threads.write(mother, " \x00 \n ")
    sent = await threads.write(mother, "😀" * (LONGEST // 2))
    assert sent.title.id


async def test_lines_and_paragraphs_stay_and_control_signs_go(threads: Threads, school: Cast) -> None:
    thread = await write(threads, school, "Раз\x00\n\n<b>Два</b>\x07")
    assert (await threads.open(school.actor(school.owner), thread)).entries[0].text == "Раз\n\n<b>Два</b>"


async def test_so_many_letters_an_hour_as_the_school_says_and_then_the_hour_of_the_next(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    async with storage.writing() as uow:
        await uow.write(update(School).values(regulation={"thread_entries_an_hour": 3}))
    for number in range(3):
        await write(threads, school, f"{number}")
        school.clock.advance(timedelta(minutes=1))
    with pytest.raises(TooManyEntries) as refusal:
        await write(threads, school, "ещё")
    assert refusal.value.parameters["hour"] == "11:40", "an hour after the first, of 10:40"
    school.clock.set(school.at("11:41"))
    await write(threads, school, "ещё")


async def test_a_replayed_update_makes_one_entry(storage: Storage, threads: Threads, school: Cast) -> None:
    async with storage.writing() as uow:
        row = {"bot_id": BOT, "update_id": 1, "lane": 1, "payload": "{}", "state": "new"}
        added = insert(Inbox).values(**row, received_at=school.at("10:40")).returning(Inbox.seq)
        seq = InboxSeq((await uow.execute(added)).scalar_one())
    mother = school.actor(school.mother_larina)
    await threads.begin(mother, school.larina, school.owner)
    await threads.write(school.actor(school.mother_larina, seq), "Раз")
    await threads.begin(mother, school.larina, school.owner)
    with pytest.raises(AlreadyDone):
        await threads.write(school.actor(school.mother_larina, seq), "Раз")
    assert await count(storage) == 1
    assert len((await waiting(storage))[school.owner]) == 1


async def test_a_text_that_nothing_awaits_is_no_letter(storage: Storage, threads: Threads, school: Cast) -> None:
    mother = school.actor(school.mother_larina)
    await write(threads, school)
    with pytest.raises(LetterNotAwaited):
        await threads.write(mother, "ещё")
    await threads.begin(mother, school.larina, school.owner)
    await threads.stop(mother)
    with pytest.raises(LetterNotAwaited):
        await threads.write(mother, "ещё")
    assert await count(storage) == 1


# Hours


async def due(storage: Storage, who: PersonId) -> list[object]:
    async with storage.reading() as uow:
        return [
            (row.due_at, row.expires_at)
            for row in await uow.execute(
                select(Item.due_at, Item.expires_at).where(Item.recipient_id == who).order_by(Item.id)
            )
        ]


@pytest.mark.parametrize(
    ("hour", "day", "read_at", "read_on"),
    [
        ("10:40", TODAY, "10:40", TODAY),
        ("07:20", TODAY, "08:00", TODAY),
        ("18:00", TODAY, "08:00", TODAY + DAY),
        ("23:30", TODAY, "08:00", TODAY + DAY),
        ("19:00", date(2026, 9, 11), "08:00", date(2026, 9, 14)),
        ("12:00", date(2026, 9, 12), "08:00", date(2026, 9, 14)),
        ("12:00", date(2026, 9, 16), "08:00", date(2026, 9, 17)),
    ],
)
async def test_a_letter_outside_working_hours_waits_until_they_begin(
    storage: Storage, threads: Threads, school: Cast, hour: str, day: date, read_at: str, read_on: date
) -> None:
    async with storage.writing() as uow:  # the last case is a holiday
        row = {"school_id": school.school_id, "on_date": date(2026, 9, 16), "kind": "holiday"}
        await uow.execute(insert(CalendarDay), row)
    school.clock.set(school.at(hour, day))
    mother = school.actor(school.mother_larina)
    await threads.begin(mother, school.larina, school.owner)
    sent = await threads.write(mother, "Вечер")
    expected = school.at(read_at, read_on)
    assert await due(storage, school.owner) == [(expected, expected + timedelta(hours=72))]
    assert sent.reads_at == (None if expected == school.clock.now() else expected)


async def test_an_absent_teachers_letter_waits_for_the_return_if_it_is_known(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    async def leave(until: date | None) -> None:
        async with storage.writing() as uow:
            await uow.execute(delete(StaffLeave))
            row = {"school_id": school.school_id, "person_id": school.owner, "kind": "sick", "since_on": TODAY}
            await uow.execute(insert(StaffLeave).values(**row, until_on=until, made_at=school.at("08:00")))

    mother = school.actor(school.mother_larina)
    await leave(TODAY + 3 * DAY)
    await threads.begin(mother, school.larina, school.owner)
    assert (await threads.write(mother, "Раз")).reads_at == school.at("08:00", TODAY + 3 * DAY)
    await leave(None)
    await threads.begin(mother, school.larina, school.owner)
    sent = await threads.write(mother, "Два")
    assert sent.away
    assert (await due(storage, school.owner))[1][0] == school.clock.now()  # type: ignore[index]


async def test_quiet_hours_hold_the_answer_back(storage: Storage, threads: Threads, school: Cast) -> None:
    thread = await write(threads, school)
    school.clock.set(school.at("22:15"))
    await answer(threads, school, school.owner, thread)
    expected = school.at("07:00", TODAY + DAY)
    assert await due(storage, school.mother_larina) == [(expected, expected + timedelta(hours=72))]


# Handing over, turning to the administration


async def test_a_thread_is_handed_to_the_homeroom_teacher_with_its_history_and_a_note(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    thread = await write(threads, school, "О поездке")
    owner = school.actor(school.owner)
    view = await threads.hand_over_choice(owner, thread)
    assert (view.homeroom, view.office) == ("Кузнецова В. А.", True)
    await threads.ask_note(owner, thread, HandOverTo.HOMEROOM)
    await threads.type_note(owner, "Это к классному руководителю")
    told = await waiting(storage)
    assert told[school.homeroom_teacher] == told[school.mother_larina] == ["Это к классному руководителю"]
    opened = await threads.open(school.actor(school.homeroom_teacher), thread)
    assert [one.text for one in opened.entries] == ["Это к классному руководителю", "О поездке"]
    assert opened.entries[0].deed == "Переписка передана. Отвечает теперь: Кузнецова В. А."
    for attempt in (threads.open, threads.answer, threads.hand_over_choice):
        with pytest.raises(NoLongerYours):
            await attempt(owner, thread)
    with pytest.raises(NoLongerYours):
        await threads.hand_over(owner, thread, HandOverTo.OFFICE)
    assert list(await threads.list(owner)) == []
    await answer(threads, school, school.homeroom_teacher, thread, "Едем в пятницу")
    assert (await waiting(storage))[school.mother_larina][-1] == "Едем в пятницу"
    async with storage.reading() as uow:
        noted = await uow.execute(select(AuditEntry.detail).where(AuditEntry.action == "thread_handed_over"))
        assert [row.detail for row in noted] == [{"from": school.owner, "to": school.homeroom_teacher}]


async def test_a_thread_goes_to_the_administration_and_back_to_the_homeroom_teacher(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    thread = await write(threads, school, "О столовой")
    await threads.hand_over(school.actor(school.owner), thread, HandOverTo.OFFICE)
    assert set(await waiting(storage)) == {school.owner, school.mother_larina, school.deputy}
    with pytest.raises(NoHandingOver):
        await threads.hand_over(school.actor(school.deputy), thread, HandOverTo.OFFICE)
    await threads.hand_over(school.actor(school.deputy), thread, HandOverTo.HOMEROOM)
    assert school.homeroom_teacher in await waiting(storage)
    with pytest.raises(NoLongerYours):
        await threads.hand_over(school.actor(school.deputy), thread, HandOverTo.HOMEROOM)


async def test_the_family_may_not_hand_a_thread_over(threads: Threads, school: Cast) -> None:
    thread = await write(threads, school)
    with pytest.raises(NoHandingOver):
        await threads.hand_over(school.actor(school.mother_larina), thread, HandOverTo.OFFICE)


async def test_the_administration_sees_a_thread_once_the_family_turned_to_it(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    thread = await write(threads, school, "Почему два?")
    mother, deputy = school.actor(school.mother_larina), school.actor(school.deputy)
    with pytest.raises(NotFoundHere):
        await threads.open(deputy, thread)
    with pytest.raises(NotFoundHere):
        await threads.complain(school.actor(school.owner), thread)
    for _ in range(2):  # a double tap
        await threads.complain(mother, thread)
    assert await count(storage) == 2
    assert set(await waiting(storage)) == {school.owner, school.deputy}
    view = await threads.open(deputy, thread)
    assert [one.text for one in view.entries] == ["", "Почему два?"]
    assert not view.may_hand_over
    assert not (await threads.open(mother, thread)).may_complain
    await answer(threads, school, school.deputy, thread, "Разберёмся вместе")
    told = await waiting(storage)
    assert told[school.mother_larina][-1] == told[school.owner][-1] == "Разберёмся вместе"
    assert [one.id for one in await threads.list(deputy)] == [thread]


# Rights that end


async def test_when_the_teacher_no_longer_teaches_the_family_keeps_the_history(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    thread = await write(threads, school, "Раз")
    await end_teaching(storage, school.owner)
    mother = school.actor(school.mother_larina)
    view = await threads.open(mother, thread)
    assert isinstance(view.closed, TeacherGone)
    assert [one.text for one in view.entries] == ["Раз"]
    with pytest.raises(TeacherGone):
        await threads.answer(mother, thread)
    with pytest.raises(NoLongerTeaching):
        await threads.open(school.actor(school.owner), thread)
    assert list(await threads.list(school.actor(school.owner))) == []


async def test_a_right_that_ends_while_a_letter_is_typed_ends_the_letter(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    thread = await write(threads, school)
    mother = school.actor(school.mother_larina)
    await threads.answer(mother, thread)
    await end_teaching(storage, school.owner)
    with pytest.raises(TeacherGone):
        await threads.write(mother, "Два")
    assert await count(storage) == 1


@pytest.mark.parametrize("how", ["guardianship", "consent"])
async def test_when_the_familys_right_ends_the_teacher_reads_and_writes_no_more(
    storage: Storage, threads: Threads, school: Cast, how: str
) -> None:
    thread = await write(threads, school, "Раз")
    if how == "guardianship":
        await end_guardianship(storage, school)
    else:
        async with storage.writing() as uow:
            given = update(Consent).where(Consent.person_id == school.mother_larina)
            await uow.write(given.values(revoked_at=school.clock.now()))
    view = await threads.open(school.actor(school.owner), thread)
    assert isinstance(view.closed, FamilyGone)
    assert [one.text for one in view.entries] == ["Раз"]
    with pytest.raises(FamilyGone):
        await threads.answer(school.actor(school.owner), thread)
    mother = school.actor(school.mother_larina)
    for attempt in (threads.open, threads.answer, threads.complain):
        with pytest.raises(SchoolError):
            await attempt(mother, thread)
    assert list(await threads.list(mother)) == []
    with pytest.raises(SchoolError):
        await threads.begin(mother, school.larina, school.owner)


async def test_who_left_the_staff_answers_nothing(storage: Storage, threads: Threads, school: Cast) -> None:
    thread = await write(threads, school)
    async with storage.writing() as uow:
        await uow.write(update(PersonRole).where(PersonRole.person_id == school.owner).values(until_on=TODAY))
    with pytest.raises(NoLongerTeaching):
        await threads.answer(school.actor(school.owner), thread)


async def test_a_letter_that_could_reach_nobody_is_not_taken(storage: Storage, threads: Threads, school: Cast) -> None:
    thread = await write(threads, school)
    await threads.answer(school.actor(school.owner), thread)
    async with storage.writing() as uow:
        accounts = update(TelegramAccount).where(TelegramAccount.person_id == school.mother_larina)
        await uow.write(accounts.values(state="revoked"))
    with pytest.raises(NobodyThere):
        await threads.write(school.actor(school.owner), "Добрый день")
    assert await count(storage) == 1


# Nobody else


Deed = Callable[[Threads, Cast, PersonId, ThreadId, int], Awaitable[object]]
DEEDS: dict[str, Deed] = {
    "WriteTo": lambda threads, school, who, _t, _e: threads.begin(school.actor(who), school.larina, school.owner),
    "WriteToOffice": lambda threads, school, who, _t, _e: threads.begin(school.actor(who), school.larina, None),
    "ChooseTeacher": lambda threads, school, who, _t, _e: threads.choose(school.actor(who), school.larina),
    "OpenThread": lambda threads, school, who, thread, _e: threads.open(school.actor(who), thread),
    "AnswerThread": lambda threads, school, who, thread, _e: threads.answer(school.actor(who), thread),
    "SendAttachment": lambda threads, school, who, _t, entry: threads.attachment(school.actor(who), entry),
    "AskHandOver": lambda threads, school, who, thread, _e: threads.hand_over_choice(school.actor(who), thread),
    "ChooseHandOver": lambda threads, school, who, thread, _e: threads.ask_note(
        school.actor(who), thread, HandOverTo.OFFICE
    ),
    "HandOver": lambda threads, school, who, thread, _e: threads.hand_over(
        school.actor(who), thread, HandOverTo.HOMEROOM
    ),
    "AskComplaint": lambda threads, school, who, thread, _e: threads.complaint(school.actor(who), thread),
    "Complain": lambda threads, school, who, thread, _e: threads.complain(school.actor(who), thread),
}
STRANGERS = ("mother_onegina", "mother_of_7a", "colleague", "substitute", "homeroom_teacher", "deputy")


@pytest.mark.parametrize("deed", DEEDS)
async def test_every_button_is_refused_to_everybody_but_the_two_sides(
    storage: Storage, threads: Threads, school: Cast, deed: str
) -> None:
    mother = school.actor(school.mother_larina)
    await threads.begin(mother, school.larina, school.owner)
    thread = (await threads.write_file(mother, PHOTO, "Тайна")).title.id
    entry = (await threads.open(mother, thread)).entries[0].id
    async with storage.writing() as uow:
        outsider = await person(uow, school, "Чужой Степан", Role.GUARDIAN, connected=True)
        await uow.execute(delete(Draft))
    before = await rows_of(storage)
    for who in (*(getattr(school, name) for name in STRANGERS), outsider):
        with pytest.raises(SchoolError):
            await DEEDS[deed](threads, school, who, thread, entry)
    if deed not in {"WriteTo", "WriteToOffice", "ChooseTeacher"}:  # the father may write a letter of his own
        with pytest.raises(SchoolError):
            await DEEDS[deed](threads, school, school.father_larin, thread, entry)
    await end_guardianship(storage, school)
    with pytest.raises(SchoolError):
        await DEEDS[deed](threads, school, school.mother_larina, thread, entry)
    assert await rows_of(storage) == before


def test_the_matrix_has_every_button_that_opens_something() -> None:
    from handlers.callbacks import every_button

    ours = {one.__name__ for one in every_button() if one.__module__ == "handlers.callbacks.threads"}
    # No id, they show what is one's own: WriteToTeacher, StopWriting, OpenThreads. SendThread opens as OpenThread does.
    # The doubted letter is its author's alone, not the two sides': the test of it has its strangers.
    without_deed = {"WriteToTeacher", "StopWriting", "OpenThreads", "SendThread", "SendDoubted", "TakeAsLine"}
    assert ours - set(DEEDS) == without_deed


async def rows_of(storage: Storage) -> list[object]:
    async with storage.reading() as uow:
        return [
            list(await uow.execute(select(*table.__table__.c).order_by(*table.__table__.primary_key)))
            for table in (Thread, ThreadEntry, Item, Draft)
        ]


async def test_the_lists_of_others_are_empty(threads: Threads, school: Cast) -> None:
    await write(threads, school, "Тайна")
    for name in (*STRANGERS, "father_larin"):
        assert list(await threads.list(school.actor(getattr(school, name)))) == []


async def test_a_teacher_who_is_also_the_guardian_does_not_write_to_themself(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    async with storage.writing() as uow:
        await guard(uow, school, school.owner, school.larina)
    view = await threads.choose(school.actor(school.owner), school.larina)
    assert school.owner not in {one.id for one in view.teachers}
    with pytest.raises(NotAmongTeachers):
        await threads.begin(school.actor(school.owner), school.larina, school.owner)


# A letter, or a line of the lesson that is on


async def test_a_doubted_letter_waits_until_its_author_says_which_it_is(
    storage: Storage, threads: Threads, school: Cast
) -> None:
    thread, owner = await write(threads, school), school.actor(school.owner)
    quick_line = QuickLine(storage, school.clock)
    assert await quick_line.reads(owner, "Ларина Т 5, Онегин 4")
    assert not await quick_line.reads(owner, "Спасибо, передам Лариной")
    await threads.answer(owner, thread)
    doubted = await threads.doubt(owner, "Ларина Т 5")
    assert await count(storage) == 1, "nothing is sent while it is asked"
    assert await threads.doubted_text(owner, doubted.asked) == "Ларина Т 5"
    for other in (school.mother_larina, school.partner, *(getattr(school, name) for name in STRANGERS)):
        with pytest.raises(LetterNotAwaited):
            await threads.send_doubted(school.actor(other), doubted.asked)
        with pytest.raises(LetterNotAwaited):
            await threads.doubted_text(school.actor(other), doubted.asked)
    with pytest.raises(LetterNotAwaited):
        await threads.send_doubted(owner, doubted.asked + 1)
    await threads.send_doubted(owner, doubted.asked)
    assert await waiting(storage) == {school.owner: ["Здравствуйте"], school.mother_larina: ["Ларина Т 5"]}
    with pytest.raises(LetterNotAwaited):
        await threads.send_doubted(owner, doubted.asked)


async def test_a_doubted_letter_may_be_dropped(storage: Storage, threads: Threads, school: Cast) -> None:
    thread, owner = await write(threads, school), school.actor(school.owner)
    await threads.answer(owner, thread)
    doubted = await threads.doubt(owner, "Ларина Т 5")
    assert await threads.stop(owner)
    with pytest.raises(LetterNotAwaited):
        await threads.send_doubted(owner, doubted.asked)


# Keeping


async def test_correspondence_goes_when_its_years_are_over(storage: Storage, threads: Threads, school: Cast) -> None:
    old = await write(threads, school)
    prune = ThreadPrune(storage)
    await prune(school.clock.now().replace(year=2031) - DAY)
    assert await count(storage) == 1
    school.clock.advance(timedelta(days=30))
    young = await write(threads, school, to=school.colleague)
    later = ThreadPrune(storage)
    await later(school.clock.now().replace(year=2031) - DAY)
    async with storage.reading() as uow:
        assert [row.id for row in await uow.execute(select(Thread.id))] == [young] != [old]
        assert (await uow.execute(select(func.count()).select_from(ThreadRead))).scalar_one() == 1
    assert await count(storage) == 1
