"""The cast: школа №1, its class 7Б and the people around it, as rows put straight into the archive.

`school = await found(storage)`; ids are `school.owner`, `school.larina`, `school.algebra`…; `school.actor(somebody)` is
that person tapping. The day is Tuesday 8 September 2026, Moscow; `school.at("10:30")` is a moment of it; 7Б has:

    1 08:30 Русский язык      colleague            4 11:25 Английский  first subgroup: colleague, second: stranger
    2 09:25 История           stranger             5 12:10 Физкультура stranger
    3 10:25 Алгебра           owner and partner    6 12:55 Литература  colleague, until 13:35 (homework till 15:05)

Other lessons of the day in slot 3 and after: 7А Алгебра (owner, slot 5), 1А Математика and ГКП Развитие речи (owner,
slots 1 and 2), Шахматы on paper (owner, slot 6), a cancelled one (owner, slot 4), tomorrow's Алгебра (owner, slot 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from services.actor import Actor, Visitor
from services.clock import StoppedClock
from storage.models.people import (
    Consent,
    Enrollment,
    Guardianship,
    Homeroom,
    Person,
    PersonRole,
    Preferences,
    SubgroupMember,
    TelegramAccount,
)
from storage.models.school import AcademicYear, LessonPlan, PlanTopic, School, SchoolClass, Subgroup, Subject, Term
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.uow import Storage, Uow
from storage.vocabulary import AccountId, BotId, ClassId, InboxSeq, LessonId, PersonId, Role, SchoolId
from tests.support import copies

ZONE = ZoneInfo("Europe/Moscow")
TODAY = date(2026, 9, 8)
BOT = BotId(777)
BELLS = {1: "08:30", 2: "09:25", 3: "10:25", 4: "11:25", 5: "12:10", 6: "12:55"}
LESSON = timedelta(minutes=40)
# Thirty, in the order of the alphabet; long ones, namesakes and ё among them.
STUDENTS_7B = [
    "Абдурахманова Патимат",
    "Андреев Пётр",
    "Барановский Константин",
    "Белозерцева Анастасия",
    "Верещагин Николай",
    "Гагарина Елена",
    "Гончаров Максим",
    "Дмитриева Софья",
    "Ёлкин Артём",
    "Жуковская Полина",
    "Заболоцкий Фёдор",
    "Иванов Иван",
    "Иванова Мария",
    "Иванова Милана",
    "Константинопольская Ева",
    "Кузнецов Никита",
    "Ларина Анна",
    "Ларина Татьяна",
    "Мельников Глеб",
    "Некрасова Ольга",
    "Онегин Евгений",
    "Павлов Лев",
    "Петров Пётр",
    "Петрова Алиса",
    "Рождественская Елизавета",
    "Рождественский Егор",
    "Сидоров Кирилл",
    "Трубецкая Наталья",
    "Фёдоров Денис",
    "Яковлева Вера",
]


def at(hour: str, day: date = TODAY) -> datetime:
    """A moment of a school day, «10:30» in Moscow, as aware UTC."""
    return datetime.combine(day, time.fromisoformat(hour), ZONE).astimezone(UTC)


@dataclass
class Cast:
    """Ids of everybody and everything; see the module's docstring."""

    school_id: SchoolId
    year_id: int
    clock: StoppedClock
    class_7b: ClassId = field(init=False)
    class_7a: ClassId = field(init=False)
    class_1a: ClassId = field(init=False)
    short_stay: ClassId = field(init=False)
    empty_class: ClassId = field(init=False)
    owner: PersonId = field(init=False)
    partner: PersonId = field(init=False)
    colleague: PersonId = field(init=False)
    stranger: PersonId = field(init=False)
    substitute: PersonId = field(init=False)
    homeroom_teacher: PersonId = field(init=False)
    deputy: PersonId = field(init=False)
    students: list[PersonId] = field(default_factory=list)
    student_of_7a: PersonId = field(init=False)
    mother_larina: PersonId = field(init=False)
    father_larin: PersonId = field(init=False)
    mother_onegina: PersonId = field(init=False)
    mother_of_7a: PersonId = field(init=False)
    algebra: LessonId = field(init=False)
    lessons: dict[str, LessonId] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    topics: list[int] = field(default_factory=list)
    halves: list[int] = field(default_factory=list)
    accounts: dict[int, int] = field(default_factory=dict)
    roles: dict[int, frozenset[Role]] = field(default_factory=dict)

    def at(self, hour: str, day: date = TODAY) -> datetime:
        """A moment of a day in school time, aware UTC."""
        return at(hour, day)

    def named(self, name: str) -> PersonId:
        """The student of 7Б with this name."""
        return self.students[STUDENTS_7B.index(name)]

    @property
    def larina(self) -> PersonId:
        """Ларина Татьяна, daughter of two guardians."""
        return self.named("Ларина Татьяна")

    @property
    def onegin(self) -> PersonId:
        """Онегин Евгений, son of one guardian."""
        return self.named("Онегин Евгений")

    def lesson_of(self, student_id: PersonId, slot: int) -> LessonId:
        """The English lesson (slot 4) of a student of 7Б, by subgroup; other slots have one lesson for all."""
        if slot != 4:
            raise ValueError("only slot 4 is split")
        return self.lessons[f"английский {self.students.index(student_id) % 2 + 1}"]

    def half(self, number: int) -> list[tuple[ClassId, int | None]]:
        """The audience of 7Б's first or second subgroup."""
        return [(self.class_7b, self.halves[number - 1])]

    def actor(self, person_id: PersonId, seq: InboxSeq | None = None) -> Actor:
        """That person tapping; their messenger's user and chat have the person's number."""
        return Actor(
            person_id=person_id,
            account_id=AccountId(self.accounts[person_id]),
            school_id=self.school_id,
            roles=self.roles.get(person_id, frozenset()),
            homeroom=person_id == self.homeroom_teacher,
            locale="ru",
            zone=ZONE,
            bot_id=BOT,
            user_id=int(person_id),
            chat_id=int(person_id),
            seq=seq,
        )

    def visitor(self, person_id: PersonId, seq: InboxSeq | None = None) -> Visitor:
        """That person's messenger user, who may be anybody."""
        return Visitor(bot_id=BOT, user_id=int(person_id), chat_id=int(person_id), locale="ru", seq=seq)


async def found(storage: Storage, *, regulation: dict[str, Any] | None = None, now: str = "10:40") -> Cast:
    """Found the school in an empty, migrated base; its clock stands at `now` of TODAY."""

    async def write(uow: Uow) -> Cast:
        cast = await _school(uow, regulation or {}, now)
        await _classes(uow, cast)
        await _staff(uow, cast)
        await _families(uow, cast)
        await _lessons(uow, cast)
        return cast

    return await copies.written(storage, (now, repr(regulation)), write)


async def _one(uow: Uow, model: Any, **values: Any) -> Any:
    return (await uow.execute(insert(model).values(**values).returning(model.id))).scalar_one()


async def _school(uow: Uow, regulation: dict[str, Any], now: str) -> Cast:
    created = at("00:00", date(2026, 8, 20))
    school_id = await _one(
        uow, School, name="Школа №1", timezone="Europe/Moscow", regulation=regulation, created_at=created
    )
    year_id = await _one(
        uow,
        AcademicYear,
        school_id=school_id,
        name="2026/27",
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 5, 31),
    )
    for kind, until in (("quarter", date(2026, 10, 25)), ("half_year", date(2026, 12, 30))):
        await _one(
            uow,
            Term,
            school_id=school_id,
            year_id=year_id,
            kind=kind,
            ordinal=1,
            starts_on=date(2026, 9, 1),
            ends_on=until,
        )
    return Cast(school_id, year_id, StoppedClock(at(now)))


async def _classes(uow: Uow, cast: Cast) -> None:
    async def add(name: str, level: int, short_stay: bool = False) -> ClassId:
        return ClassId(
            await _one(
                uow,
                SchoolClass,
                school_id=cast.school_id,
                year_id=cast.year_id,
                name=name,
                key=name.casefold(),
                level=level,
                short_stay=short_stay,
            )
        )

    cast.class_7b = await add("7Б", 7)
    cast.class_7a = await add("7А", 7)
    cast.class_1a = await add("1А", 1)
    cast.short_stay = await add("ГКП", 1, short_stay=True)
    cast.empty_class = await add("7В", 7)


async def person(uow: Uow, cast: Cast, name: str, role: Role | None = None, *, connected: bool = False) -> PersonId:
    """A person with a role since the year's start, and with a Telegram account of the same number if connected."""
    last, first, *middle = name.split()
    person_id = PersonId(
        await _one(
            uow,
            Person,
            school_id=cast.school_id,
            last_name=last,
            first_name=first,
            middle_name=" ".join(middle),
            key=name.casefold().replace("ё", "е"),
        )
    )
    if role is not None:
        since = date(2026, 9, 1)
        await _one(uow, PersonRole, school_id=cast.school_id, person_id=person_id, role=role.value, since_on=since)
        cast.roles[person_id] = frozenset({role})
    if connected:
        await connect(uow, cast, person_id)
    return person_id


async def connect(uow: Uow, cast: Cast, person_id: PersonId) -> None:
    """Give a person an active Telegram account."""
    cast.accounts[person_id] = await _one(
        uow,
        TelegramAccount,
        school_id=cast.school_id,
        bot_id=BOT,
        user_id=person_id,
        chat_id=person_id,
        person_id=person_id,
        state="active",
        linked_at=at("12:00", date(2026, 9, 1)),
    )


async def enrol(uow: Uow, cast: Cast, student_id: PersonId, class_id: ClassId) -> None:
    """Put a student into a class since the year's start."""
    since = date(2026, 9, 1)
    await _one(uow, Enrollment, school_id=cast.school_id, student_id=student_id, class_id=class_id, since_on=since)


async def guard(uow: Uow, cast: Cast, guardian_id: PersonId, student_id: PersonId) -> None:
    """Tie a guardian to a student by application and both consents."""
    on = date(2026, 9, 1)
    await _one(
        uow,
        Guardianship,
        school_id=cast.school_id,
        guardian_id=guardian_id,
        student_id=student_id,
        relation="mother",
        application="№ 12 от 01.09.2026",
        application_on=on,
        consent_on=on,
        since_on=on,
    )
    await _one(uow, Consent, school_id=cast.school_id, person_id=guardian_id, version="1", given_at=at("12:00", on))


async def prefer(uow: Uow, person_id: PersonId, mode: str) -> None:
    """Let a guardian choose a mode of delivery; the hours stay usual."""
    values = {"digest_minute": 18 * 60 + 30, "quiet_from_minute": 21 * 60, "quiet_until_minute": 7 * 60}
    row = {"person_id": person_id, "mode": mode, "changed_at": at("12:00", date(2026, 9, 1)), **values}
    await uow.execute(insert(Preferences), row)


async def _staff(uow: Uow, cast: Cast) -> None:
    async def teacher(name: str, role: Role = Role.TEACHER) -> PersonId:
        return await person(uow, cast, name, role, connected=True)

    cast.owner = await teacher("Вишневская Галина Павловна")
    cast.partner = await teacher("Смирнова Ольга Игоревна")
    cast.colleague = await teacher("Чехов Антон Павлович")
    cast.stranger = await teacher("Соловьёв Сергей Михайлович")
    cast.substitute = await teacher("Лобачевский Николай Иванович")
    cast.homeroom_teacher = await teacher("Кузнецова Вера Андреевна")
    cast.deputy = await teacher("Громова Инна Сергеевна", Role.DEPUTY)
    await _one(
        uow,
        Homeroom,
        school_id=cast.school_id,
        class_id=cast.class_7b,
        teacher_id=cast.homeroom_teacher,
        since_on=date(2026, 9, 1),
    )


async def _families(uow: Uow, cast: Cast) -> None:
    for name in STUDENTS_7B:
        student = await person(uow, cast, name, Role.STUDENT)
        await enrol(uow, cast, student, cast.class_7b)
        cast.students.append(student)
    cast.student_of_7a = await person(uow, cast, "Чацкий Александр", Role.STUDENT)
    await enrol(uow, cast, cast.student_of_7a, cast.class_7a)
    for name, class_id in (("Первоклашкина Зоя", cast.class_1a), ("Малышев Миша", cast.short_stay)):
        await enrol(uow, cast, await person(uow, cast, name, Role.STUDENT), class_id)
    cast.mother_larina = await person(uow, cast, "Ларина Прасковья Ивановна", Role.GUARDIAN, connected=True)
    cast.father_larin = await person(uow, cast, "Ларин Дмитрий Иванович", Role.GUARDIAN, connected=True)
    cast.mother_onegina = await person(uow, cast, "Онегина Мария Львовна", Role.GUARDIAN, connected=True)
    cast.mother_of_7a = await person(uow, cast, "Чацкая Анна Ильинична", Role.GUARDIAN, connected=True)
    await guard(uow, cast, cast.mother_larina, cast.larina)
    await guard(uow, cast, cast.father_larin, cast.larina)
    await guard(uow, cast, cast.mother_onegina, cast.onegin)
    await guard(uow, cast, cast.mother_of_7a, cast.student_of_7a)
    for guardian in (cast.mother_larina, cast.mother_onegina):
        await prefer(uow, guardian, "instant")


async def _lessons(uow: Uow, cast: Cast) -> None:
    for name in ("Русский язык", "История", "Алгебра", "Английский язык", "Физкультура", "Литература", "Математика"):
        await _subject(uow, cast, name)
    await _subject(uow, cast, "Развитие речи")
    await _subject(uow, cast, "Шахматы", "paper")
    cast.halves = halves = [await _subgroup(uow, cast, number) for number in (1, 2)]
    for student in cast.students:
        half = halves[cast.students.index(student) % 2]
        await _one(uow, SubgroupMember, subgroup_id=half, student_id=student, since_on=date(2026, 9, 1))
    owner, b = (cast.owner,), cast.class_7b
    await lesson(uow, cast, "русский", "Русский язык", 1, (cast.colleague,), [(b, None)])
    await lesson(uow, cast, "история", "История", 2, (cast.stranger,), [(b, None)])
    cast.algebra = await lesson(uow, cast, "алгебра", "Алгебра", 3, (cast.owner, cast.partner), [(b, None)])
    await lesson(uow, cast, "английский 1", "Английский язык", 4, (cast.colleague,), [(b, halves[0])])
    await lesson(uow, cast, "английский 2", "Английский язык", 4, (cast.stranger,), [(b, halves[1])])
    await lesson(uow, cast, "физкультура", "Физкультура", 5, (cast.stranger,), [(b, None)])
    await lesson(uow, cast, "литература", "Литература", 6, (cast.colleague,), [(b, None)])
    await lesson(uow, cast, "7А", "Алгебра", 5, owner, [(cast.class_7a, None)])
    await lesson(uow, cast, "1А", "Математика", 1, owner, [(cast.class_1a, None)])
    await lesson(uow, cast, "ГКП", "Развитие речи", 2, owner, [(cast.short_stay, None)])
    await lesson(uow, cast, "шахматы", "Шахматы", 6, owner, [(cast.class_7a, None)])
    await lesson(uow, cast, "отменён", "Алгебра", 4, owner, [(cast.class_7a, None)], state="cancelled")
    await lesson(uow, cast, "завтра", "Алгебра", 3, owner, [(b, None)], day=TODAY + timedelta(days=1))
    plan_id = await _one(
        uow,
        LessonPlan,
        school_id=cast.school_id,
        year_id=cast.year_id,
        subject_id=cast.subjects["Алгебра"],
        level=7,
    )
    titles = ("Натуральные числа", "Выражения", "Сложение дробей с разными знаменателями", "Контрольная работа № 1")
    for ordinal, title in enumerate(titles, start=1):
        topic = await _one(uow, PlanTopic, plan_id=plan_id, ordinal=ordinal, title=title, hours=1 + (ordinal == 2))
        cast.topics.append(topic)


async def _subject(uow: Uow, cast: Cast, name: str, form: str = "electronic") -> None:
    values = {"school_id": cast.school_id, "name": name, "key": name.casefold(), "record_form": form}
    cast.subjects[name] = await _one(uow, Subject, **values)


async def _subgroup(uow: Uow, cast: Cast, number: int) -> int:
    values = {
        "school_id": cast.school_id,
        "class_id": cast.class_7b,
        "name": f"англ. {number}",
        "key": f"англ {number}",
    }
    subgroup_id: int = await _one(uow, Subgroup, **values)
    return subgroup_id


async def lesson(
    uow: Uow,
    cast: Cast,
    key: str,
    subject: str,
    slot: int,
    teachers: Sequence[PersonId],
    audience: Sequence[tuple[ClassId, int | None]],
    *,
    day: date = TODAY,
    state: str = "planned",
) -> LessonId:
    """A dated lesson at a bell of a day, kept under `key` in `cast.lessons`."""
    starts_at = at(BELLS[slot], day)
    lesson_id = LessonId(
        await _one(
            uow,
            Lesson,
            school_id=cast.school_id,
            year_id=cast.year_id,
            subject_id=cast.subjects[subject],
            on_date=day,
            slot=slot,
            starts_at=starts_at,
            ends_at=starts_at + LESSON,
            room="301",
            state=state,
        )
    )
    for teacher in teachers:
        await uow.execute(insert(LessonTeacher), {"lesson_id": lesson_id, "teacher_id": teacher})
    for class_id, subgroup_id in audience:
        await _one(uow, LessonAudience, lesson_id=lesson_id, class_id=class_id, subgroup_id=subgroup_id)
    cast.lessons[key] = lesson_id
    return lesson_id


async def close_term(storage: Storage, cast: Cast, kind: str) -> None:
    """Close the first term of a kind."""
    async with storage.writing() as uow:
        closed = update(Term).where(Term.school_id == cast.school_id, Term.kind == kind, Term.ordinal == 1)
        await uow.write(closed.values(closed_at=cast.clock.now()))


async def add_lesson(
    storage: Storage,
    cast: Cast,
    subject: str,
    slot: int,
    day: date = TODAY,
    *,
    teachers: Sequence[PersonId] | None = None,
    audience: Sequence[tuple[ClassId, int | None]] | None = None,
    key: str = "добавленный",
) -> LessonId:
    """One more lesson, by default of the owner with 7Б."""
    async with storage.writing() as uow:
        return await lesson(
            uow, cast, key, subject, slot, teachers or (cast.owner,), audience or [(cast.class_7b, None)], day=day
        )


async def cancel(storage: Storage, lesson_id: LessonId) -> None:
    """Cancel a lesson."""
    async with storage.writing() as uow:
        await uow.write(update(Lesson).where(Lesson.id == lesson_id).values(state="cancelled"))


async def substitute(storage: Storage, cast: Cast, lesson_id: LessonId, teacher_id: PersonId) -> None:
    """Let a substitute give a lesson."""
    async with storage.writing() as uow:
        row = {"lesson_id": lesson_id, "teacher_id": teacher_id, "substitute": True}
        await uow.execute(insert(LessonTeacher), row)
