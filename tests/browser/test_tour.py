"""The training room as a head teacher meets it: the real demo, its tour, a day lived, a new school, the keyboard.

Pictures of the tour go to the test's own folder, or to docs/screens with ZVONOK_SCREENS=1.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.demo_run import PROJECT, demo_run
from tests.support.phones import TIMEOUT, Phone, Phones, opened

pytestmark = pytest.mark.slow

STEPS = (
    "Отметьте отсутствующих",
    "Посмотрите, что пришло маме",
    "Поставьте две оценки одной строкой",
    "Задайте домашнее задание",
    "Наступает вечер",
    "Кто из родителей подключён",
    "Подключите ещё одну маму",
)
MOST_SECONDS = 120
"""For a script that waits for nothing but the letter's own fifteen seconds; a person reads besides."""

# Everything that a screen reader or a keyboard would stumble over, as sentences.
_STUMBLES = """() => {
    const bad = [];
    const seen = element => element.checkVisibility({ visibilityProperty: true });
    const name = control => control.getAttribute("aria-label") || control.getAttribute("title") || control.alt
        || control.labels?.[0]?.textContent || control.placeholder || control.textContent.trim();
    const controls = "button, a[href], input, textarea, summary, progress, [role=button]";
    for (const control of document.querySelectorAll(controls))
        if (seen(control) && !name(control)) bad.push(`no name: ${control.outerHTML.slice(0, 90)}`);
    for (const image of document.querySelectorAll("img:not([alt])")) bad.push(`no alt: ${image.src}`);
    const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
    for (const id of ids.filter((id, at) => ids.indexOf(id) !== at)) bad.push(`twice: #${id}`);
    for (const element of document.querySelectorAll("[aria-controls], [aria-labelledby], [aria-describedby]"))
        for (const kind of ["aria-controls", "aria-labelledby", "aria-describedby"])
            for (const id of (element.getAttribute(kind) ?? "").split(" ").filter(Boolean))
                if (!document.getElementById(id)) bad.push(`${kind} leads nowhere: ${id}`);
    for (const element of document.querySelectorAll("[tabindex]"))
        if (element.tabIndex > 0) bad.push(`out of order: ${element.className}`);
    for (const landmark of ["header.bar", "main", "aside.guide"])
        if (document.querySelectorAll(landmark).length !== 1) bad.push(`one ${landmark} is wanted`);
    for (const hidden of document.querySelectorAll("[aria-hidden=true]"))
        if (hidden.matches("button, a, input") || hidden.querySelector("button, a[href], input"))
            bad.push(`hidden but reachable: ${hidden.className}`);
    if (!document.documentElement.lang) bad.push("no language");
    const live = [...document.querySelectorAll("[aria-live=polite]")];
    if (!live.some(region => region.dataset.testid === "voice")) bad.push("nobody reads letters out");
    if (!live.some(region => region.closest("aside.guide"))) bad.push("nobody reads the tour out");
    return bad;
}"""

# Words that are too pale on what lies under them (WCAG 2.2, 1.4.3: 4.5 : 1).
_PALE = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3]));
    const ground = element => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
        return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
    };
    const light = colour => colour.map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const bad = new Set();
    const words = ".guide *, .bar *, .caption *, .chat-head *, .bubble *, .key, .key *, .day span, .field, .tab *";
    for (const element of document.querySelectorAll(words)) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const style = getComputedStyle(element);
        const under = ground(element);
        const [a, b] = [light(over(rgba(style.color), under)), light(under)].sort((x, y) => y - x);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) bad.add(`${element.className || element.tagName}: ${contrast.toFixed(2)}`);
    }
    return [...bad];
}"""


@asynccontextmanager
async def shown(browser: Browser, url: str, **context: Any) -> AsyncIterator[Phones]:
    """The page in a browser of its own; by default in the window of a small laptop."""
    settings: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}, "locale": "ru-RU", **context}
    own = await browser.new_context(**settings)
    async with opened(await own.new_page(), url) as phones:
        yield phones
    await own.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return PROJECT / "docs" / "screens" if os.environ.get("ZVONOK_SCREENS") == "1" else tmp_path / "screens"


async def presses_what_is_shown(page: Page) -> None:
    """Do what the ring points at, as a person would: press the button or the link, or send the words."""
    words = page.get_by_test_id("tour-write")
    if await words.is_visible():
        await words.click()
        await page.keyboard.press("Enter")
        return
    await page.locator(".key.pointed, .move.pointed, .text a.pointed").click(timeout=TIMEOUT)


async def walks(page: Page) -> AsyncIterator[int]:
    """Walk the tour from its first step to the last by what it points at; gives each step's number as it begins."""
    guide, title = page.get_by_test_id("tour"), page.get_by_test_id("tour-title")
    for number, name in enumerate(STEPS, 1):
        await expect(title).to_have_text(name, timeout=TIMEOUT)
        yield number
        while (at := await guide.get_attribute("data-at") or "").startswith(f"on {number - 1} "):
            if await page.locator(".screen.pointed, .bubble.pointed").count() == 0:
                await presses_what_is_shown(page)
            await expect(guide).not_to_have_attribute("data-at", at, timeout=TIMEOUT)


async def test_the_tour_is_walked_by_real_taps_from_its_first_step_to_its_last(
    browser: Browser, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with demo_run(tmp_path) as run:
        url = await run.ready()
        began = time.monotonic()
        async with shown(browser, url) as phones:
            page = phones.page
            await expect(page.locator(".phone[data-loaded=true]").nth(1)).to_be_visible(timeout=TIMEOUT)
            await keep(phones, folder / "tour-0.png")
            await page.get_by_test_id("tour-start").click()
            async for number in walks(page):
                await keep(phones, folder / f"tour-{number}.png")
            await expect(page.get_by_test_id("tour-title")).to_have_text("Вот и весь день", timeout=TIMEOUT)
            took = time.monotonic() - began
            await keep(phones, folder / "tour-8.png")
            mother = await phones.phone("Морозова")
            evening = await (await mother.sees("Вечер, пн 23 ноября")).inner_text()
            assert "алгебра — § 19, № 280, 282" in evening
            teacher = await phones.phone("Ковалёв")
            await teacher.sees("Всё заполнено.")
            newcomer = await phones.phone("Кузнецова")
            await newcomer.sees("Артём, 7Б")
            for number in range(await page.get_by_test_id("phone").count()):
                await Phone(page, page.get_by_test_id("phone").nth(number)).no_horizontal_overflow()
    with capsys.disabled():
        print(f"\ntour: {took:.0f} s from opening the page to its end")
    assert took < MOST_SECONDS


async def keep(phones: Phones, path: Path) -> None:
    """Keep a picture once nothing moves and no finger is on the page."""
    await phones.page.mouse.move(2, 2)
    await phones.page.evaluate(
        """async () => {
            const rows = [...document.querySelectorAll(".stage-row, .log")];
            const places = () => rows.map(row => [row.scrollLeft, row.scrollTop]).join();
            for (let before = null, same = 0; same < 6; before = places()) {
                await new Promise(done => requestAnimationFrame(done));
                same = before === places() ? same + 1 : 0;
            }
            document.querySelectorAll("[data-testid=toast]").forEach(notice => notice.remove());
        }"""
    )
    await phones.screenshot(path)


async def test_a_day_is_lived_by_the_clock_and_a_new_school_begins_at_the_third_lesson(
    browser: Browser, tmp_path: Path
) -> None:
    async with demo_run(tmp_path) as run:
        async with shown(browser, await run.ready()) as phones:
            page = phones.page
            clock, date = page.get_by_test_id("clock-time"), page.get_by_test_id("clock-date")
            teacher, mother = await phones.phone("Ковалёв"), await phones.phone("Морозова")
            await teacher.taps("Все присутствуют")
            await teacher.sees("✅ Посещаемость")
            for jump, at, day in (
                ("end", "11:15", "пн, 23 ноября"),
                ("bell", "11:35", "пн, 23 ноября"),
                ("day-end", "15:05", "пн, 23 ноября"),
                ("evening", "18:30", "пн, 23 ноября"),
                ("morning", "08:00", "вт, 24 ноября"),
                ("week", "08:00", "вт, 1 декабря"),
            ):
                await page.locator(f'[data-jump="{jump}"]').click(timeout=TIMEOUT)
                await expect(clock).to_have_text(at, timeout=TIMEOUT)
                await expect(date).to_have_text(day, timeout=TIMEOUT)
            await mother.sees("Вечер, пн 23 ноября")
            await mother.chooses("Скрыть телефон")
            await page.get_by_test_id("tour-later").click()

            await page.get_by_test_id("begin-anew").click()
            await page.get_by_test_id("ask-yes").click()
            await expect(page.locator(".hollow")).to_have_text("Заводим новую школу, это несколько секунд…")
            await run.ready()
            await phones.connected()
            await expect(page.locator(".hollow")).to_be_hidden(timeout=TIMEOUT)
            await expect(clock).to_have_text("10:38", timeout=TIMEOUT)
            await expect(page.get_by_test_id("lost")).to_be_hidden()
            await expect(page.get_by_test_id("tour-title")).to_have_text("Это учебная школа")
            await expect(mother.frame).to_have_count(0)  # who is on screen stays chosen
            teacher = await phones.phone("Ковалёв")
            await teacher.sees("▫ Посещаемость")
            await expect(teacher.messages.filter(has_text="✅")).to_have_count(0)
            phones.complaints.clear()  # the browser's own lines of the seconds without a server
        assert await run.ends() == 0


async def test_an_attendance_is_marked_from_the_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    async with demo_run(tmp_path) as run, shown(browser, await run.ready()) as phones:
        page = phones.page
        teacher = await phones.phone("Ковалёв")
        await teacher.sees("▫ Посещаемость")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="К телефонам")).to_be_focused()
        await is_seen_in_focus(page)
        await page.keyboard.press("Enter")
        await tabs_to(page, teacher.frame.locator(".log"))
        await page.keyboard.press("Enter")  # to the newest buttons
        await arrows_to(page, "Посещаемость")
        await page.keyboard.press("Enter")
        await teacher.sees("в списке 30")
        await arrows_to(page, "Иванов П.")
        await page.keyboard.press("Space")
        await teacher.sees("нет 1")
        await arrows_to(page, "Готово")
        await page.keyboard.press("Enter")
        await teacher.sees("✅ Посещаемость: нет 1: Иванов П.")
        focused = await page.evaluate("document.activeElement.className")
        assert focused == "key", "the focus stays among the buttons of the card"
        await page.keyboard.press("Escape")
        await expect(teacher.input).to_be_focused()
        await page.keyboard.type("Иванова 5")
        await page.keyboard.press("Enter")
        await teacher.sees("Иванова Мария — 5")


async def tabs_to(page: Page, wanted: Any, *, most: int = 40) -> None:
    """Press Tab until the element has the focus; every stop on the way must be visible."""
    for _press in range(most):
        await page.keyboard.press("Tab")
        await is_seen_in_focus(page)
        if await wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} presses of Tab don't reach it")


async def arrows_to(page: Page, label: str, *, most: int = 30) -> None:
    """Press arrows until the button of this label has the focus: down, and to and fro where a row has two."""
    for _press in range(most):
        for key in (None, "ArrowRight"):
            if key:
                await page.keyboard.press(key)
            if await page.evaluate("document.activeElement.textContent") == label:
                await is_seen_in_focus(page)
                return
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"arrows don't reach «{label}»")


async def is_seen_in_focus(page: Page) -> None:
    """The focused element is on the screen and has a ring of its own or around its field."""
    facts = await page.evaluate(
        """() => {
            const at = document.activeElement;
            const style = getComputedStyle(at.closest(".field-box") ?? at);
            const box = at.getBoundingClientRect();
            const ring = style.outlineStyle !== "none" || style.boxShadow !== "none";
            const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
            return { what: at.outerHTML.slice(0, 120), ring, inside };
        }"""
    )
    assert facts["ring"] and facts["inside"], facts


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_is_nameless_pale_or_out_of_order(browser: Browser, tmp_path: Path, scheme: Any) -> None:
    async with demo_run(tmp_path) as run, shown(browser, await run.ready(), color_scheme=scheme) as phones:
        page = phones.page
        teacher = await phones.phone("Ковалёв")
        await teacher.sees("▫ Посещаемость")
        await settles(page)
        assert await page.evaluate(_STUMBLES) == []
        assert await page.evaluate(_PALE) == []
        await page.get_by_test_id("tour-start").click()
        await teacher.taps("Все присутствуют")
        await page.get_by_test_id("tour-skip").click()
        await page.get_by_test_id("people-button").click()
        await settles(page)
        assert await page.evaluate(_STUMBLES) == []
        assert await page.evaluate(_PALE) == []
        bar = await page.locator(".bar").bounding_box()
        assert bar and bar["height"] <= 70, "on a small laptop the bar is one row"
        await page.set_viewport_size({"width": 360, "height": 740})
        await settles(page)
        assert await page.evaluate(_STUMBLES) == []
        assert await page.evaluate(_PALE) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def settles(page: Page) -> None:
    """Wait until nothing is animated on its way in."""
    await page.evaluate(
        """Promise.all(document.getAnimations()
            .filter(one => one.effect.getTiming().iterations === 1).map(one => one.finished.catch(() => null)))"""
    )
