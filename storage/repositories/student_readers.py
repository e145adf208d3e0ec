"""Students with an account of their own, as readers of their homework."""

from collections.abc import Collection
from datetime import date
from typing import cast

from sqlalchemy import Date, bindparam, select

from storage.models.people import Enrollment, Person, Preferences, TelegramAccount
from storage.repositories.digest import EveningReader
from storage.repositories.people import holds_on
from storage.repositories.recipients import Recipient
from storage.uow import Uow
from storage.vocabulary import AccountState, DeliveryMode, ItemKind, PersonId, SchoolId

ON = cast(date, bindparam("on", type_=Date))
THEMSELVES = (
    select(
        TelegramAccount.school_id,
        TelegramAccount.person_id,
        TelegramAccount.bot_id,
        Preferences.digest_minute,
        Preferences.quiet_from_minute,
        Preferences.quiet_until_minute,
        Preferences.kinds,
        Person.locale,
    )
    .select_from(TelegramAccount)
    .join(Person, Person.id == TelegramAccount.person_id)
    .join(Enrollment, Enrollment.student_id == Person.id)
    .outerjoin(Preferences, Preferences.person_id == Person.id)
    .where(
        Person.id.in_(bindparam("students", expanding=True)),
        TelegramAccount.state == AccountState.ACTIVE.value,
        holds_on(Enrollment.since_on, Enrollment.until_on, ON),
    )
    .order_by(Person.id)
)


async def themselves(uow: Uow, student_ids: Collection[PersonId], on: date) -> list[Recipient]:
    """Those of the students who have an account, as recipients of their own news: read in the evening."""
    found = {
        row.person_id: Recipient(
            school_id=row.school_id,
            person_id=row.person_id,
            bot_id=row.bot_id,
            student_id=row.person_id,
            mode=DeliveryMode.DIGEST,
            digest_minute=row.digest_minute,
            quiet_from=row.quiet_from_minute,
            quiet_until=row.quiet_until_minute,
            locale=row.locale,
            kinds=row.kinds,
        )
        for row in await uow.execute(THEMSELVES, {"students": list(student_ids), "on": on})
    }
    return list(found.values())


ENROLLED = (
    select(Enrollment.student_id)
    .where(Enrollment.student_id == bindparam("person"), holds_on(Enrollment.since_on, Enrollment.until_on, ON))
    .limit(1)
)


async def is_student(uow: Uow, person_id: PersonId, on: date) -> bool:
    """Whether somebody is in a class on a day."""
    return (await uow.execute(ENROLLED, {"person": person_id, "on": on})).first() is not None


EVENING = (
    select(
        TelegramAccount.person_id,
        TelegramAccount.bot_id,
        Preferences.digest_minute,
        Preferences.quiet_from_minute,
        Preferences.quiet_until_minute,
        Preferences.kinds,
    )
    .select_from(TelegramAccount)
    .join(Enrollment, Enrollment.student_id == TelegramAccount.person_id)
    .outerjoin(Preferences, Preferences.person_id == TelegramAccount.person_id)
    .where(
        TelegramAccount.school_id == bindparam("school"),
        TelegramAccount.state == AccountState.ACTIVE.value,
        holds_on(Enrollment.since_on, Enrollment.until_on, ON),
    )
    .order_by(TelegramAccount.person_id)
)


async def evening_readers(
    uow: Uow, school_id: SchoolId, usual_minute: int, minute: int, on: date
) -> list[EveningReader]:
    """The students of a school whose homework letter comes at this minute; who wants none of it is left out."""
    found = {
        row.person_id: EveningReader(row.person_id, row.bot_id, row.quiet_from_minute, row.quiet_until_minute)
        for row in await uow.execute(EVENING, {"school": school_id, "on": on})
        if (usual_minute if row.digest_minute is None else row.digest_minute) == minute
        and (row.kinds or {}).get(ItemKind.HOMEWORK.value) != DeliveryMode.IMPORTANT.value
    }
    return list(found.values())
