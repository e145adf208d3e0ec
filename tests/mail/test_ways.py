"""One channel after another: what one could not tell in time, the next tells, and a list when none is left."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.channels import handing_over
from services.outbox import items
from services.outbox.items import Fact
from services.rules import channels
from storage.models.delivery import Item
from storage.models.people import TelegramAccount
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, Channel, ItemKind, PersonId
from tests.letters.mailbox import Mailbox
from tests.mail.server import contact, post_at_work, served, without_telegram
from tests.school import BOT, Cast, at, found, guard

TELEGRAM, EMAIL, PAPER = Channel.TELEGRAM, Channel.EMAIL, Channel.PAPER


@pytest.fixture
async def school(storage: Storage) -> Cast:
    cast = await found(storage)
    await served(storage, cast)
    await without_telegram(storage, cast, cast.father_larin)
    return cast


@pytest.mark.parametrize(
    ("failed", "kind", "ways", "takes_over"),
    [
        (TELEGRAM, ItemKind.MARK, (TELEGRAM, EMAIL, PAPER), EMAIL),
        (EMAIL, ItemKind.MARK, (TELEGRAM, EMAIL, PAPER), PAPER),
        (EMAIL, ItemKind.ABSENCE, (TELEGRAM, EMAIL, PAPER), None),
        (EMAIL, ItemKind.MARK, (EMAIL, TELEGRAM), TELEGRAM),
        (EMAIL, ItemKind.MARK, (TELEGRAM,), TELEGRAM),
        (TELEGRAM, ItemKind.TERM_RESULT, (PAPER,), None),
        (TELEGRAM, ItemKind.MARK, (), None),
        (PAPER, ItemKind.THREAD, (PAPER, TELEGRAM), TELEGRAM),
        (TELEGRAM, ItemKind.THREAD, (PAPER,), None),
    ],
)
def test_the_next_way_takes_over(
    failed: Channel, kind: ItemKind, ways: tuple[Channel, ...], takes_over: Channel | None
) -> None:
    assert channels.after(failed, kind, ways) is takes_over


def test_an_answer_waits_for_no_print_which_could_not_hold_it() -> None:
    due, end = at("10:00"), at("20:00")
    for kind in (ItemKind.THREAD, ItemKind.NOTE_DECIDED):
        assert channels.expiry(PAPER, kind, due, end) == due + channels.NOBODY_PRINTS
        assert channels.second_expiry(TELEGRAM, kind, due) == due + channels.SECOND_LIFE
    assert channels.expiry(PAPER, ItemKind.MARK, due, end) is None


async def test_what_expires_in_telegram_goes_by_e_mail_and_then_stands_on_the_list(
    storage: Storage, school: Cast
) -> None:
    mother = school.mother_larina
    teachers = Mailbox(storage, school)
    teachers.clock_shows("10:45")
    await teachers.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    await contact(storage, school, mother, address="mother@example.ru")
    async with storage.writing() as uow:  # the chat takes nothing any more
        blocked = update(TelegramAccount).where(TelegramAccount.person_id == mother)
        await uow.write(blocked.values(unreachable_at=at("10:46"), unreachable_reason="blocked"))
    async with post_at_work(storage, school) as post:
        post.server.script["RCPT"] = ["450 later"] * 50
        teachers.clock_shows("16:50")  # six hours later the alarm has lost its sense there
        items = await post.until(
            lambda rows: any(
                (one.recipient_id, one.channel, one.state) == (mother, "email", "waiting") for one in rows
            ),
            Item,
        )
        [absence] = [one for one in items if one.recipient_id == mother and one.kind == "absence"]
        assert (absence.state, absence.expires_at) == ("waiting", at("16:50") + timedelta(hours=2))
        assert not any(one.kind == "unreached" for one in items)
        teachers.clock_shows("18:51")
        await post.until(lambda rows: any(one.kind == "unreached" for one in rows), Item)
        [absence] = await post.rows(Item, Item.recipient_id == mother, Item.kind == "absence")
        assert (absence.state, absence.reason) == ("void", "expired")
        assert await post.lost() == []


async def test_news_for_who_blocked_the_bot_go_by_e_mail_at_once(storage: Storage, school: Cast) -> None:
    mother = school.mother_larina
    await contact(storage, school, mother, address="mother@example.ru")
    async with storage.writing() as uow:
        blocked = update(TelegramAccount).where(TelegramAccount.person_id == mother)
        await uow.write(blocked.values(unreachable_at=at("10:00"), unreachable_reason="blocked"))
    teachers = Mailbox(storage, school)
    teachers.clock_shows("10:45")
    await teachers.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    teachers.clock_shows("10:52")
    async with post_at_work(storage, school) as post:
        assert (await post.arrives())["To"] == "mother@example.ru"


async def test_nobody_without_a_way_is_a_recipient_and_a_chat_consent_taken_back_stops_every_way(
    storage: Storage, school: Cast
) -> None:
    from storage.models.people import Consent
    from storage.repositories.recipients import recipients_of_students
    from tests.school import TODAY

    async def told() -> dict[int, Channel]:
        async with storage.reading() as uow:
            found_ = await recipients_of_students(uow, [school.larina], TODAY)
        return {one.person_id: one.channel for one in found_}

    mother, father = school.mother_larina, school.father_larin
    assert await told() == {mother: TELEGRAM}
    await contact(storage, school, father, PAPER, rank=2)
    assert await told() == {mother: TELEGRAM, father: PAPER}
    await contact(storage, school, father)
    await contact(storage, school, mother, rank=-1)
    assert await told() == {mother: EMAIL, father: EMAIL}
    async with storage.writing() as uow:
        await uow.write(update(Consent).where(Consent.person_id == mother).values(revoked_at=at("10:00")))
    assert await told() == {father: EMAIL}


async def test_what_a_teacher_is_told_as_a_teacher_never_goes_by_the_way_of_the_same_person_as_a_guardian(
    storage: Storage, school: Cast
) -> None:
    teacher, now = school.homeroom_teacher, school.clock.now()
    async with storage.writing() as uow:
        await guard(uow, school, teacher, school.onegin)
    for channel in (EMAIL, PAPER):
        await contact(storage, school, teacher, channel, rank=-1)

    def fact(kind: ItemKind, key: str, about: PersonId | None) -> Fact:
        end = now + timedelta(hours=24)
        return Fact(school.school_id, BOT, teacher, kind, key, key, "1", 1, now, now, end, student_id=about)

    mine = [fact(ItemKind.MARK, "mark", school.onegin), fact(ItemKind.WEEKLY, "weekly", None)]
    staff = [fact(ItemKind.BROADCAST, "broadcast:1", None), fact(ItemKind.ABSENT_DAYS, "absent_days:1", None)]
    async with storage.writing() as uow:
        await items.put(uow, [*mine, *staff], now)
        await handing_over.follow(uow, teacher, now)
        found_ = (await uow.execute(select(Item.collapse_key, Item.channel, Item.id))).all()
        by_key = {row.collapse_key: row for row in found_}
        assert {key: row.channel for key, row in by_key.items()} == {
            "mark": "email",
            "weekly": "email",
            "broadcast:1": "telegram",
            "absent_days:1": "telegram",
        }
        ids = [by_key[one.collapse_key].id for one in staff]
        assert await handing_over.take_over(uow, ids, now) == ids
