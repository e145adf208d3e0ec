"""A small school for delivery: one class, a homeroom teacher, a mother of two who is connected, a father who is not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from services.outbox.items import Fact
from storage.models.base import Base
from storage.models.people import (
    Consent,
    Enrollment,
    Guardianship,
    Homeroom,
    Person,
    PersonRole,
    TelegramAccount,
)
from storage.models.school import AcademicYear, School, SchoolClass
from storage.uow import Storage, Uow
from storage.vocabulary import AccountState, BotId, ItemKind, PersonId, Role, SchoolId

NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
BOT = BotId(42)
FIRST_DAY = date(2026, 9, 1)


@dataclass(frozen=True)
class Family:
    """Ids of the people of this school."""

    school: SchoolId
    teacher: PersonId
    mother: PersonId
    father: PersonId
    anna: PersonId
    boris: PersonId
    mother_chat: str = "1001"
    teacher_chat: str = "1002"

    def fact(self, key: str = "mark:1:1", value: str | None = "5", **changes: Any) -> Fact:
        """A mark of Anna's for her mother, due now."""
        given: dict[str, Any] = {
            "school_id": self.school,
            "bot_id": BOT,
            "recipient_id": self.mother,
            "kind": ItemKind.MARK,
            "bundle": "diary:anna",
            "collapse_key": key,
            "value": value,
            "priority": 2,
            "due_at": NOW,
            "cap_at": NOW + timedelta(minutes=5),
            "expires_at": NOW + timedelta(hours=72),
            "student_id": self.anna,
        }
        return Fact(**{**given, **changes})


async def add(uow: Uow, model: type[Base], **values: Any) -> int:
    """One row; its id."""
    found = await uow.execute(insert(model).values(**values).returning(*model.__table__.primary_key))
    return int(found.scalar_one())


async def add_person(uow: Uow, school: int, first_name: str, *roles: Role) -> PersonId:
    """A person with roles since the first day."""
    person = await add(
        uow, Person, school_id=school, last_name="Ларина", first_name=first_name, key=f"ларина {first_name}"
    )
    for role in roles:
        await add(uow, PersonRole, school_id=school, person_id=person, role=role, since_on=FIRST_DAY)
    return PersonId(person)


async def connect(uow: Uow, school: int, person: int, chat: str, bot: BotId = BOT) -> None:
    """An active account and a live consent."""
    await add(
        uow,
        TelegramAccount,
        school_id=school,
        bot_id=bot,
        user_id=int(chat),
        chat_id=int(chat),
        person_id=person,
        state=AccountState.ACTIVE,
        linked_at=NOW,
    )
    await add(uow, Consent, school_id=school, person_id=person, version="1", given_at=NOW)


async def found(storage: Storage, bot: BotId = BOT) -> Family:
    """Lay the small school down, its people connected at a bot."""
    async with storage.writing() as uow:
        school = await add(uow, School, name="Школа № 1", timezone="Europe/Moscow", regulation={}, created_at=NOW)
        year = await add(
            uow,
            AcademicYear,
            school_id=school,
            name="2026/27",
            starts_on=FIRST_DAY,
            ends_on=date(2027, 5, 31),
        )
        class_id = await add(uow, SchoolClass, school_id=school, year_id=year, name="7Б", key="7б", level=7)
        teacher = await add_person(uow, school, "Нина", Role.TEACHER)
        mother = await add_person(uow, school, "Мария", Role.GUARDIAN)
        father = await add_person(uow, school, "Пётр", Role.GUARDIAN)
        children = [await add_person(uow, school, name, Role.STUDENT) for name in ("Анна", "Борис")]
        for child in children:
            await add(uow, Enrollment, school_id=school, student_id=child, class_id=class_id, since_on=FIRST_DAY)
            await add(
                uow,
                Guardianship,
                school_id=school,
                guardian_id=mother,
                student_id=child,
                relation="mother",
                application="№ 1",
                application_on=FIRST_DAY,
                consent_on=FIRST_DAY,
                since_on=FIRST_DAY,
            )
        await add(uow, Homeroom, school_id=school, class_id=class_id, teacher_id=teacher, since_on=FIRST_DAY)
        family = Family(SchoolId(school), teacher, mother, father, children[0], children[1])
        await connect(uow, school, mother, family.mother_chat, bot)
        await connect(uow, school, teacher, family.teacher_chat, bot)
    return family


@pytest.fixture
async def family(storage: Storage) -> Family:
    return await found(storage)
