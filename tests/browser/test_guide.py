"""The page as a training room, with a small tour of its own: the card, the ring, the ways out, the question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.room import Restart
from bot.sandbox.server import SandboxServer
from bot.sandbox.times import Jump
from tests.browser.conftest import NOON, StandingClock
from tests.browser.echo import EchoBot
from tests.support.phones import TIMEOUT, Phones, opened

Json = dict[str, Any]


def tour(anna: int, boris: int) -> Json:
    """Anna begins, Boris reads, Anna writes, and the day ends."""
    return {
        "title": "Экскурсия",
        "welcome": {
            "title": "Добро пожаловать",
            "text": ["Это проба."],
            "start": "Поехали",
            "later": "Потом",
            "note": "",
        },
        "steps": [
            {
                "title": "Начните",
                "text": "Нажмите кнопку.",
                "done": "Начато.",
                "phone": anna,
                "until": [{"phone": anna, "text": ["Выбрано"]}],
                "hints": [{"phone": anna, "button": "Выбрать", "say": "Нажмите «Выбрать»."}],
            },
            {
                "title": "Прочитайте",
                "text": "Письмо у Бориса.",
                "done": "Прочитано.",
                "phone": boris,
                "until": [{"phone": boris, "text": ["Новость"], "read": True}],
                "hints": [{"phone": boris, "say": "Ждём письма."}],
            },
            {
                "title": "Напишите",
                "text": "Слово боту.",
                "done": "Написано.",
                "phone": anna,
                "until": [{"phone": anna, "text": ["Эхо: слово"]}],
                "hints": [{"phone": anna, "type": "слово", "say": "Отправьте:"}],
            },
        ],
        "end": {"title": "Это всё", "text": ["Спасибо."], "again": "Ещё раз"},
    }


@pytest.fixture
def room(server: SandboxServer, anna: int, boris: int) -> SandboxServer:
    """The server with a tour."""
    server.room.tour = tour(anna, boris)
    return server


@pytest.fixture
async def guided(page: Page, room: SandboxServer) -> AsyncIterator[Phones]:
    """The page with a tour, in the window of a small laptop."""
    await page.set_viewport_size({"width": 1280, "height": 720})
    async with opened(page, room.url) as phones:
        yield phones


async def test_without_a_host_there_is_neither_tour_nor_beginning_anew(wide: Phones, page: Page) -> None:
    for testid in ("tour", "tour-open", "begin-anew"):
        await expect(page.get_by_test_id(testid)).to_be_hidden()


async def test_a_step_goes_on_by_itself_when_it_was_done_and_the_ring_follows(
    guided: Phones, bot: EchoBot, anna: int, boris: int, page: Page
) -> None:
    title, say = page.get_by_test_id("tour-title"), page.get_by_test_id("tour-say")
    await expect(title).to_have_text("Добро пожаловать")
    first, second = await guided.phone("Анна"), await guided.phone("Борис")
    await first.starts()
    await second.starts()
    card = await bot.sends(anna, "Урок", ["Выбрать", "Назад"])
    await first.sees("Урок")
    await page.get_by_test_id("tour-start").click()
    await expect(title).to_have_text("Начните")
    await expect(page.get_by_test_id("tour-count")).to_have_text("Шаг 1 из 3")
    await expect(first.frame.locator(".key.pointed")).to_have_text("Выбрать")
    await first.button("Выбрать").click()
    await bot.edits(card, "Выбрано", ["Назад"])
    await bot.answer(await bot.tapped())
    await expect(title).to_have_text("Прочитайте", timeout=TIMEOUT)
    await expect(page.locator(".guide-done")).to_have_text("Начато.")
    await expect(page.locator(".pointed")).to_have_count(1)
    await expect(second.frame.locator(".screen.pointed")).to_be_visible()
    await bot.sends(boris, "Новость")
    await expect(title).to_have_text("Напишите", timeout=TIMEOUT)
    await expect(first.frame.locator(".field-box.pointed")).to_be_visible()
    await page.get_by_test_id("tour-write").click()
    await expect(first.input).to_have_value("слово")
    await expect(first.input).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(title).to_have_text("Это всё", timeout=TIMEOUT)
    await expect(say).to_be_hidden()
    await expect(page.locator(".pointed")).to_have_count(0)


async def test_what_was_there_before_the_tour_does_not_count(
    guided: Phones, bot: EchoBot, anna: int, page: Page
) -> None:
    phone = await guided.phone("Анна")
    await phone.starts()
    before = await bot.sends(anna, "Выбрано вчера", ["Выбрать"])
    await phone.sees("Выбрано вчера")
    await page.get_by_test_id("tour-start").click()
    await expect(phone.frame.locator(".key.pointed")).to_have_count(1)
    await expect(page.get_by_test_id("tour-title")).to_have_text("Начните")
    await bot.edits(before, "Выбрано теперь")
    await expect(page.get_by_test_id("tour-title")).to_have_text("Прочитайте", timeout=TIMEOUT)


async def test_the_tour_is_skipped_left_found_again_and_remembered(guided: Phones, page: Page) -> None:
    title, count = page.get_by_test_id("tour-title"), page.get_by_test_id("tour-count")
    await page.get_by_test_id("tour-start").click()
    await page.get_by_test_id("tour-skip").click()
    await expect(title).to_have_text("Прочитайте")
    await expect(page.locator(".guide-done")).to_be_hidden()  # a skipped step came to nothing
    await page.reload()
    await expect(count).to_have_text("Шаг 2 из 3")
    await page.get_by_test_id("tour-leave").click()
    await expect(page.get_by_test_id("tour")).to_be_hidden()
    await expect(page.locator(".pointed")).to_have_count(0)
    await page.reload()
    await guided.connected()
    await expect(page.get_by_test_id("tour")).to_be_hidden()
    await page.get_by_test_id("tour-open").click()
    await expect(title).to_have_text("Добро пожаловать")
    await page.get_by_test_id("tour-start").click()
    await expect(count).to_have_text("Шаг 1 из 3")
    for _step in range(3):
        await page.get_by_test_id("tour-skip").click()
    await expect(title).to_have_text("Это всё")
    await page.get_by_test_id("tour-again").click()
    await expect(title).to_have_text("Добро пожаловать")
    await page.get_by_test_id("tour-later").click()
    await expect(page.get_by_test_id("tour")).to_be_hidden()


async def test_a_hidden_phone_comes_back_when_its_step_begins(guided: Phones, page: Page) -> None:
    phone = await guided.phone("Борис")
    await phone.chooses("Скрыть телефон")
    await expect(phone.frame).to_have_count(0)
    await expect(page.get_by_test_id("people-button")).to_have_accessible_name("Телефоны: 1 из 2")
    await page.get_by_test_id("tour-start").click()
    await page.get_by_test_id("tour-skip").click()
    await expect(phone.frame).to_be_visible()


async def test_the_card_of_the_tour_covers_nothing(guided: Phones, bot: EchoBot, anna: int, page: Page) -> None:
    phone = await guided.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "Урок", ["Выбрать"])
    await phone.sees("Урок")
    await page.get_by_test_id("tour-start").click()
    for width, height in ((1280, 720), (1000, 700), (360, 740)):
        await page.set_viewport_size({"width": width, "height": height})
        phone = await guided.phone("Анна")
        card, screen = await page.get_by_test_id("tour").bounding_box(), await phone.frame.bounding_box()
        assert card and screen
        beside = card["x"] + card["width"] <= screen["x"]
        assert beside or card["y"] + card["height"] <= screen["y"], (width, card, screen)
        assert screen["y"] + screen["height"] <= height
        await phone.no_horizontal_overflow()
        await expect(phone.button("Выбрать")).to_be_in_viewport(ratio=1)


async def test_show_where_brings_the_phone_and_the_button_into_view_and_focus(
    guided: Phones, bot: EchoBot, anna: int, page: Page
) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    phone = await guided.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "Урок", ["Выбрать"])
    for number in range(12):
        await bot.sends(anna, f"Новость {number}")
    await phone.sees("Новость 11")
    await guided.phone("Борис")
    await page.get_by_test_id("tour-start").click()
    await expect(page.locator('.tab.pointed[data-person*="Анна"]')).to_be_visible()
    await page.get_by_test_id("tour-show").click()
    await expect(phone.button("Выбрать")).to_be_in_viewport(ratio=0.9)
    await expect(phone.button("Выбрать")).to_be_focused()
    await expect(page.locator(".tab.pointed")).to_have_count(0)


async def test_the_question_of_a_new_school_is_asked_and_the_page_waits_for_it(
    guided: Phones, room: SandboxServer, bot: EchoBot, page: Page
) -> None:
    asked: list[str] = []
    words = {"button": "Заново", "question": "Точно?", "meaning": "Всё исчезнет.", "yes": "Да", "waiting": "Заводим…"}
    room.room.restart = Restart(**words, ask=lambda: asked.append("yes"))
    room.room.is_busy(None)  # the page hears of the button
    await page.get_by_test_id("tour-start").click()
    await page.get_by_test_id("tour-skip").click()
    button, question = page.get_by_test_id("begin-anew"), page.get_by_test_id("ask")
    for way_out in ("Escape", "Enter"):  # Enter presses the first button: «Отмена»
        await button.click()
        await expect(question).to_have_accessible_name("Точно?")
        await expect(question).to_have_accessible_description("Всё исчезнет.")
        await page.keyboard.press(way_out)
        await expect(question).to_have_count(0)
        await expect(button).to_be_focused()
    assert asked == []
    await button.click()
    await page.get_by_test_id("ask-yes").click()
    await expect(page.locator(".hollow")).to_have_text("Заводим…")
    assert asked == ["yes"]
    assert await page.locator(".stage-row").evaluate("row => row.inert")
    room.room.is_busy(None)
    await expect(page.locator(".hollow")).to_be_hidden()
    await expect(page.get_by_test_id("tour-title")).to_have_text("Добро пожаловать")


async def test_a_second_wish_for_a_new_school_is_refused_in_words(
    guided: Phones, room: SandboxServer, page: Page
) -> None:
    words = {"button": "Заново", "question": "Точно?", "meaning": "Всё.", "yes": "Да", "waiting": "Заводим…"}
    room.room.restart = Restart(**words, ask=lambda: None)
    room.room.is_busy(None)
    await page.get_by_test_id("begin-anew").click()
    room.room.busy = "Другой был быстрее"
    await page.get_by_test_id("ask-yes").click()
    await expect(page.get_by_text("Сейчас начать заново нельзя.")).to_be_visible()
    assert [complaint for complaint in guided.complaints if "409" in complaint]  # the browser's own line
    guided.complaints.clear()


async def test_one_voice_reads_out_what_came_and_to_whom(
    guided: Phones, bot: EchoBot, anna: int, boris: int, page: Page
) -> None:
    voice = page.get_by_test_id("voice")
    await expect(voice).to_have_attribute("aria-live", "polite")
    phone = await guided.phone("Анна")
    await phone.starts()
    await phone.sees("Эхо: /start")
    await bot.sends(anna, "Завтра <b>контрольная</b>")
    await expect(voice).to_have_text("Анна Ларина. Завтра контрольная")
    await expect(phone.frame.get_by_role("log")).to_have_attribute("aria-live", "off")


async def test_arrows_walk_the_buttons_and_the_focus_survives_another_keyboard(
    guided: Phones, bot: EchoBot, anna: int, page: Page
) -> None:
    phone = await guided.phone("Анна")
    await phone.starts()
    grid = await bot.sends(anna, "Список", ["А", "Б"], ["В", "Г"], ["Готово"])
    await phone.sees("Список")
    await phone.input.focus()
    await page.keyboard.press("ArrowUp")
    await expect(phone.button("А")).to_be_focused()
    for key, label in (("ArrowRight", "Б"), ("ArrowDown", "Г"), ("ArrowDown", "Готово"), ("ArrowDown", "Готово")):
        await page.keyboard.press(key)
        await expect(phone.button(label)).to_be_focused()
    await bot.edits(grid, "Карточка", ["Тема"])
    await expect(phone.button("Тема")).to_be_focused()
    await bot.edits(grid, "Конец")
    await expect(phone.frame.locator(".log")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(phone.input).to_be_focused()


async def test_who_asked_for_little_motion_sees_a_ring_that_stands_still(
    page: Page, room: SandboxServer, bot: EchoBot, anna: int
) -> None:
    await page.emulate_media(reduced_motion="reduce")
    async with opened(page, room.url) as phones:
        phone = await phones.phone("Анна")
        await phone.starts()
        await bot.sends(anna, "Урок", ["Выбрать"])
        await phone.sees("Урок")
        await page.get_by_test_id("tour-start").click()
        ring = phone.frame.locator(".key.pointed")
        await expect(ring).to_be_visible()
        duration, times = await ring.evaluate(
            "ring => [getComputedStyle(ring).animationDuration, getComputedStyle(ring).animationIterationCount]"
        )
        assert float(duration.removesuffix("s")) < 0.001
        assert times == "1"


async def test_a_jump_whose_moment_is_known_says_when_and_is_renewed_when_it_has_passed(
    server: SandboxServer, wide: Phones, page: Page
) -> None:
    clock = server.world.times.clock
    assert isinstance(clock, StandingClock)
    offered = [Jump("bell", "Звонок", NOON + timedelta(seconds=2)), Jump("week", "Неделя", NOON + timedelta(days=7))]
    clock.jumps = lambda: offered  # type: ignore[method-assign]
    server.clock_changed()
    bell = page.locator('[data-jump="bell"]')
    await expect(bell).to_have_accessible_name("12:05 Звонок")
    await expect(page.locator('[data-jump="week"]')).to_have_accessible_name("вт 15, 12:05 Неделя")
    offered[0] = Jump("bell", "Звонок", NOON + timedelta(days=1))
    await expect(bell).to_have_accessible_name("завтра 12:05 Звонок", timeout=TIMEOUT)
