"""The demo school comes to life: phones connected by their own taps, the bell, the newcomer's slip, an evening."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.commands_run import address, demo_settings
from bot.demo import cast
from bot.demo.life import begin
from bot.sandbox.client import Sandbox
from bot.settings import read_settings
from storage.uow import Storage

SUNDAY = datetime.fromisoformat("2026-11-22T12:00+03:00")
Living = Callable[[], AbstractAsyncContextManager[Sandbox]]

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Living:
    """Runs the demo for the length of a block; entered again, it is the same demo after a restart."""
    for name in ("BOT_TOKEN", "DATABASE_URL", "HTTP_PORT", "WEBHOOK_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HTTP_PORT", "0")
    monkeypatch.setenv("ZVONOK_NOW", SUNDAY.isoformat())

    @asynccontextmanager
    async def living() -> AsyncIterator[Sandbox]:
        demo = await begin(demo_settings(read_settings()), lambda line: None)
        try:
            await demo.app.start()
            await demo.live()
            async with Sandbox.connect(address(demo.app)) as telegram:
                yield telegram
        finally:
            await demo.app.stop()

    return living


async def count(folder: Path, question: str) -> int:
    storage = Storage(f"sqlite:///{folder / 'demo.db'}")
    async with storage.reading() as uow:
        found: int = (await uow.execute(text(question))).scalar_one()
    await storage.close()
    return found


async def test_everybody_of_the_cast_has_a_phone_and_all_but_the_newcomer_are_connected(
    demo: Living, tmp_path: Path
) -> None:
    async with demo() as telegram:
        state = await telegram.state()
        assert [person["label"] for person in state["people"]] == [
            "Учитель", "Мама", "Классный руководитель 7Б", "Папа", "Завуч", "Ученик", "Мама Петра",
            "Мама, ещё не подключена",
        ]  # fmt: skip
        assert state["clock"]["now"].startswith("2026-11-23T07:38")
        connected = await count(tmp_path, "SELECT count(*) FROM telegram_account WHERE state = 'active'")
        assert connected == len(cast.CONNECTED)
        mother = await telegram.find("Мама")
        assert "Анастасия" in mother.last.text or "Арсений" in mother.last.text
        assert "Это ваш дневник" in (await telegram.find(cast.STUDENT.label)).letters[-1].text
        assert "Пётр" in (await telegram.find(cast.SECOND_GUARDIAN.label)).last.text


async def test_the_bell_has_rung_and_the_teacher_holds_the_card_of_the_third_lesson(demo: Living) -> None:
    async with demo() as telegram:
        teacher = await telegram.find(cast.TEACHER.label)
        card = await teacher.sees("7Б", button="Посещаемость")
        assert "Алгебра" in card.text
        assert not [one for one in teacher.letters if "7А" in one.text], "the morning's bells are over"


async def test_the_newcomer_joins_by_the_link_that_lies_in_the_phone(demo: Living, tmp_path: Path) -> None:
    async with demo() as telegram:
        newcomer = await telegram.find(cast.NEWCOMER.label)
        (slip,) = newcomer.messages
        assert slip.author == "friend"
        link = next(word for word in slip.text.split() if word.startswith("https://t.me/"))
        await newcomer.opens(link)
        await newcomer.sees("Кузнецов")
        await newcomer.taps(newcomer.last.buttons[0], then="соглас")
        await newcomer.taps("Согласен(на)", then="Артём, 7Б")
        homeroom = await telegram.find(cast.HOMEROOM_TEACHER.label)
        await homeroom.sees("Кузнецова Елена Владимировна")
    assert await count(tmp_path, "SELECT count(*) FROM telegram_account") == len(cast.CONNECTED) + 1


async def test_a_mark_reaches_the_father_at_once_and_the_mother_in_the_evening(demo: Living) -> None:
    async with demo() as telegram:
        teacher, father = await telegram.find(cast.TEACHER.label), await telegram.find(cast.FATHER.label)
        mother = await telegram.find(cast.MOTHER.label)
        before = mother.mark()
        await teacher.types("Иванов Петр 5, Морозова 4")
        card = await teacher.sees("Иванов", button="Записать")
        await teacher.taps("Записать", card)
        await telegram.advance(70)
        await father.sees("Пётр: алгебра — 5", since=before)
        assert not [one for one in mother.letters if one.changed > before]
        await telegram.jump("evening")
        evening = await mother.sees("Анастасия", since=before)
        assert "алгебра — 4" in evening.text.casefold() and "Арсений" in evening.text


async def test_teachers_without_phones_keep_their_journal_while_the_day_goes_on(demo: Living, tmp_path: Path) -> None:
    async with demo() as telegram:
        await telegram.jump("evening")
    with_topic = "SELECT lesson_id FROM lesson_record WHERE part = 'topic'"
    of_today = (
        "SELECT count(DISTINCT l.id) FROM lesson l JOIN lesson_teacher t ON t.lesson_id = l.id"
        f" WHERE l.on_date = '2026-11-23' AND l.id NOT IN ({with_topic}) AND t.teacher_id {{}} IN"
        " (SELECT person_id FROM telegram_account)"
    )
    assert await count(tmp_path, of_today.format("NOT")) == 0
    # Monday: 7Б algebra of the teacher, Russian in 7А of the homeroom teacher; the deputy's lesson was the first.
    assert await count(tmp_path, of_today.format("")) == 2


async def test_a_restart_connects_nobody_twice_and_goes_on_in_time(demo: Living, tmp_path: Path) -> None:
    async with demo() as telegram:
        await telegram.jump("end")
        letters = {person.name: len(person.messages) for person in await telegram.people()}
    issued = await count(tmp_path, "SELECT count(*) FROM invitation")
    assert issued == len(cast.CONNECTED) + 1
    async with demo() as telegram:
        now = datetime.fromisoformat((await telegram.state())["clock"]["now"])
        assert now >= datetime.fromisoformat("2026-11-23T08:15+00:00")
        assert {person.name: len(person.messages) for person in await telegram.people()} == letters
    assert await count(tmp_path, "SELECT count(*) FROM invitation") == issued
