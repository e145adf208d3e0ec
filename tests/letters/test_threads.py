"""Letters of correspondence word for word, to both sides, and to nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from services.letters.typeset import LIMIT, shown_length
from services.outbox.unreached import list_unreached
from services.threads import NewFile, Threads
from services.threads.writing import LONGEST, HandOverTo
from storage.models.delivery import Item
from storage.models.people import Guardianship, TelegramAccount
from storage.models.timetable import LessonTeacher
from storage.repositories import care
from storage.uow import Storage
from storage.vocabulary import FileKind, PersonId, ThreadId
from tests.letters.mailbox import Mailbox
from tests.school import BOT, TODAY, found

DAY = timedelta(days=1)


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


@pytest.fixture
def threads(box: Mailbox) -> Threads:
    return Threads(box.storage, box.cast.clock)


async def mother_writes(box: Mailbox, threads: Threads, text: str, to: PersonId | None) -> ThreadId:
    mother = box.cast.actor(box.cast.mother_larina)
    await threads.begin(mother, box.cast.larina, to)
    return (await threads.write(mother, text)).title.id


async def answers(box: Mailbox, threads: Threads, who: PersonId, thread: ThreadId, text: str) -> None:
    await threads.answer(box.cast.actor(who), thread)
    await threads.write(box.cast.actor(who), text)


async def test_the_teacher_reads_who_writes_about_whom(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    await mother_writes(box, threads, "Добрый день!\n\nТатьяна болела, когда <пересдача>?", school.owner)
    got = await box.brings()
    assert set(got) == {school.owner}
    [letter] = got[school.owner]
    assert letter.text == (
        "<b>Ларина Прасковья Ивановна (мать)</b> · Ларина Татьяна, 7Б\n\n"
        "Добрый день!\n\nТатьяна болела, когда &lt;пересдача&gt;?"
    )
    assert letter.buttons == ["Ответить", "Переписка"]


async def test_the_family_reads_the_first_name_only(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    thread = await mother_writes(box, threads, "Когда пересдача?", school.owner)
    await box.brings()
    await answers(box, threads, school.owner, thread, "В среду, 7-м уроком.")
    assert await box.texts() == {school.mother_larina: ["<b>Вишневская Г. П.</b> · Татьяна\n\nВ среду, 7-м уроком."]}


async def test_several_letters_that_wait_come_as_one(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    box.clock_shows("20:00")
    await mother_writes(box, threads, "Раз", school.owner)
    mother = school.actor(school.mother_larina)
    await threads.begin(mother, school.larina, school.owner)
    await threads.write_file(mother, NewFile(FileKind.DOCUMENT, "f", "u", "справка.pdf"), "Вот справка")
    assert await box.texts() == {}
    box.clock_shows("07:59", TODAY + DAY)
    assert await box.texts() == {}
    box.clock_shows("08:00", TODAY + DAY)
    [letter] = (await box.brings())[school.owner]
    assert letter.text == (
        "<b>Ларина Прасковья Ивановна (мать)</b> · Ларина Татьяна, 7Б\n\nРаз\n\nВот справка\n📎 справка.pdf"
    )
    assert letter.buttons == ["📎 справка.pdf", "Ответить", "Переписка"]


async def test_what_does_not_fit_comes_in_the_next_letter(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    box.clock_shows("20:00")
    for number in range(5):
        await mother_writes(box, threads, f"{number}" + "&" * (LONGEST - 1), school.owner)
    box.clock_shows("08:00", TODAY + DAY)
    letters = (await box.texts())[school.owner]
    assert [sorted(set(letter) & set("01234")) for letter in (one.split("\n\n", 1)[1] for one in letters)] == [
        [f"{number}"] for number in range(5)
    ]
    assert all(shown_length(letter) <= LIMIT for letter in letters)


async def test_a_letter_held_up_beyond_working_hours_waits_for_the_next(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    box.clock_shows("17:59")
    await mother_writes(box, threads, "Раз", school.owner)
    box.clock_shows("18:30")
    assert await box.texts() == {}
    box.clock_shows("08:00", TODAY + DAY)
    assert set(await box.texts()) == {school.owner}


async def test_a_hand_over_is_told_to_both_sides(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    thread = await mother_writes(box, threads, "О поездке", school.owner)
    await box.brings()
    await threads.ask_note(school.actor(school.owner), thread, HandOverTo.HOMEROOM)
    await threads.type_note(school.actor(school.owner), "Это к классному руководителю.")
    deed = (
        "<i>Вишневская Г. П.</i>\nПереписка передана. Отвечает теперь: Кузнецова В. А.\nЭто к классному руководителю."
    )
    assert await box.texts() == {
        school.mother_larina: [f"<b>Кузнецова В. А.</b> · Татьяна\n\n{deed}"],
        school.homeroom_teacher: [f"<b>Ларина Прасковья Ивановна (мать)</b> · Ларина Татьяна, 7Б\n\n{deed}"],
    }


async def test_a_letter_that_waits_for_the_former_teacher_is_not_told_after_a_hand_over(
    box: Mailbox, threads: Threads
) -> None:
    school = box.cast
    box.clock_shows("20:00")
    thread = await mother_writes(box, threads, "Ночная мысль", school.owner)
    await threads.hand_over(school.actor(school.owner), thread, HandOverTo.HOMEROOM)
    box.clock_shows("08:00", TODAY + DAY)
    got = await box.texts()
    assert school.owner not in got
    assert school.homeroom_teacher in got
    assert [one.unread for one in await threads.list(school.actor(school.homeroom_teacher))] == [2]


async def test_a_complaint_is_told_to_the_deputy_head_and_the_answer_names_the_office(
    box: Mailbox, threads: Threads
) -> None:
    school = box.cast
    thread = await mother_writes(box, threads, "Почему два?", school.owner)
    await box.brings()
    await threads.complain(school.actor(school.mother_larina), thread)
    assert await box.texts() == {
        school.deputy: [
            "<b>Ларина Прасковья Ивановна (мать)</b> · Ларина Татьяна, 7Б · Вишневская Г. П.\n\n"
            "Переписка передана администрации."
        ]
    }
    await answers(box, threads, school.deputy, thread, "Разберёмся.")
    got = await box.texts()
    said = "<i>Администрация (Громова И. С.)</i>\nРазберёмся."
    assert got == {
        school.mother_larina: [f"<b>Вишневская Г. П.</b> · Татьяна\n\n{said}"],
        school.owner: [f"<b>Ларина Прасковья Ивановна (мать)</b> · Ларина Татьяна, 7Б\n\n{said}"],
    }


async def test_a_right_that_ended_ends_the_letter_that_waits(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    thread = await mother_writes(box, threads, "Раз", school.owner)
    await answers(box, threads, school.owner, thread, "Два")
    async with box.storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.guardian_id == school.mother_larina)
        await uow.write(ended.values(until_on=TODAY))
        await uow.write(delete(LessonTeacher).where(LessonTeacher.teacher_id == school.owner))
    assert await box.texts() == {}
    async with box.storage.reading() as uow:
        rows = await uow.execute(select(Item.state, Item.reason))
        assert {(row.state, row.reason) for row in rows} == {("void", "cancelled")}


async def test_an_answer_that_reached_nobody_in_time_stands_on_the_list(box: Mailbox, threads: Threads) -> None:
    school = box.cast
    thread = await mother_writes(box, threads, "Раз", school.owner)
    await box.brings()
    async with box.storage.writing() as uow:
        account = update(TelegramAccount).where(TelegramAccount.person_id == school.mother_larina)
        await uow.write(account.values(unreachable_at=school.clock.now()))
    await answers(box, threads, school.owner, thread, "Секрет")
    school.clock.advance(timedelta(hours=73))
    async with box.storage.writing() as uow:
        late = await care.expire(uow, BOT, school.clock.now())
        await list_unreached(uow, late, school.clock.now())
    school.clock.advance(timedelta(minutes=16))
    [letter] = (await box.texts())[school.homeroom_teacher]
    assert "Ларина Прасковья (Ларина Татьяна) — письмо от школы" in letter
    assert "Секрет" not in letter


async def test_canaries_of_threads_reach_their_two_sides_only(
    box: Mailbox, threads: Threads, caplog: pytest.LogCaptureFixture
) -> None:
    """A thread a family and counterpart, each with a text of its own; every chat is searched for every text."""
    school = box.cast
    caplog.set_level("DEBUG", "zvonok")
    families = {
        school.mother_larina: school.larina,
        school.father_larin: school.larina,
        school.mother_onegina: school.onegin,
    }
    sides: dict[str, set[int]] = {}
    for guardian, child in families.items():
        for other in (school.owner, school.colleague, school.homeroom_teacher, None):
            canary = f"канарейка-{guardian}-{other}-"
            actor = school.actor(guardian)
            await threads.begin(actor, child, other)
            thread = (await threads.write(actor, canary + "семья")).title.id
            await answers(box, threads, other or school.deputy, thread, canary + "школа")
            sides[canary] = {guardian, other or school.deputy}
    got = await box.texts()
    for canary, allowed in sides.items():
        found_in = {who for who, texts in got.items() if any(canary in text for text in texts)}
        assert found_in == allowed, canary
    everybody = {school.substitute, school.stranger, school.partner, school.mother_of_7a, *families, *got}
    for who in everybody:
        actor = school.actor(PersonId(who))
        for title in await threads.list(actor):
            texts = [one.text for one in (await threads.open(actor, title.id)).entries]
            assert all(who in sides[text.rpartition("-")[0] + "-"] for text in texts)
    assert "канарейка" not in caplog.text
