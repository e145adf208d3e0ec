"""What is pressed under a broadcast, who sees it, the reminder to the silent only, and the recall."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from services.broadcasts.content import letter_text
from services.broadcasts.progress import Which
from services.broadcasts.refusals import (
    AnswersClosed,
    BroadcastRecalled,
    NobodySilent,
    OnlyAPreview,
    RecallOver,
    RemindedLately,
)
from services.errors import NotFoundHere
from services.homework import NewFile
from services.outbox import items
from storage.models.broadcasts import BroadcastAnswer
from storage.models.delivery import Item, Letter
from storage.repositories import broadcasts as rows
from storage.vocabulary import AudienceKind, BroadcastId, Channel, FileKind, LetterMethod, PersonId
from tests.broadcasts.conftest import Office
from tests.letters.mailbox import Mailbox
from tests.school import TODAY
from tests.support.rows_changed import count_rows, end_in_third

TEXT = "Едем в музей в субботу. Поедет ли ваш ребёнок?"
YES_NO = {"kind": "yes_no"}


async def asked(box: Mailbox, office: Office) -> BroadcastId:
    """A question with «Ознакомлен(а)», delivered to all."""
    teacher = box.cast.homeroom_teacher
    id_ = await office.sends(teacher, office.of_7b(), TEXT, question=YES_NO, asks_reading=True)
    [letter] = (await box.brings())[box.cast.mother_larina]
    assert letter.buttons == ["Да", "Нет", "Ознакомлен(а)"]
    await office.passes()
    return id_


async def test_the_newest_answer_counts_until_the_question_is_closed(box: Mailbox, office: Office) -> None:
    school, id_ = box.cast, await asked(box, office)
    mother, teacher = school.actor(school.mother_larina), school.actor(school.homeroom_teacher)
    await office.replies.answer(mother, id_, 1)
    await office.replies.answer(mother, id_, 0)
    letter = await office.replies.answer(mother, id_, 0)  # a double tap
    assert (letter.chosen, letter.read) == (0, False)
    assert (await office.replies.acknowledge(mother, id_)).read is True
    await office.replies.answer(school.actor(school.mother_onegina), id_, 1)
    async with box.storage.reading() as uow:
        assert (await uow.execute(select(func.count()).select_from(BroadcastAnswer))).scalar_one() == 3
    view = await office.progress.view(teacher, id_)
    assert (list(view.answers), view.counts.read, view.silent) == ([1, 1], 1, 2)
    await office.passes()
    [shown] = (await box.brings())[school.homeroom_teacher]
    assert "Да — 1\nНет — 1\nНе ответили: 2" in shown.text
    await office.progress.close(teacher, id_)
    with pytest.raises(AnswersClosed):
        await office.replies.answer(mother, id_, 1)
    exported = await office.progress.export(teacher, id_)
    assert "Ларина Прасковья Ивановна (Ларина Татьяна) — Да, прочитано" in exported.text
    assert "Ларин Дмитрий Иванович (Ларина Татьяна) — доставлено, ответа нет" in exported.text
    assert exported.count == 3


async def test_only_its_readers_answer(box: Mailbox, office: Office) -> None:
    school, id_ = box.cast, await asked(box, office)
    for stranger in (school.mother_of_7a, school.owner, school.deputy):
        actor = school.actor(stranger)
        for press in (office.replies.acknowledge(actor, id_), office.replies.answer(actor, id_, 0)):
            with pytest.raises(NotFoundHere):
                await press
        with pytest.raises(NotFoundHere):
            await office.replies.files(actor, id_)
    with pytest.raises(OnlyAPreview):
        await office.replies.answer(school.actor(school.homeroom_teacher), id_, 0)
    with pytest.raises(NotFoundHere):
        await office.replies.answer(school.actor(school.mother_larina), id_, 2)


async def test_the_reminder_goes_to_the_silent_alone_and_not_often(box: Mailbox, office: Office) -> None:
    school, id_ = box.cast, await asked(box, office)
    teacher, mother = school.actor(school.homeroom_teacher), school.actor(school.mother_larina)
    await office.replies.answer(mother, id_, 0)
    await office.replies.acknowledge(mother, id_)
    assert await office.progress.remind(teacher, id_) == 2
    await office.replies.answer(school.actor(school.father_larin), id_, 1)
    await office.replies.acknowledge(school.actor(school.father_larin), id_)
    got = await box.brings()
    assert set(got) <= {school.mother_onegina, school.homeroom_teacher}
    [letter] = got[school.mother_onegina]
    assert letter.text.startswith("<i>Напоминание: ждём ответа.</i>")
    assert letter.buttons == ["Да", "Нет", "Ознакомлен(а)"]
    with pytest.raises(RemindedLately):
        await office.progress.remind(teacher, id_)
    school.clock.advance(timedelta(hours=4))
    assert await office.progress.remind(teacher, id_) == 1
    assert set(await box.brings()) == {school.mother_onegina}
    [silent] = (await office.progress.people(teacher, id_, Which.SILENT)).readers
    assert silent.person_id == school.mother_onegina
    await office.replies.acknowledge(school.actor(school.mother_onegina), id_)
    await office.replies.answer(school.actor(school.mother_onegina), id_, 1)
    school.clock.advance(timedelta(hours=4))
    with pytest.raises(NobodySilent):
        await office.progress.remind(teacher, id_)


async def test_an_interrupted_reminder_goes_on_with_those_it_has_not_come_to(
    box: Mailbox, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    school, id_ = box.cast, await asked(box, office)
    teacher = school.actor(school.homeroom_teacher)
    monkeypatch.setattr(items, "CHUNK", 1)
    counts = count_rows(box.storage, monkeypatch)
    with monkeypatch.context() as patch, pytest.raises(ConnectionError):
        end_in_third(patch, counts)
        await office.progress.remind(teacher, id_)
    assert counts == [2, 1], "the reminder's moment with its line in the journal, and the first family"
    school.clock.advance(timedelta(minutes=1))
    first = await box.brings()
    assert await office.progress.remind(teacher, id_) == 3
    rest = await box.brings()
    families = {school.mother_larina, school.father_larin, school.mother_onegina}
    assert (len(families & set(first)), families & set(first) & set(rest)) == (1, set())
    assert families <= {*first, *rest}
    with pytest.raises(RemindedLately):
        await office.progress.remind(teacher, id_)


async def test_a_closed_question_reminds_only_of_the_reading(box: Mailbox, office: Office) -> None:
    school, id_ = box.cast, await asked(box, office)
    teacher = school.actor(school.homeroom_teacher)
    for reader in (school.mother_larina, school.father_larin):
        await office.replies.acknowledge(school.actor(reader), id_)
    await office.progress.close(teacher, id_)
    assert await office.progress.remind(teacher, id_) == 1
    assert school.mother_onegina in await box.brings()


async def test_a_draft_without_a_word_is_listed_as_such(box: Mailbox, office: Office) -> None:
    teacher = box.cast.actor(box.cast.homeroom_teacher)
    await office.writing.begin(teacher, office.of_7b())
    assert [one.gist for one in (await office.writing.desk(teacher)).listed] == ["пока без текста"]
    await office.writing.type(teacher, "Завтра собрание")
    assert [one.gist for one in (await office.writing.desk(teacher)).listed] == ["Завтра собрание"]


async def test_recalled_what_was_told_is_deleted_and_what_waits_never_goes(box: Mailbox, office: Office) -> None:
    school, teacher = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    await office.writing.begin(teacher, office.of_7b())
    for number in (1, 2):
        await office.writing.attach(teacher, NewFile(FileKind.PHOTO, f"photo-{number}", f"u{number}"), "Не тот файл")
    draft = await office.writing.desk(teacher)
    id_ = draft.listed[0].id
    await office.presses(school.homeroom_teacher, id_)
    async with box.storage.writing() as uow:  # one is still waiting
        later = school.clock.now() + timedelta(hours=1)
        waits = update(Item).where(Item.recipient_id == school.father_larin)
        await uow.write(waits.values(due_at=later, cap_at=later))
    await box.brings()
    await office.replies.files(school.actor(school.mother_larina), id_)
    assert len((await box.brings())[school.mother_larina]) == 2
    await office.passes()
    await office.progress.recall(teacher, id_)
    await office.progress.recall(teacher, id_)  # a double tap
    await office.passes()
    await box.brings()
    async with box.storage.reading() as uow:
        deletes = await uow.execute(
            select(Letter.address, func.count()).where(Letter.method == LetterMethod.DELETE).group_by(Letter.address)
        )
        assert {int(row[0]): row[1] for row in deletes} == {school.mother_larina: 3, school.mother_onegina: 1}
    await office.passes()
    view = await office.progress.view(teacher, id_)
    assert (view.counts.recalled, view.counts.kept, view.counts.delivered) == (3, 0, 0)
    assert "↩️ Отозвано." in (await box.texts())[school.homeroom_teacher][-1]
    school.clock.advance(timedelta(hours=2))
    await office.passes()
    assert await box.brings() == {}, "deleted once"
    for press in (office.replies.acknowledge, office.replies.files):
        with pytest.raises(BroadcastRecalled):
            await press(school.actor(school.mother_larina), id_)
    with pytest.raises(NobodySilent):
        await office.progress.remind(teacher, id_)


async def test_what_the_messenger_does_not_delete_is_said(box: Mailbox, office: Office) -> None:
    school, teacher = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    id_ = await asked(box, office)
    await office.progress.recall(teacher, id_)
    await office.passes()
    await box.brings()
    async with box.storage.writing() as uow:
        kept = update(Letter).where(Letter.method == LetterMethod.DELETE, Letter.address == str(school.mother_larina))
        await uow.write(kept.values(state="closed", outcome="message_gone"))
    await office.passes()
    [shown] = (await box.brings())[school.homeroom_teacher]
    assert "Удалено или не отправлено: 2 из 3" in shown.text
    assert "Осталось у получателей: 1" in shown.text


async def test_after_two_days_it_stays(box: Mailbox, office: Office) -> None:
    id_ = await asked(box, office)
    box.clock_shows("10:43", TODAY + timedelta(days=2))
    with pytest.raises(RecallOver):
        await office.progress.recall(box.cast.actor(box.cast.homeroom_teacher), id_)


async def test_by_mail_and_on_paper_it_says_where_files_and_answers_are(box: Mailbox, office: Office) -> None:
    school, teacher = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT, question=YES_NO, asks_reading=True)
    await office.writing.attach(teacher, NewFile(FileKind.PHOTO, "p", "u"), "")
    async with box.storage.reading() as uow:
        row = await rows.find(uow, id_)
        assert row is not None
        text = letter_text(row, "7Б", Channel.EMAIL)
    assert text == (
        "<b>Кузнецова В. А., классный руководитель 7Б</b>\n\nЕдем в музей в субботу. Поедет ли ваш ребёнок?\n\n"
        "📎 1 вложение — в Telegram или у классного руководителя.\n"
        "Ответьте классному руководителю или в Telegram: Да, Нет.\n"
        "Сообщите классному руководителю, что прочитали."
    )


async def test_a_letter_names_no_child(box: Mailbox, office: Office) -> None:
    school = box.cast
    await office.sends(school.homeroom_teacher, office.of_7b(AudienceKind.CLASS), "Собрание")
    texts = await box.texts()
    told = " ".join(texts[PersonId(one)][0] for one in (school.mother_larina, school.mother_onegina))
    assert not any(name in told for name in ("Татьяна", "Ларина", "Евгений", "Онегин"))
