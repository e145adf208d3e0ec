"""The main job, end to end: the office founds the school, families join, a teacher's taps reach the right guardians.

Everything over real HTTP: the service against the pocket Telegram, the office's commands as processes beside it.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sandbox.client import Person as Phone
from storage.schema import migrate
from storage.uow import Storage
from tests.scenes import people
from tests.scenes.acts import came, finds, puts_mark, texts
from tests.scenes.founding import found
from tests.scenes.world import DATA, PAPERS, CommandFailed, World, joins, world_of
from tests.support import databases

HOMEWORK = "§ 5, № 112–118 (нечётные); правило на с. 34 наизусть"
MARKS = {
    "Ларина Т": "5",
    "Онегин": "4",
    "… Ел.": "5",
    "… Ег.": "3",
    "Петров П": "4",
}


def news(child: str, mark: str | None = None) -> str:
    """The letter of one child: the mark, if there is one, and the homework of all."""
    marks = [f"алгебра — {mark} (ответ)", ""] if mark else []
    return "\n".join([child, *marks, "Задано:", f"алгебра — {HOMEWORK} (на завтра, ср 9 сентября)"])


LETTERS = {
    people.MOTHER_OF_FIRST: [news("Патимат")],
    people.MOTHER_OF_MIDDLE: [news("Ева")],
    people.FATHER_OF_MIDDLE: [news("Ева")],
    people.MOTHER_OF_LAST: [news("Вера")],
    people.MOTHER_LARINA: [news("Татьяна", "5")],
    people.MOTHER_ONEGINA: [news("Евгений", "4")],
    people.MOTHER_OF_TWO: [news("Елизавета", "5"), news("Егор", "3")],
    people.MOTHER_PETROVA: [news("Пётр", "4")],
    people.MOTHER_WITHOUT_PAPERS: [news("Денис")],
}

OTHER_GUARDIANS = (
    people.MOTHER_OF_FIRST,
    people.MOTHER_OF_MIDDLE,
    people.FATHER_OF_MIDDLE,
    people.MOTHER_OF_LAST,
    people.MOTHER_ONEGINA,
    people.MOTHER_OF_TWO,
    people.MOTHER_OF_7A,
)


@pytest.mark.parametrize(
    ("engine", "way", "commands"),
    [
        pytest.param("sqlite", "polling", True, id="sqlite-polling"),
        pytest.param("postgres", "webhook", False, id="postgres-webhook", marks=pytest.mark.postgres),
    ],
)
async def test_a_teachers_taps_reach_the_guardians_of_these_children_and_nobody_else(
    tmp_path: Path, engine: str, way: str, commands: bool
) -> None:
    """`commands`: the office founds and imports by `./zvonok`, a process each; else in this process.

    SQLite has them, where many processes may lock one file; both engines have the commands of invitations.
    """
    with empty_base(engine, tmp_path) as url:
        async with world_of(url, tmp_path, webhook=way == "webhook") as world:
            if commands:
                await the_office_founds_by_commands(world)
            else:
                await the_office_founds_in_process(world, url)
            await it_invites_by_commands(world)
            teacher, homeroom_teacher = await world.lets_in(people.TEACHER, people.HOMEROOM_TEACHER)
            await a_mother_comes_in_by_her_link(world)
            await a_father_chooses_the_evening(world)
            await a_mother_types_her_code(world, homeroom_teacher)
            await world.lets_in(*OTHER_GUARDIANS)
            await the_card_comes_at_the_bell(world, teacher)
            await three_are_absent(world, teacher)
            await the_lesson_is_recorded(world, teacher)
            await families_hear_of_marks_and_homework(world)
            await a_father_gets_it_in_the_evening(world)
            assert not await world.losses()
            assert not await world.failures()


@contextmanager
def empty_base(engine: str, folder: Path) -> Iterator[str]:
    """The URL of a base without tables, as a school begins."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'zvonok.db'}"
    else:
        with databases.postgres_database(empty=True) as url:
            yield url


async def the_office_founds_by_commands(world: World) -> None:
    """`school new` on an empty base, then, beside the running service, the imports."""
    said = json.loads(await world.zvonok("school", "new", str(DATA / "school.toml"), "--json"))
    assert said["link"].startswith("https://t.me/zvonok_bot?start=")
    await world.opens_service()
    administrator = await world.phone(people.ADMINISTRATOR)
    await joins(administrator, said["link"])
    assert "Вы подключены" in administrator.last.text

    await imports(world, "asc", "timetable.xml")
    await asyncio.gather(imports(world, "roster", "staff.csv"), imports(world, "plans", "plans.csv"))
    await imports(world, "roster", "roster.csv")


async def it_invites_by_commands(world: World) -> None:
    """One of the staff and one of a family, beside the running service; nobody of a family without papers."""
    ids = {one["name"]: str(one["id"]) for one in json.loads(await world.zvonok("people", "--json"))}
    mother = ids[people.MOTHER_WITHOUT_PAPERS]
    with pytest.raises(CommandFailed, match="Без бумаг кода нет"):
        await world.zvonok("invite", "family", mother, "--json")
    invitations = await asyncio.gather(
        world.zvonok("invite", "staff", ids[people.COLLEAGUE], "--json"),
        world.zvonok("invite", "family", mother, *PAPERS, "--json"),
    )
    for name, printed in zip((people.COLLEAGUE, people.MOTHER_WITHOUT_PAPERS), invitations, strict=True):
        await joins(await world.phone(name), json.loads(printed)["link"])


async def imports(world: World, kind: str, name: str) -> None:
    """`./zvonok import KIND FILE`, which must apply the file."""
    assert "Записано." in await world.zvonok("import", kind, str(DATA / name))


async def the_office_founds_in_process(world: World, url: str) -> None:
    storage = Storage(url)
    await migrate(storage)
    await storage.close()
    await found(url)
    await world.opens_service()


async def a_mother_comes_in_by_her_link(world: World) -> None:
    """Through every screen: whose child, the consent, the diary."""
    mother = await world.phone(people.MOTHER_LARINA)
    await mother.opens((await world.slip(people.MOTHER_LARINA)).link)
    whose = await mother.sees("Листок для")
    assert whose.text == ("Листок для: Ларина Прасковья Ивановна.\n\nТатьяна Ларина, 7Б. Вы — мать.\n\nВсё верно?")
    await mother.taps("Да, всё верно", then="Согласие на обработку персональных данных")
    assert "Школа № 1 будет писать вам сюда о вашем ребёнке" in mother.last.text
    await mother.taps("Согласен(на)", then="Готово.")
    assert "Татьяна, 7Б · сегодня, пн 7 сентября" in mother.last.text
    assert mother.tap_count == 2


async def a_father_chooses_the_evening(world: World) -> None:
    [father] = await world.lets_in(people.FATHER_LARIN)
    await father.types("Настройки")
    await father.taps("Вечерним письмом", then="В 18:30 — одно письмо обо всём, с уроками на завтра.")
    assert "Нет на уроке — сразу." in father.last.text
    assert "Оценки — в 18:30." in father.last.text


async def a_mother_types_her_code(world: World, homeroom_teacher: Phone) -> None:
    """A typed code opens nothing until the homeroom teacher has said that the person is known."""
    mother = await world.phone(people.MOTHER_PETROVA)
    await mother.starts()
    await mother.types((await world.slip(people.MOTHER_PETROVA)).code.lower())
    await mother.taps("Да, всё верно")
    await mother.taps("Согласен(на)", then="классный руководитель")
    await mother.types("Дневник")
    await world.rests()
    assert "7Б" not in mother.last.text

    await homeroom_teacher.taps("Подтвердить", then="Петрова")
    await world.rests()
    await mother.sees("дневник открыт")


async def the_card_comes_at_the_bell(world: World, teacher: Phone) -> None:
    await world.clock_shows("10:29")
    since = teacher.mark()
    await world.clock_shows("10:30")
    card = await teacher.sees("7Б · Алгебра", since=since)
    assert card.silent
    assert card.text == (
        "7Б · Алгебра\n"
        "3-й урок, 10:30–11:15 · каб. 301 · сегодня, вт 8 сентября\n"
        "\n"
        "▫ Тема\n"
        "▫ Посещаемость\n"
        "▫ ДЗ до 15:40, п. 2.7\n"
        "▫ Оценки"
    )
    world.silent(since, teacher)


async def three_are_absent(world: World, teacher: Phone) -> None:
    """The first, the middle and the last of thirty: six taps with a page turn; the alarm after fifteen seconds."""
    await world.clock_shows("10:34")
    since, taps = teacher.mark(), teacher.tap_count
    await teacher.taps("Посещаемость", then="в списке 30, нет 0")
    await teacher.taps("Абдурахма", then="нет 1")
    await teacher.taps("Константи", then="нет 2")
    await teacher.taps("2/2 →", then="Страница 2 из 2")
    await teacher.taps("Яковлева", then="нет 3")
    await teacher.taps("Готово", then="✅ Посещаемость")
    assert teacher.tap_count - taps <= 6
    assert "нет 3: Абдурахманова П., Константинопольская Е., Яковлева В." in teacher.last.text
    await world.passes(14)
    world.silent(since, teacher)
    await world.passes(1)
    guardians = {
        people.MOTHER_OF_FIRST: "Патимат",
        people.MOTHER_OF_MIDDLE: "Ева",
        people.FATHER_OF_MIDDLE: "Ева",
        people.MOTHER_OF_LAST: "Вера",
    }
    for name, child in guardians.items():
        [letter] = came(world.phones[name], since)
        assert letter.text == (
            f"{child} отсутствует на уроке: алгебра, 3-й урок, 10:30.\n"
            "Если причина вам известна, сообщите классному руководителю."
        )
        assert letter.buttons == ["Дневник"]
        assert not letter.silent
    world.silent(since, teacher, *(world.phones[name] for name in guardians))


async def the_lesson_is_recorded(world: World, teacher: Phone) -> None:
    """Topic of the plan in one tap, homework typed, five marks of two taps each and the grid's own."""
    await world.clock_shows("10:50")
    taps = teacher.tap_count
    await teacher.taps("Тема: Рациональные числа", then="✅ Тема: Рациональные числа")
    assert teacher.tap_count - taps == 1
    await teacher.taps("ДЗ", then="Пришлите задание сообщением")
    await teacher.types(HOMEWORK)
    await teacher.sees(f"✅ ДЗ: {HOMEWORK}")
    await teacher.taps("Оценки", then="За что оценки?")
    await teacher.taps("Ответ", then="Нажмите на имя")
    await finds(teacher, "Ларина Т")
    taps = teacher.tap_count
    for name, value in MARKS.items():
        await puts_mark(teacher, name, value)
    assert teacher.tap_count - taps == 2 * len(MARKS)
    await teacher.taps("Назад", then="✅ Оценки: ответ — 5 оценок")
    assert teacher.last.text == (
        "7Б · Алгебра\n"
        "3-й урок, 10:30–11:15 · каб. 301 · сегодня, вт 8 сентября\n"
        "\n"
        "✅ Тема: Рациональные числа\n"
        "✅ Посещаемость: нет 3: Абдурахманова П., Константинопольская Е., Яковлева В.\n"
        f"✅ ДЗ: {HOMEWORK}\n"
        "✅ Оценки: ответ — 5 оценок\n"
        "\n"
        "Всё заполнено."
    )


async def families_hear_of_marks_and_homework(world: World) -> None:
    """A minute later, one letter a child: marks and homework in it, to those who want them at once."""
    since = world.phones[people.TEACHER].mark()
    await world.passes(59)
    world.silent(since)
    await world.passes(1)
    for name, expected in LETTERS.items():
        assert sorted(texts(world.phones[name], since)) == sorted(expected), name
    world.silent(since, *(world.phones[name] for name in LETTERS))


async def a_father_gets_it_in_the_evening(world: World) -> None:
    """He has chosen one letter in the evening, and it has the same news; the others were told and get no more."""
    since = world.phones[people.FATHER_LARIN].mark()
    await world.clock_shows("18:29")
    staff = [world.phones[name] for name in (people.TEACHER, people.HOMEROOM_TEACHER, people.COLLEAGUE)]
    world.silent(since, *staff)
    await world.clock_shows("18:30")
    assert texts(world.phones[people.FATHER_LARIN], since) == [
        "Вечер, вт 8 сентября\n"
        "\n"
        "Татьяна\n"
        "алгебра — 5 (ответ)\n"
        "Завтра, ср 9 сентября\n"
        f"2. Алгебра — {HOMEWORK}\n"
        "3. Русский язык"
    ]
    world.silent(since, *staff, world.phones[people.FATHER_LARIN])
