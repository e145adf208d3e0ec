"""The main job through the page of phones: a teacher's taps in Chromium reach the mother's phone and nobody else's.

The service is the real one, its Telegram the pocket one. The window is as wide as a phone, 360 px; whatever is seen is
checked: nothing sticks out, no label is cut, at most eight rows of names. Screens are kept as pictures: in the test's
own folder, or in docs/screens with ZVONOK_SCREENS=1.
"""

import asyncio
import csv
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.scenes import people
from tests.scenes.acts import marks_absent, opens_marks, puts_mark
from tests.scenes.founding import founded_copy
from tests.scenes.world import DATA, PROJECT, World, world_of
from tests.support.phones import TIMEOUT, Phone, Phones, opened

HOMEWORK = "§ 5, № 112–118 (нечётные); правило на с. 34 наизусть"
MORE_MARKS = {
    "Ларина Т": ("Ларина Татьяна", "5"),
    "… Ег.": ("Рождественский Егор", "5"),
    "Петров П": ("Петров Пётр", "3"),
    "Яковлева": ("Яковлева Вера", "4"),
}
MOST_ROWS = 8
LABELS = {
    people.TEACHER: "Учитель",
    people.MOTHER_OF_TWO: "Мама двоих",
    people.HOMEROOM_TEACHER: "Классный руководитель",
}


@dataclass
class Screen:
    """A phone of the page whose every screen is checked, and kept in a folder when asked."""

    phone: Phone
    folder: Path

    async def taps(self, text: str, *, then: str) -> None:
        """Tap the newest button with this label, or else the newest with it inside, and see what comes of it."""
        exact = self.phone.button(text)
        key = exact if await exact.count() else self.phone.frame.locator(".key").filter(has_text=text).last
        await key.click(timeout=TIMEOUT)
        await self.phone.rests()
        await self.sees(then)

    async def writes(self, text: str, *, then: str) -> None:
        """Type a text, send it, and see what comes of it."""
        await self.phone.writes(text)
        await self.sees(then)

    async def sees(self, text: str) -> None:
        """Wait for a message with this text, and look at the whole screen."""
        await self.phone.sees(text)
        await self.is_sound()

    async def is_sound(self) -> None:
        """Nothing sticks out, no label is cut, names take few enough rows."""
        await self.phone.no_horizontal_overflow()
        await self.phone.no_cut_labels()
        rows = [row for row in await self.phone.keyboard() if any(map(is_name, row))]
        assert len(rows) <= MOST_ROWS, rows

    async def keep(self, name: str) -> None:
        """Keep a picture of the screen, looked at once more: no finger on it, no notice over it."""
        await self.phone.page.mouse.move(0, 0)
        await self.phone.input.blur()
        await self.without_notice()
        await self.is_sound()
        await self.phone.screenshot(self.folder / f"{name}.png")

    async def without_notice(self) -> None:
        """Take a short notice away: it would leave by itself, seconds later."""
        notices = self.phone.frame.get_by_test_id("toast")
        await notices.evaluate_all("shown => shown.forEach(notice => notice.remove())")


def is_name(label: str) -> bool:
    """Whether a label names a student of the school, perhaps shortened and with a sign before it."""
    return any(beginning in label for beginning in BEGINNINGS)


def beginnings() -> set[str]:
    """What the students' last names begin with."""
    with (DATA / "roster.csv").open(encoding="utf-8") as lines:
        return {row["ФИО ученика"][:4] for row in csv.DictReader(lines, delimiter=";")}


BEGINNINGS = beginnings()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The school of the scenes on Tuesday before the third lesson; at the end no news may have got lost."""
    async with world_of(founded_copy(tmp_path / "zvonok.db"), tmp_path) as world:
        await world.opens_service()
        await world.clock_shows("10:20")
        for name, label in LABELS.items():
            last, first, *_middle = name.split()
            world.phones[name] = await world.telegram.person(first, last, label=label)
        yield world
        assert not await world.losses()
        assert not await world.failures()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return PROJECT / "docs" / "screens" if os.environ.get("ZVONOK_SCREENS") == "1" else tmp_path / "screens"


@pytest.fixture
async def page(browser: Browser) -> Page:
    """As wide as a phone, and less sharp than one: the pictures are to stay small."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, locale="ru-RU", timezone_id="Europe/Moscow", device_scale_factor=1.5
    )
    return await context.new_page()


@pytest.fixture
async def shown(page: Page, world: World) -> AsyncIterator[Phones]:
    """The page in a window as wide as a phone."""
    async with opened(page, world.server.url) as phones:
        yield phones


async def screen_of(shown: Phones, name: str, folder: Path) -> Screen:
    """Bring somebody's phone before the eyes."""
    last, first, *_middle = name.split()
    return Screen(await shown.phone(f"{first} {last}"), folder)


async def test_a_teachers_taps_reach_the_mothers_phone_and_no_other_familys(
    world: World, shown: Phones, folder: Path
) -> None:
    await world.lets_in(people.TEACHER, people.MOTHER_OF_7A)
    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await she_joins_by_her_link(mother, (await world.slip(people.MOTHER_OF_TWO)).link)
    other = await screen_of(shown, people.MOTHER_OF_7A, folder)
    await other.sees("Александр, 7А")
    others_messages = other.phone.messages
    before = await others_messages.count()

    await world.clock_shows("10:30")
    teacher = await screen_of(shown, people.TEACHER, folder)
    await teacher.sees("7Б · Алгебра")
    await teacher.keep("card")
    await world.clock_shows("10:34")
    await three_are_absent(teacher)
    await world.passes(15)
    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await mother.sees("Елизавета отсутствует на уроке: алгебра, 3-й урок, 10:30.")
    await mother.keep("absence-letter")

    teacher = await screen_of(shown, people.TEACHER, folder)
    await the_lesson_is_recorded(teacher)
    await world.passes(60)
    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await mother.sees("алгебра — 5 (ответ)")
    await mother.sees(f"алгебра — {HOMEWORK} (на завтра, ср 9 сентября)")
    await mother.keep("marks-letter")

    other = await screen_of(shown, people.MOTHER_OF_7A, folder)
    await expect(others_messages).to_have_count(before)
    await other.is_sound()


async def she_joins_by_her_link(mother: Screen, link: str) -> None:
    """A pasted link; both children at once; the consent."""
    await mother.writes(link, then="Листок для: Рождественская Светлана Андреевна.")
    await mother.keep("joining")
    await mother.taps("Да, всё верно", then="Согласие на обработку персональных данных")
    await mother.keep("consent")
    await mother.taps("Согласен(на)", then="Готово.")
    await mother.keep("ready")


async def three_are_absent(teacher: Screen) -> None:
    """Two of the first page, one of the second."""
    await teacher.taps("Посещаемость", then="в списке 30, нет 0")
    await teacher.keep("attendance")
    await teacher.taps("Абдурахма", then="нет 1")
    await teacher.taps("Константи", then="нет 2")
    await teacher.keep("attendance-marked")
    await teacher.taps("2/2 →", then="Страница 2 из 2")
    await teacher.taps("… Ел.", then="нет 3")
    await teacher.keep("attendance-second-page")
    await teacher.taps("Готово", then="✅ Посещаемость: нет 3")


async def the_lesson_is_recorded(teacher: Screen) -> None:
    """A topic of the plan, homework in own words, five marks."""
    await teacher.taps("Тема", then="Выберите тему из плана")
    await teacher.keep("topic")
    await teacher.taps("1. Рациональные числа", then="✅ Тема: Рациональные числа")
    await teacher.taps("ДЗ", then="Пришлите задание сообщением")
    await teacher.keep("homework")
    await teacher.writes(HOMEWORK, then=f"✅ ДЗ: {HOMEWORK}")
    await teacher.taps("Оценки", then="За что оценки?")
    await teacher.keep("kinds")
    await teacher.taps("Ответ", then="Нажмите на имя")
    await teacher.keep("marks")
    await teacher.taps("2/2 →", then="Страница 2 из 2")
    await teacher.taps("Онегин", then="Онегин Евгений")
    await teacher.keep("mark")
    await teacher.taps("4", then="Онегин Евгений — 4")
    for label, (name, value) in MORE_MARKS.items():
        await teacher.taps(label, then=name)
        await teacher.taps(value, then=f"{name} — {value}")
    await teacher.keep("marks-given")
    await teacher.taps("Назад", then="✅ Оценки: ответ — 5 оценок")
    await teacher.keep("card-complete")


async def test_the_families_and_the_homeroom_teachers_screens_are_whole_on_a_narrow_phone(
    world: World, shown: Phones, folder: Path
) -> None:
    teacher, *_others = await world.lets_in(people.TEACHER, people.HOMEROOM_TEACHER, people.MOTHER_OF_TWO)
    homeroom_teacher = await screen_of(shown, people.HOMEROOM_TEACHER, folder)
    await homeroom_teacher.writes("Мой класс", then="Подключено родителей")
    await homeroom_teacher.keep("my-class")
    await homeroom_teacher.taps("Кто подключён", then="Кто подключён")
    await homeroom_teacher.taps("Подключены: 1", then="Подключены: 1")
    await homeroom_teacher.keep("connected")
    await homeroom_teacher.taps("Назад", then="Кто подключён")
    await homeroom_teacher.taps("Не подключены: 30", then="Не подключены: 30")
    await homeroom_teacher.keep("not-connected")
    await homeroom_teacher.taps("Назад", then="Подключено родителей")
    await homeroom_teacher.taps("Листки класса", then="Документ для печати")
    await homeroom_teacher.keep("slips")
    await homeroom_teacher.taps("Сделать документ", then="Раздайте родителям лично")
    await homeroom_teacher.keep("slips-ready")
    letter = await world.phones[people.HOMEROOM_TEACHER].sees("Раздайте родителям лично")
    assert letter.document is not None
    await first_page(await letter.document.download(), folder / "slips-document.png")

    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await mother.writes("Настройки", then="Что вам приходит")
    await mother.taps("Вечерним письмом", then="В 18:30 — одно письмо обо всём")
    await mother.keep("settings")
    await marks_absent(world, teacher, "Рождеств… Ег.")
    await opens_marks(world, teacher)
    await puts_mark(teacher, "… Ел.", "5")
    await mother.sees("Что вам приходит")

    quick = await screen_of(shown, people.TEACHER, folder)
    await quick.writes("н Сидоров, Иванов 5 контр", then="Иванов")
    await quick.keep("quick-line")
    await quick.writes("Мои уроки", then="ещё не заполнено")
    await quick.keep("my-lessons")

    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await mother.writes("Дневник", then="вт 8 сентября")
    await mother.keep("diary")
    await world.clock_shows("18:30")
    await mother.sees("Вечер, вт 8 сентября")
    await mother.keep("evening-letter")


async def first_page(document: bytes, path: Path) -> None:
    """A picture of a document's first page, where pdftoppm is there to draw it."""
    if shutil.which("pdftoppm") is None:
        return
    command = ("pdftoppm", "-png", "-r", "80", "-singlefile", "-", str(path.with_suffix("")))
    drawing = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    await drawing.communicate(document)
    assert drawing.returncode == 0


@pytest.mark.parametrize(("scheme", "name"), [("light", "page"), ("dark", "page-dark")])
async def test_phones_stand_side_by_side_when_the_mothers_letter_has_come(
    browser: Browser, world: World, folder: Path, scheme: str, name: str
) -> None:
    """The picture of the README."""
    context = await browser.new_context(
        viewport={"width": 1400, "height": 900},
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    teacher, *_others = await world.lets_in(people.TEACHER, people.MOTHER_OF_TWO, people.HOMEROOM_TEACHER)
    async with opened(await context.new_page(), world.server.url) as shown:
        screens = [
            await screen_of(shown, one, folder)
            for one in (people.HOMEROOM_TEACHER, people.MOTHER_OF_TWO, people.TEACHER)
        ]
        homeroom_teacher, mother, lesson = screens
        await world.phones[people.HOMEROOM_TEACHER].types("Мой класс")
        await homeroom_teacher.sees("Подключено родителей")
        await marks_absent(world, teacher, "Абдурахма… П.", "Константи… Е.", "Рождеств… Ел.")
        await lesson.sees("✅ Посещаемость: нет 3")
        await world.passes(15)
        await mother.sees("Елизавета отсутствует на уроке")
        for screen in screens:
            await screen.is_sound()
            await screen.without_notice()
        await shown.screenshot(folder / f"{name}.png")
    await context.close()
