"""A broadcast from the draft to its end: who gets it, when, once; and how its author sees it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from services.broadcasts import sending
from services.broadcasts.content import CAPTION, LONGEST
from services.broadcasts.refusals import (
    BroadcastChanged,
    BroadcastEmpty,
    BroadcastGone,
    BroadcastTooLong,
    BroadcastUnderWay,
    NobodyToReach,
    NoPausing,
    NothingToCancel,
    OptionsUnclear,
    QuestionNeedsText,
    TooManyBroadcastFiles,
)
from services.channels.mail_letters import MailLetters
from services.homework import NewFile
from services.outbox.transport import DueItem, Reachable
from storage.models.broadcasts import BroadcastRecipient
from storage.models.delivery import Item
from storage.models.family import Briefing
from storage.models.people import Guardianship, PersonRole, TelegramAccount
from storage.repositories import broadcasts
from storage.repositories.broadcasts import BroadcastRow
from storage.uow import Uow
from storage.vocabulary import BroadcastState, Channel, FileKind, ItemId, ItemKind, QuestionKind
from tests.broadcasts.conftest import HELD, Office, more_families
from tests.letters.mailbox import Mailbox
from tests.school import BOT, TODAY, ZONE, guard

TEXT = "Завтра в 9:00 едем в музей.\n\nВозьмите сменную обувь <и бутерброд>."
PHOTO = NewFile(FileKind.PHOTO, "photo-1", "u1")
PAPER = NewFile(FileKind.DOCUMENT, "paper-1", "u2", "план.pdf")


async def test_the_families_of_a_class_get_it_after_the_minute_and_nobody_else(box: Mailbox, office: Office) -> None:
    school = box.cast
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    actor = school.actor(school.homeroom_teacher)
    seen = await office.writing.preview(actor, id_)
    assert (seen.reach.people, sum(seen.reach.by_channel.values()), seen.reach.unreached) == (3, 3, 0)
    await office.writing.send(actor, id_, seen.content.rev)
    await office.passes(HELD - timedelta(seconds=1))
    assert await box.brings() == {}
    await office.passes(timedelta(seconds=1))
    got = await box.brings()
    assert set(got) == {school.mother_larina, school.father_larin, school.mother_onegina, school.homeroom_teacher}
    [letter] = got[school.mother_larina]
    assert letter.text == (
        "<b>Кузнецова В. А., классный руководитель 7Б</b>\n\n"
        "Завтра в 9:00 едем в музей.\n\nВозьмите сменную обувь &lt;и бутерброд&gt;."
    )
    assert letter.buttons == []
    [progress] = got[school.homeroom_teacher]
    assert "Ждут: 3" in progress.text
    await office.passes()
    [progress] = (await box.brings())[school.homeroom_teacher]
    assert "✅ Отправлено." in progress.text
    assert "Доставлено: 3 из 3" in progress.text
    await office.passes(timedelta(minutes=5))
    assert await box.brings() == {}, "nothing changed, so nothing is edited"


async def test_a_broadcast_that_is_done_writes_nothing_from_tick_to_tick(box: Mailbox, office: Office) -> None:
    await office.sends(box.cast.homeroom_teacher, office.of_7b(), TEXT)
    for _ in range(3):
        await box.brings()
        await office.passes()
    commits = []

    async def count(uow: Uow) -> None:
        commits.append(uow.statements)

    box.storage.before_commit = count
    await office.passes()
    assert commits == []


async def test_a_file_that_was_asked_for_in_the_chat_makes_no_second_letter_by_e_mail(
    box: Mailbox, office: Office
) -> None:
    school, now = box.cast, box.cast.clock.now()
    id_ = await office.sends(school.homeroom_teacher, office.of_7b(), TEXT)
    to = Reachable(school.mother_larina, school.school_id, BOT, "mail:1", "ru", ZONE, Channel.EMAIL, "a@b.ru")
    for key, comes in ((f"broadcast:{id_}", True), (f"broadcast:{id_}:0", False)):
        asked = DueItem(
            id=ItemId(1),
            rev=1,
            kind=ItemKind.BROADCAST_URGENT,
            bundle=key,
            collapse_key=key,
            base=None,
            value=str(id_),
            priority=1,
            due_at=now,
            student_id=school.larina,
            lesson_id=None,
            work_id=None,
            previous_letter_id=None,
        )
        async with box.storage.reading() as uow:
            letter = await MailLetters().compose(uow, to, [asked], now)
        assert (letter is not None) is comes


async def test_the_preview_is_the_letter(box: Mailbox, office: Office) -> None:
    school = box.cast
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT, asks_reading=True)
    seen = await office.writing.preview(school.actor(school.homeroom_teacher), id_)
    await office.presses(school.homeroom_teacher, id_)
    [letter] = (await box.brings())[school.mother_onegina]
    assert letter.text == seen.letter.text
    assert letter.buttons == ["Ознакомлен(а)"]


async def test_one_cancelled_and_sent_again_under_a_tick_has_a_new_minute(
    box: Mailbox, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    school, clock = box.cast, box.cast.clock
    actor = school.actor(school.homeroom_teacher)
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), "В субботу — в музей")
    await office.writing.send(actor, id_, (await office.writing.preview(actor, id_)).content.rev)
    async with box.storage.reading() as uow:
        seen = await broadcasts.live(uow, sending.FOLLOWED, clock.now() - HELD)
    clock.advance(HELD - timedelta(seconds=1))
    await office.writing.cancel(actor, id_)
    await office.writing.send(actor, id_, (await office.writing.preview(actor, id_)).content.rev)
    clock.advance(timedelta(seconds=1))

    async def as_it_was(*_args: object) -> list[BroadcastRow]:
        return seen

    monkeypatch.setattr(broadcasts, "live", as_it_was)
    await office.sending(clock.now())
    async with box.storage.reading() as uow:
        again = await broadcasts.find(uow, id_)
    assert again is not None
    assert again.state is BroadcastState.HELD


async def test_within_the_minute_it_is_cancelled_and_a_draft_again(box: Mailbox, office: Office) -> None:
    school, actor = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    rev = (await office.writing.preview(actor, id_)).content.rev
    held = await office.writing.send(actor, id_, rev)
    assert (held.seconds, f"{held.at:%H:%M:%S}") == (60, "10:41:00")
    assert (await office.writing.send(actor, id_, rev)).at == held.at, "a double tap"
    view = await office.writing.cancel(actor, id_)
    assert view.content.state is BroadcastState.DRAFT
    await office.passes(HELD)
    assert await box.brings() == {}
    await office.writing.type(actor, "Музей отменяется.")
    with pytest.raises(BroadcastChanged):
        await office.writing.send(actor, id_, rev)
    await office.presses(school.homeroom_teacher, id_)
    assert "Музей отменяется." in (await box.texts())[school.mother_larina][0]
    with pytest.raises(NothingToCancel):
        await office.writing.cancel(actor, id_)
    with pytest.raises(BroadcastUnderWay):
        await office.writing.set(actor, id_, urgent=True)


async def test_a_guardian_of_three_gets_one_letter(box: Mailbox, office: Office) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        for name in ("Онегин Евгений", "Иванова Мария"):
            await guard(uow, school, school.mother_larina, school.named(name))
    await office.sends(school.homeroom_teacher, office.of_7b(), TEXT)
    assert len((await box.brings())[school.mother_larina]) == 1


async def test_who_is_not_connected_is_counted_and_never_written_to(box: Mailbox, office: Office) -> None:
    school = box.cast
    await more_families(office, 2, connected=False)
    actor = school.actor(school.homeroom_teacher)
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    reach = (await office.writing.preview(actor, id_)).reach
    assert (reach.people, reach.unreached) == (5, 2)
    await office.presses(school.homeroom_teacher, id_)
    await box.brings()
    await office.passes()
    view = await office.progress.view(actor, id_)
    assert (view.counts.delivered, view.counts.unreached, view.content.state) == (3, 2, BroadcastState.DONE)


async def test_nobody_to_reach_is_said_before_it_is_sent(box: Mailbox, office: Office) -> None:
    school, actor = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    async with box.storage.writing() as uow:
        await uow.write(
            update(TelegramAccount)
            .where(TelegramAccount.person_id.in_([school.mother_larina, school.father_larin, school.mother_onegina]))
            .values(state="revoked")
        )
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    rev = (await office.writing.preview(actor, id_)).content.rev
    with pytest.raises(NobodyToReach):
        await office.writing.send(actor, id_, rev)


async def test_it_waits_for_the_end_of_quiet_hours(box: Mailbox, office: Office) -> None:
    school = box.cast
    box.clock_shows("21:30")
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    view = await office.writing.preview(school.actor(school.homeroom_teacher), id_)
    assert view.quiet_until is not None
    assert f"{view.quiet_until:%H:%M}" == "07:00"
    await office.presses(school.homeroom_teacher, id_)
    assert set(await box.brings()) == {school.homeroom_teacher}
    box.clock_shows("07:00", TODAY + timedelta(days=1))
    assert school.mother_larina in await box.brings()


async def test_what_is_urgent_passes_the_quiet_hours_before_everything_else(box: Mailbox, office: Office) -> None:
    school = box.cast
    box.clock_shows("21:30")
    await office.sends(school.homeroom_teacher, office.of_7b(), "Завтра школа закрыта.", urgent=True)
    [letter] = (await box.brings())[school.mother_larina]
    assert letter.text.startswith("❗ <b>Срочно</b>\n<b>Кузнецова В. А., классный руководитель 7Б</b>")
    async with box.storage.reading() as uow:
        told = select(Item.priority).where(Item.recipient_id == school.mother_larina)
        assert (await uow.execute(told)).scalar_one() == 0


async def test_one_photo_goes_with_its_text_and_more_files_behind_a_button(box: Mailbox, office: Office) -> None:
    school, actor = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    await office.writing.begin(actor, office.of_7b())
    await office.writing.attach(actor, PHOTO, "Расписание автобуса")
    id_ = (await office.writing.attach(actor, PAPER, "")).content.id
    await office.presses(school.homeroom_teacher, id_)
    [letter] = (await box.brings())[school.mother_larina]
    assert letter.buttons == ["📎 Вложения: 2"]
    mother = school.actor(school.mother_larina)
    assert await office.replies.files(mother, id_) == 2
    await office.replies.files(mother, id_)  # a double tap
    photo, paper = (await box.brings())[school.mother_larina]
    assert (photo.payload["photo"], paper.payload["document"]) == ("photo-1", {"file_id": "paper-1"})

    await office.writing.begin(actor, office.of_7b())
    alone = (await office.writing.attach(actor, PHOTO, "Расписание автобуса")).content.id
    await office.presses(school.homeroom_teacher, alone)
    [letter] = (await box.brings())[school.mother_onegina]
    assert letter.payload["photo"] == "photo-1"
    assert letter.text.endswith("Расписание автобуса")

    long = await office.writing.begin(actor, office.of_7b())
    await office.writing.attach(actor, PHOTO, "я" * CAPTION)
    await office.presses(school.homeroom_teacher, long.content.id)
    [letter] = (await box.brings())[school.mother_onegina]
    assert "photo" not in letter.payload, "a caption is shorter than a text"
    assert letter.buttons == ["📎 Вложения: 1"]


async def test_a_draft_is_refused_what_no_letter_holds(box: Mailbox, office: Office) -> None:
    actor = box.cast.actor(box.cast.homeroom_teacher)
    id_ = (await office.writing.begin(actor, office.of_7b())).content.id
    with pytest.raises(BroadcastEmpty):
        await office.writing.preview(actor, id_)
    with pytest.raises(BroadcastTooLong):
        await office.writing.type(actor, "я" * (LONGEST + 1))
    for _number in range(10):
        await office.writing.attach(actor, PHOTO, "")
    with pytest.raises(TooManyBroadcastFiles):
        await office.writing.attach(actor, PHOTO, "")
    await office.writing.ask_options(actor, id_)
    for typed in ("Один", "1\n2\n3\n4\n5\n6\n7", "я" * 41 + "\nдва"):
        with pytest.raises(OptionsUnclear):
            await office.writing.type(actor, typed)
    view = await office.writing.type(actor, "Еду\n\n Не еду \nЕду\nРешим позже")
    assert view.content.question is QuestionKind.CHOICE
    assert view.content.options == ("Еду", "Не еду", "Решим позже")
    with pytest.raises(QuestionNeedsText):
        await office.writing.preview(actor, id_)
    await office.writing.drop(actor, id_)
    with pytest.raises(BroadcastGone):
        await office.writing.open(actor, id_)


async def test_a_put_that_is_cut_off_goes_on_and_tells_nobody_twice(
    box: Mailbox, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = box.cast
    families = await more_families(office, 12)
    monkeypatch.setattr(sending, "CHUNK", 4)
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    actor = school.actor(school.homeroom_teacher)
    await office.writing.send(actor, id_, (await office.writing.preview(actor, id_)).content.rev)
    chunks = 0

    async def power_cut(uow: Uow) -> None:
        nonlocal chunks
        chunks += uow.put_items
        if chunks == 3:
            raise ConnectionError

    box.storage.before_commit = power_cut
    with pytest.raises(ConnectionError):
        await office.passes(HELD)
    box.storage.before_commit = None
    async with box.storage.reading() as uow:
        put = (await uow.execute(select(func.count()).select_from(BroadcastRecipient))).scalar_one()
    assert put == 8, "two chunks stand, the third left nothing"
    fresh = sending.Sending(box.storage, school.clock)  # the process after it
    await fresh(school.clock.now())
    got = await box.brings()
    everybody = {school.mother_larina, school.father_larin, school.mother_onegina, *families}
    assert {person: len(letters) for person, letters in got.items() if person in everybody} == dict.fromkeys(
        everybody, 1
    )


async def test_paused_by_hand_nothing_goes_until_it_goes_on(box: Mailbox, office: Office) -> None:
    school, actor = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    id_ = await office.sends(school.homeroom_teacher, office.of_7b(), TEXT)
    await office.progress.pause(actor, id_)
    await office.passes()
    got = await box.brings()
    assert set(got) == {school.homeroom_teacher}
    assert "⏸ На паузе. Пока не продолжите" in got[school.homeroom_teacher][-1].text
    await office.progress.resume(actor, id_)
    await office.passes()
    assert {school.mother_larina, school.mother_onegina} < set(await box.brings())
    await office.passes()
    with pytest.raises(NoPausing):
        await office.progress.pause(actor, id_)


async def test_stopped_who_waits_never_gets_it(box: Mailbox, office: Office) -> None:
    school, actor = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    id_ = await office.sends(school.homeroom_teacher, office.of_7b(), TEXT)
    await office.progress.pause(actor, id_)
    await office.progress.stop(actor, id_)
    await office.passes()
    assert set(await box.brings()) == {school.homeroom_teacher}


@pytest.mark.parametrize(("refused", "pauses"), [(2, False), (3, True)])
async def test_too_many_refused_letters_pause_it_with_the_reason_said(
    refused: int, pauses: bool, box: Mailbox, office: Office
) -> None:
    school, actor = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    families = await more_families(office, 17)
    id_ = await office.sends(school.homeroom_teacher, office.of_7b(), TEXT)
    async with box.storage.writing() as uow:  # given back by the messenger, and not tried again yet
        given_back = Item.recipient_id.in_(families[:refused])
        later = school.clock.now() + timedelta(hours=1)
        await uow.write(update(Item).where(given_back).values(rev=2, due_at=later, cap_at=later))
    await box.brings()
    await office.passes()
    view = await office.progress.view(actor, id_)
    assert (view.content.state is BroadcastState.PAUSED) is pauses
    if not pauses:
        return
    [shown] = (await box.brings())[school.homeroom_teacher]
    assert "⏸ Встала на паузу сама: отказов 3 из 20." in shown.text
    assert {"Продолжить", "Остановить"} < set(shown.buttons)
    await office.progress.resume(actor, id_)
    await office.passes()
    assert (await office.progress.view(actor, id_)).content.state is BroadcastState.SENDING, "the old errors are known"


async def test_who_lost_the_right_meanwhile_is_not_told(box: Mailbox, office: Office) -> None:
    school = box.cast
    await office.sends(school.homeroom_teacher, office.of_7b(), TEXT)
    async with box.storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.guardian_id == school.mother_onegina)
        await uow.write(ended.values(until_on=TODAY))
    assert school.mother_onegina not in await box.brings()


async def test_an_author_whose_office_ended_within_the_minute_sends_nothing(box: Mailbox, office: Office) -> None:
    school, actor = box.cast, box.cast.actor(box.cast.homeroom_teacher)
    id_ = await office.drafts(school.homeroom_teacher, office.of_7b(), TEXT)
    await office.writing.send(actor, id_, (await office.writing.preview(actor, id_)).content.rev)
    async with box.storage.writing() as uow:
        left = update(PersonRole).where(PersonRole.person_id == school.homeroom_teacher)
        await uow.write(left.values(until_on=TODAY))
    await office.passes(HELD)
    assert not set(await box.brings()) & {school.mother_larina, school.father_larin, school.mother_onegina}


async def test_a_broadcast_to_the_class_counts_as_informing_the_families(box: Mailbox, office: Office) -> None:
    school = box.cast
    await office.sends(school.homeroom_teacher, office.of_7b(), "Собрание в пятницу")
    await office.sends(school.deputy, office.of_7b(), "Прививки")
    async with box.storage.reading() as uow:
        found = (await uow.execute(select(Briefing.class_id, Briefing.teacher_id, Briefing.on_date))).all()
    assert [tuple(one) for one in found] == [(school.class_7b, school.homeroom_teacher, date(2026, 9, 8))]
