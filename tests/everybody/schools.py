"""Two schools alike in one base, with people who are near and far: who presses each button, and about what.

The things are those of 7Б, of its Ларина Татьяна and of the algebra lesson of `teacher`. People who have a right to
them, those who have it elsewhere («other_…»), those whose right has ended («former_…») and those of the other school
(«far_…») press the same buttons. Every child has canaries: who may not see the child must never receive one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from storage.models.broadcasts import Broadcast, BroadcastRecipient
from storage.models.control import CorrectionRequest, StaffLeave, Substitution
from storage.models.family import AbsenceNote, Contact, PrintBatch, PrintSheet
from storage.models.finals import TermMark
from storage.models.journal import Attendance, HomeworkFile, LessonRecord, LessonWork, Mark, PersonalHomework
from storage.models.people import Consent, Enrollment, Guardianship, Homeroom, Person, PersonRole
from storage.models.school import Bells, LessonSlot, School, Term
from storage.models.threads import Thread, ThreadEntry
from storage.models.timetable import LessonTeacher
from storage.uow import Storage, Uow
from storage.vocabulary import PersonId, Role
from tests import school as cast_of
from tests.everybody import canaries
from tests.school import TODAY, Cast, at

NOBODY = 999_999  # a messenger user whom the school doesn't know
YESTERDAY = TODAY - timedelta(days=1)
FAR = ("teacher", "homeroom", "deputy", "director", "administrator", "mother", "student")


@dataclass
class Side:
    """One of the two schools: people by what they are to the things, and the things by the names of buttons' fields."""

    cast: Cast
    people: dict[str, PersonId] = field(default_factory=dict)
    things: dict[str, int] = field(default_factory=dict)
    elsewhere: dict[str, int] = field(default_factory=dict)  # the same school's, and nobody's of the people above


@dataclass
class Two:
    """Both schools; `children`: whose a canary is, `classes`: of which class."""

    near: Side
    far: Side
    children: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, int]:
        """Everybody by what they are to the things of the near school."""
        far = {f"far_{name}": self.far.people[name] for name in FAR}
        return self.near.people | far | {"nobody": NOBODY}


async def found_two(storage: Storage) -> Two:
    """Found both schools in an empty base."""
    words = canaries.words()
    two = Two(Side(await cast_of.found(storage)), Side(await cast_of.found(storage)))
    for side in (two.near, two.far):
        async with storage.writing() as uow:
            await _people(uow, side)
            await _names(uow, side, two, words)
        async with storage.writing() as uow:
            await _journal(uow, side, two, words)
            await _office(uow, side)
            await _family(uow, side, two, words)
    return two


async def _add(uow: Uow, model: Any, **values: Any) -> int:
    row: int = (await uow.execute(insert(model).values(**values).returning(model.id))).scalar_one()
    return row


async def _put(uow: Uow, model: Any, **values: Any) -> None:
    await uow.execute(insert(model).values(**values))


async def _people(uow: Uow, side: Side) -> None:
    cast, since = side.cast, date(2026, 9, 1)

    async def employee(name: str, role: Role) -> PersonId:
        return await cast_of.person(uow, cast, name, role, connected=True)

    async def guardian(name: str, student: PersonId) -> PersonId:
        person = await cast_of.person(uow, cast, name, Role.GUARDIAN, connected=True)
        await cast_of.guard(uow, cast, person, student)
        await cast_of.prefer(uow, person, "instant")
        return person

    async def ends(model: Any, **which: Any) -> None:
        ended = update(model).where(*(getattr(model, name) == value for name, value in which.items()))
        assert await uow.write(ended.values(until_on=TODAY))

    people = side.people = {
        "teacher": cast.owner,
        "class_teacher": cast.colleague,  # of another subject in 7Б
        "homeroom": cast.homeroom_teacher,
        "deputy": cast.deputy,
        "mother": cast.mother_larina,
        "classmates_mother": cast.mother_onegina,
        "other_mother": cast.mother_of_7a,
    }
    people["other_teacher"] = await employee("Остроградский Михаил Васильевич", Role.TEACHER)
    people["other_homeroom"] = await employee("Ковалевская Софья Васильевна", Role.TEACHER)
    people["director"] = await employee("Ушинский Константин Дмитриевич", Role.DIRECTOR)
    people["administrator"] = await employee("Орлова Анна Сергеевна", Role.ADMINISTRATOR)
    people["secretary"] = await employee("Пущина Нина Ивановна", Role.SECRETARY)
    await cast_of.lesson(uow, cast, "7А другая", "История", 6, (people["other_teacher"],), [(cast.class_7a, None)])
    await _add(
        uow,
        Homeroom,
        school_id=cast.school_id,
        class_id=cast.class_7a,
        teacher_id=people["other_homeroom"],
        since_on=since,
    )
    for name, student in (
        ("student", cast.larina),
        ("classmate", cast.onegin),
        ("other_student", cast.student_of_7a),
    ):
        await cast_of.connect(uow, cast, student)
        people[name] = student
    # Whose right has ended, each in one way.
    people["former_teacher"] = cast.partner
    await ends(PersonRole, person_id=cast.partner)
    people["former_homeroom"] = await employee("Макаренко Антон Семёнович", Role.TEACHER)
    await _put(
        uow,
        Homeroom,
        school_id=cast.school_id,
        class_id=cast.class_7b,
        teacher_id=people["former_homeroom"],
        since_on=since,
        until_on=TODAY,
    )
    people["former_deputy"] = await employee("Крупская Надежда Константиновна", Role.DEPUTY)
    await ends(PersonRole, person_id=people["former_deputy"])
    people["former_guardian"] = await guardian("Ларин Пётр Ильич", cast.larina)
    await ends(Guardianship, guardian_id=people["former_guardian"])
    people["withdrawn_guardian"] = await guardian("Ларина Ольга Дмитриевна", cast.larina)
    took_back = update(Consent).where(Consent.person_id == people["withdrawn_guardian"])
    await uow.write(took_back.values(revoked_at=at("09:00")))
    people["paperless_guardian"] = await guardian("Ларина Алина Петровна", cast.larina)
    no_papers = update(Guardianship).where(Guardianship.guardian_id == people["paperless_guardian"])
    await uow.write(no_papers.values(application=None, application_on=None))
    await _mailboxes(uow, side)
    people["former_student"] = cast.named("Фёдоров Денис")
    await cast_of.connect(uow, cast, cast.named("Фёдоров Денис"))
    await ends(Enrollment, student_id=people["former_student"])
    await ends(PersonRole, person_id=people["former_student"])


async def _mailboxes(uow: Uow, side: Side) -> None:
    """Guardians who were never in a chat: one reads by e-mail, one on paper, and one's tie has ended."""
    cast = side.cast
    await uow.write(update(School).where(School.id == cast.school_id).values(bot_id=cast_of.BOT))
    for name, student, channel, ended in (
        ("Онегин Евгений Петрович", cast.onegin, "email", False),
        ("Онегина Вера Петровна", cast.onegin, "paper", False),
        ("Ларин Лев Дмитриевич", cast.larina, "email", True),
    ):
        guardian = await cast_of.person(uow, cast, name, Role.GUARDIAN)
        await cast_of.guard(uow, cast, guardian, student)
        stands = {"state": "confirmed", "source": "№ 15", "given_on": YESTERDAY, "rank": 1}
        address = f"guardian-{guardian}@example.org" if channel == "email" else ""
        await _put(
            uow, Contact, school_id=cast.school_id, person_id=guardian, channel=channel, address=address, **stands
        )
        if channel == "email" and not ended:
            side.things["mailed_guardian"] = guardian
        if ended:
            tie = update(Guardianship).where(Guardianship.guardian_id == guardian)
            assert await uow.write(tie.values(until_on=TODAY))


async def _names(uow: Uow, side: Side, two: Two, words: Iterator[str]) -> None:
    """Two canaries for each child: the last name and the first."""
    for row in await uow.execute(
        select(PersonRole.person_id).where(
            PersonRole.school_id == side.cast.school_id, PersonRole.role == Role.STUDENT.value
        )
    ):
        last, first = next(words), next(words)
        two.children |= {last: row.person_id, first: row.person_id}
        named = {"last_name": last.capitalize(), "first_name": first.capitalize(), "key": f"{last} {first}"}
        await uow.write(update(Person).where(Person.id == row.person_id).values(**named))


async def _journal(uow: Uow, side: Side, two: Two, words: Iterator[str]) -> None:
    """What teachers entered: with a canary of the child in each comment and file, of the class in homework."""
    cast, things = side.cast, side.things
    author = {"author_id": cast.owner, "entered_at": at("10:38")}

    def of(student: int) -> str:
        word = next(words)
        two.children[word] = student
        return word

    def of_class(class_id: int) -> str:
        word = next(words)
        two.classes[word] = class_id
        return word

    lesson = things["lesson"] = cast.algebra
    yesterday = await cast_of.lesson(
        uow, cast, "вчера", "Алгебра", 3, (cast.owner, cast.partner), [(cast.class_7b, None)], day=YESTERDAY
    )
    things["source"] = yesterday
    for one, text in ((lesson, "№ 112"), (yesterday, "№ 111")):
        value = f"{text} {of_class(cast.class_7b)}"
        await _put(uow, LessonRecord, lesson_id=one, part="homework", rev=1, value=value, **author)
    await _put(uow, LessonRecord, lesson_id=lesson, part="topic", rev=1, value="Дроби", **author)
    work = things["work"] = await _add(
        uow, LessonWork, lesson_id=lesson, kind="answer", ordinal=1, author_id=cast.owner, created_at=at("10:30")
    )
    old_work = await _add(
        uow, LessonWork, lesson_id=yesterday, kind="answer", ordinal=1, author_id=cast.owner, created_at=at("10:30")
    )
    for student in sorted({*cast.students[::3], cast.larina, cast.onegin}):
        for column in (work, old_work):
            comment = f"Внимательнее {of(student)}"
            row = {"work_id": column, "student_id": student, "rev": 1, "value": "4", "comment": comment, **author}
            await _put(uow, Mark, **row)
        text = f"Карточка {of(student)}"
        await _put(uow, PersonalHomework, lesson_id=lesson, student_id=student, rev=1, value=text, **author)
    files: dict[PersonId | None, str] = {one: of(one) for one in (cast.larina, cast.onegin)}
    for whose, name in (files | {None: of_class(cast.class_7b)}).items():
        await _add(
            uow,
            HomeworkFile,
            lesson_id=lesson,
            student_id=whose,
            kind="document",
            file_id=f"document-{name}",
            unique_id=name,
            name=f"{name}.pdf",
            author_id=cast.owner,
            added_at=at("10:39"),
        )
    things["written_work"] = await _add(
        uow, LessonWork, lesson_id=lesson, kind="control", ordinal=1, author_id=cast.owner, created_at=at("10:31")
    )
    things["later_lesson"] = cast.lessons["завтра"]
    russian = cast.lessons["русский"]
    for student in (cast.larina, cast.onegin):
        await _put(
            uow,
            Attendance,
            lesson_id=russian,
            student_id=student,
            rev=1,
            code="absent",
            author_id=cast.colleague,
            entered_at=at("08:40"),
        )
    await _put(uow, LessonRecord, lesson_id=russian, part="attendance", rev=1, value="confirmed", **author)
    things["topic"] = cast.topics[0]


async def _office(uow: Uow, side: Side) -> None:
    cast, things = side.cast, side.things
    bells = await _add(uow, Bells, school_id=cast.school_id, name="обычные", usual=True)
    for number, begins in cast_of.BELLS.items():
        hour, minute = map(int, begins.split(":"))
        starts = hour * 60 + minute
        await _put(uow, LessonSlot, bells_id=bells, number=number, starts_minute=starts, ends_minute=starts + 40)
    term = select(Term.id).where(Term.school_id == cast.school_id, Term.kind == "quarter")
    things["term"] = things["number"] = (await uow.execute(term)).scalar_one()
    things["school_class"], things["subject"] = cast.class_7b, cast.subjects["Алгебра"]
    things["student"], things["guardian"] = cast.larina, cast.father_larin
    things["teacher"] = things["absent"] = things["person"] = cast.owner
    things["substitute"] = cast.substitute
    things["subgroup"] = cast.halves[cast.students.index(cast.larina) % 2]
    things["other_subgroup"] = cast.halves[1 - cast.students.index(cast.larina) % 2]
    english = cast.lesson_of(cast.larina, 4)
    await _put(uow, LessonTeacher, lesson_id=english, teacher_id=cast.substitute, substitute=True)
    absent = select(LessonTeacher.teacher_id).where(
        LessonTeacher.lesson_id == english, LessonTeacher.substitute.is_(False)
    )
    things["substitution"] = await _add(
        uow,
        Substitution,
        school_id=cast.school_id,
        lesson_id=english,
        absent_id=(await uow.execute(absent)).scalar_one(),
        substitute_id=cast.substitute,
        reason="курсы",
        made_by=cast.deputy,
        made_at=at("08:00"),
    )
    things["substituted_lesson"] = english
    things["cancelled_lesson"] = cast.lessons["отменён"]
    things["leave"] = await _add(
        uow,
        StaffLeave,
        school_id=cast.school_id,
        person_id=cast.stranger,
        kind="sick",
        since_on=TODAY,
        until_on=None,
        made_by=cast.deputy,
        made_at=at("08:00"),
    )
    things["request"] = await _add(
        uow,
        CorrectionRequest,
        school_id=cast.school_id,
        target=f"mark:{things['source']}:answer:1",
        lesson_id=things["source"],
        subject_id=things["subject"],
        student_id=cast.larina,
        seen=1,
        former="4",
        wanted="5",
        reason="описка",
        asked_by=cast.owner,
        asked_at=at("10:35"),
        state="open",
    )
    for student, subject in (
        (cast.larina, "Русский язык"),
        (cast.onegin, "Русский язык"),
        (cast.larina, "Алгебра"),
    ):
        await _put(
            uow,
            TermMark,
            student_id=student,
            subject_id=cast.subjects[subject],
            scope=f"term:{things['term']}",
            rev=1,
            class_id=cast.class_7b,
            value="4",
            issued=True,
            author_id=cast.colleague,
            entered_at=at("10:00"),
        )


async def _family(uow: Uow, side: Side, two: Two, words: Iterator[str]) -> None:
    """Correspondence, notes, contacts, sheets and a broadcast, each with a canary in its words."""
    cast, things, people = side.cast, side.things, side.people

    async def thread(student: PersonId, family: PersonId, teacher: PersonId | None) -> tuple[int, int]:
        text, name = next(words), next(words)
        number = await _add(
            uow,
            Thread,
            school_id=cast.school_id,
            student_id=student,
            family_id=family,
            teacher_id=teacher,
            opened_at=at("09:00"),
            last_at=at("09:10"),
        )
        two.threads |= {text: number, name: number}
        entry = {"thread_id": number, "kind": "written"}
        mine = {"side": "family", "author_id": family, "text": f"Здравствуйте {text}", "at": at("09:00")}
        first = await _add(
            uow, ThreadEntry, **entry, **mine, file_kind="document", file_id=f"document-{name}", file_name=f"{name}.pdf"
        )
        theirs = {"side": "teacher", "author_id": teacher or cast.deputy, "text": f"Отвечаю {text}", "at": at("09:10")}
        await _add(uow, ThreadEntry, **entry, **theirs)
        return number, first

    things["thread"], things["entry"] = await thread(cast.larina, cast.mother_larina, cast.owner)
    others, their_entry = await thread(cast.student_of_7a, cast.mother_of_7a, people["other_teacher"])
    side.elsewhere = {
        "lesson": cast.lessons["7А другая"],
        "source": cast.lessons["7А другая"],
        "student": cast.student_of_7a,
        "guardian": cast.mother_of_7a,
        "school_class": cast.empty_class,
        "teacher": people["other_teacher"],
        "thread": others,
        "entry": their_entry,
    }
    await thread(cast.onegin, cast.mother_onegina, cast.owner)
    await thread(cast.larina, cast.larina, cast.owner)
    await thread(cast.onegin, cast.mother_onegina, None)
    tie = select(Guardianship.id).where(Guardianship.guardian_id == cast.father_larin)
    things["tie"] = (await uow.execute(tie)).scalar_one()
    note = next(words)
    two.children[note] = cast.larina
    things["note"] = await _add(
        uow,
        AbsenceNote,
        school_id=cast.school_id,
        student_id=cast.larina,
        guardian_id=cast.mother_larina,
        from_on=TODAY + timedelta(days=1),
        until_on=TODAY + timedelta(days=1),
        reason="ill",
        words=f"К врачу {note}",
        state="asked",
        created_at=at("10:00"),
    )
    things["contact"] = await _add(
        uow,
        Contact,
        school_id=cast.school_id,
        person_id=cast.father_larin,
        channel="paper",
        state="confirmed",
        source="№ 12",
        given_on=date(2026, 9, 1),
    )
    things["batch"] = await _add(
        uow,
        PrintBatch,
        school_id=cast.school_id,
        class_id=cast.class_7b,
        since_on=date(2026, 8, 31),
        until_on=date(2026, 9, 6),
        printed_by=cast.homeroom_teacher,
        printed_at=at("09:00"),
    )
    things["sheet"] = await _add(
        uow, PrintSheet, batch_id=things["batch"], guardian_id=cast.father_larin, student_id=cast.larina
    )
    text = next(words)
    two.classes[text] = cast.class_7b
    written = {
        "school_id": cast.school_id,
        "author_id": people["homeroom"],
        "text": f"Собрание {text}",
        "created_at": at("09:00"),
    }
    of_class = {"kind": "class", "of": int(cast.class_7b), "ids": [], "on": None, "office": False}
    sent = {"state": "done", "send_at": at("09:01"), "sent_at": at("09:02")}
    question = {"question": {"kind": "yes_no", "options": []}, "asks_reading": True}
    things["broadcast"] = await _add(uow, Broadcast, audience=of_class, **written, **sent, **question)
    chosen = of_class | {"kind": "chosen", "ids": [int(cast.larina)]}
    things["draft"] = await _add(uow, Broadcast, audience=chosen, state="draft", **written)
    for guardian, student in ((cast.mother_larina, cast.larina), (cast.mother_onegina, cast.onegin)):
        await _put(
            uow,
            BroadcastRecipient,
            broadcast_id=things["broadcast"],
            person_id=guardian,
            student_id=student,
        )
