"""A walk through the demo school: everybody opens what they have, and each screen and letter is kept as it was."""

import re
from pathlib import Path

from bot.demo import cast
from bot.demo.life import begin
from bot.preview.page import Album
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.seen import Message
from bot.settings import Settings

A_MINUTE = 61


async def walk(settings: Settings) -> Album:
    """Live a school day of a new demo school; the album of what was on the phones."""
    album = Album()
    app, live = await begin(settings, lambda line: None)
    await app.start()
    try:
        await live()
        async with Sandbox.connect(settings.bot_api_base) as telegram:
            walker = Walker(telegram, album)
            await walker.teacher()
            await walker.guardian()
            await walker.homeroom_teacher()
            await walker.newcomer()
            await walker.evening()
    finally:
        await app.stop()
    return album


class Walker:
    """Takes people from screen to screen."""

    def __init__(self, telegram: Sandbox, album: Album) -> None:
        self._telegram = telegram
        self._album = album

    async def teacher(self) -> None:
        """The lesson under way: the card, and everything it opens."""
        await self._at_once(cast.MOTHER.id)
        one = await self._telegram.find(cast.TEACHER.id)
        chapter = "Учитель"
        card = await one.sees(button="Посещаемость")
        self._album.take(chapter, "Карточка урока приходит к звонку", card)
        card = await self._step(chapter, one, card, "Посещаемость", "Посещаемость")
        card = await self._step(chapter, one, card, "Иванов П.", "Отмечен отсутствующий")
        card = await self._step(chapter, one, card, "Ахметова А.", "Второй отсутствующий")
        card = await self._step(chapter, one, card, "❌ Ахметова А.", "Нет, опоздала")
        card = await self._step(chapter, one, card, "2/2 →", "Вторая страница")
        card = await self._step(chapter, one, card, "Готово", "Посещаемость подтверждена")
        card = await self._step(chapter, one, card, "Тема", "Тема: из плана или своя", exact=True)
        card = await self._step(chapter, one, card, "Назад", "")
        card = await self._step(chapter, one, card, "Тема:", "Тема из плана")
        card = await self._step(chapter, one, card, "ДЗ", "Домашнее задание")
        card = await self._types(chapter, one, "§ 14, № 231, 233 (а, б)", "Задание записано")
        card = await self._step(chapter, one, card, "Оценки", "Вид работы")
        card = await self._step(chapter, one, card, "Контрольная", "Сетка отметок")
        card = await self._step(chapter, one, card, "2/2 →", "Вторая страница сетки")
        card = await self._step(chapter, one, card, "Морозова А.", "Выбор отметки")
        await self._step(chapter, one, card, "5", "Отметка поставлена")
        await self._types(chapter, one, "Иванова 5, Петров 4 контр", "Быстрая строка")
        await self._types(chapter, one, "/start", "Меню учителя")
        await self._step(chapter, one, one.last, "Мои уроки", "День учителя")
        await self._types(chapter, one, "как дела?", "Непонятный текст")

    async def guardian(self) -> None:
        """What the families got of it, and their diary."""
        chapter = "Семья"
        await self._telegram.advance(A_MINUTE)
        father = await self._telegram.find(cast.FATHER.id)
        self._album.take(chapter, "Отсутствие — сразу", await father.sees("отсутствует на уроке"))
        one = await self._telegram.find(cast.MOTHER.id)
        self._album.take(chapter, "Отметки и задание — сразу", await one.sees("контрольная работа"))
        await self._types(chapter, one, "/start", "Меню представителя")
        screen = await self._step(chapter, one, one.last, "Дневник", "Дневник")
        earlier = next(label for label in screen.buttons if label.startswith("←"))
        await self._step(chapter, one, screen, earlier, "Предыдущий день")
        await self._types(chapter, one, "/start", "")
        screen = await self._step(chapter, one, one.last, "Настройки", "Настройки")
        await self._step(chapter, one, screen, "Отозвать согласие", "Отзыв согласия")
        await self._types(chapter, one, "/help", "Помощь")

    async def _at_once(self, who: int) -> None:
        """Somebody wishes for letters at once."""
        one = await self._telegram.find(who)
        await self._types("", one, "/start", "")
        screen = await self._step("", one, one.last, "Настройки", "")
        await self._step("", one, screen, "Сразу", "")

    async def homeroom_teacher(self) -> None:
        """The class: who is connected, slips."""
        chapter = "Классный руководитель"
        one = await self._telegram.find(cast.HOMEROOM_TEACHER.id)
        await self._types(chapter, one, "/start", "Меню")
        home = await self._step(chapter, one, one.last, "Мой класс", "Мой класс")
        for label in home.buttons:
            if label == "Меню":
                continue
            since = one.mark()
            await one.taps(label, home)
            screen = await one.sees(since=since)
            self._album.take(chapter, label, screen)
            await self._types(chapter, one, "/start", "")
            home = await self._step(chapter, one, one.last, "Мой класс", "")

    async def newcomer(self) -> None:
        """Joining, step by step."""
        chapter = "Подключение семьи"
        one = await self._telegram.find(cast.NEWCOMER.id)
        slip = next(message for message in one.messages if message.author == "friend")
        self._album.take(chapter, "Листок", slip)
        await self._types(chapter, one, "/start", "Ещё не подключена")
        await self._types(chapter, one, "AAAAA-AAAAA", "Неверный код")
        link = re.search(r"start=([\w-]+)", slip.text)
        since = one.mark()
        await one.starts(link[1] if link else "")
        screen = await one.sees(since=since)
        self._album.take(chapter, "Открыта ссылка", screen)
        while "Согласен(на)" not in screen.buttons:
            screen = await self._step(chapter, one, screen, screen.buttons[0], "Согласие")
        await self._step(chapter, one, screen, "Согласен(на)", "Готово")

    async def evening(self) -> None:
        """The rest of the day: cards, nudges, the evening letter."""
        marks = {}
        people = [cast.TEACHER, cast.HOMEROOM_TEACHER, cast.MOTHER, cast.FATHER, cast.NEWCOMER]
        for phone in people:
            marks[phone.id] = len((await self._telegram.find(phone.id)).letters)
        await self._telegram.jump("evening")
        await self._telegram.drained()
        for phone in people:
            one = await self._telegram.find(phone.id)
            for letter in one.letters[marks[phone.id] :]:
                self._album.take(f"До вечера: {phone.label}", "Письмо", letter)

    async def _types(self, chapter: str, one: Person, text: str, title: str) -> Message:
        """Write to the bot and keep its answer; without a title it isn't kept."""
        since = one.mark()
        await one.types(text)
        screen = await one.sees(since=since)
        if title:
            self._album.take(chapter, title, screen)
        return screen

    async def _step(
        self, chapter: str, one: Person, message: Message, label: str, title: str, *, exact: bool = False
    ) -> Message:
        """Tap and keep what it led to; without a title it isn't kept."""
        since = one.mark()
        wanted = next(text for text in message.buttons if (text == label if exact else label in text))
        answer = await one.taps(wanted, message)
        screen = await one.sees(since=since)
        if title:
            self._album.take(chapter, title, screen, answer)
        return screen


def default_path(settings: Settings) -> Path:
    """Where the page goes when nobody says where."""
    return settings.data_dir / "preview.html"
