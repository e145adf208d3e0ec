"""The page of phones in a browser, for tests: find a phone by its person, tap by text, wait for what it shows.

    async with phones.opened(page, sandbox_url) as shown:
        mother = await shown.phone("Ларина")
        await mother.taps("Дневник")
        await mother.sees("Вторник, 8 сентября")
        await mother.no_cut_labels()
        await shown.screenshot(Path("docs/screens/diary.png"))

`opened` fails at the end when the page complained in the browser's console. Every wait ends with what it waits for, or
fails after PATIENCE.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page, expect

from tests.support.waiting import PATIENCE

TIMEOUT = PATIENCE * 1000  # ms, as Playwright counts
LONGEST_LABEL = 2  # lines

# What stands out of its phone to the side, by name. Elements that scroll on their own (pre) may be wider inside.
_STICKING_OUT = """phone => {
    const frame = phone.querySelector(".screen").getBoundingClientRect();
    const log = phone.querySelector(".log");
    const bad = log.scrollWidth > log.clientWidth ? [`the list is ${log.scrollWidth} px wide`] : [];
    for (const part of phone.querySelectorAll(".bubble, .text, .key, .reply-key, .day, .composer-line > *")) {
        const box = part.getBoundingClientRect();
        if (!box.width) continue;
        if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5)
            bad.push(`${part.className}: ${part.textContent.slice(0, 60)}`);
        if (part.matches(".bubble") && part.scrollWidth > part.clientWidth + 32)
            bad.push(`wide inside: ${part.textContent.slice(0, 60)}`);
    }
    return bad;
}"""

# A label is whole when all of its text lies inside its button, on few enough lines.
_CUT = """(phone, longest) => [...phone.querySelectorAll(".key, .reply-key")].map(key => {
    const box = key.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(key.querySelector(".key-label") ?? key);
    const pieces = [...range.getClientRects()].filter(piece => piece.width);
    const lines = new Set(pieces.map(piece => Math.round(piece.bottom / 6))).size;
    const inside = pieces.every(piece => piece.left >= box.left - 0.5 && piece.right <= box.right + 0.5
        && piece.top >= box.top - 0.5 && piece.bottom <= box.bottom + 0.5);
    const whole = inside && key.scrollWidth <= key.clientWidth && key.scrollHeight <= key.clientHeight;
    return whole && lines <= longest ? null : `${key.textContent} (${lines} lines, ${Math.round(box.width)} px)`;
}).filter(Boolean)"""


@dataclass
class Phone:
    """One phone of the page. `frame` is its element; texts are what a person would read."""

    page: Page
    frame: Locator

    @property
    def messages(self) -> Locator:
        """All messages, oldest first."""
        return self.frame.get_by_test_id("message")

    @property
    def last(self) -> Locator:
        """The newest message, whoever wrote it."""
        return self.messages.last

    @property
    def input(self) -> Locator:
        """The field to write in."""
        return self.frame.get_by_test_id("input")

    def button(self, text: str) -> Locator:
        """The newest inline button with exactly this text."""
        return self.frame.locator(".key").filter(has=self.page.get_by_text(text, exact=True)).last

    async def taps(self, text: str) -> None:
        """Tap the newest button with this text, and wait until the bot has answered the tap."""
        await self.button(text).click(timeout=TIMEOUT)
        await self.rests()

    async def rests(self) -> None:
        """Wait until no button spins."""
        await expect(self.frame.locator('.key[aria-busy="true"]')).to_have_count(0, timeout=TIMEOUT)

    async def writes(self, text: str) -> None:
        """Type a text and send it."""
        await self.input.fill(text)
        await self.input.press("Enter")
        await expect(self.input).to_have_value("", timeout=TIMEOUT)

    async def starts(self) -> None:
        """Press the «Начать» of an empty chat, and wait until it has begun."""
        await self.frame.get_by_test_id("start").click(timeout=TIMEOUT)
        await expect(self.messages).not_to_have_count(0, timeout=TIMEOUT)

    async def attaches(self, *files: Path) -> None:
        """Choose a file to send, as the paper clip does."""
        await self.frame.get_by_test_id("file-input").set_input_files(list(files))

    async def sees(self, text: str) -> Locator:
        """Wait for a message with this text inside, the newest such."""
        found = self.messages.filter(has_text=text).last
        await expect(found).to_be_visible(timeout=TIMEOUT)
        return found

    async def sees_toast(self, text: str) -> None:
        """Wait for a short notice with this text inside."""
        await expect(self.frame.get_by_test_id("toast")).to_contain_text(text, timeout=TIMEOUT)

    async def sees_alert(self, text: str) -> None:
        """Wait for a window with this text inside, and close it."""
        await expect(self.frame.get_by_test_id("alert")).to_contain_text(text, timeout=TIMEOUT)
        await self.frame.get_by_test_id("alert-ok").click()

    async def chooses(self, action: str) -> None:
        """An entry of the phone's own menu: block the bot, hide the phone and so on."""
        await self.frame.get_by_test_id("phone-menu").click()
        await self.frame.get_by_role("menuitem", name=action).click()

    async def does_with(self, message: Locator, action: str) -> None:
        """An entry of a message's menu: answer, forward, copy."""
        await message.hover()
        await message.locator(".message-menu").click()
        await self.frame.get_by_role("menuitem", name=action).click()

    async def keyboard(self) -> list[list[str]]:
        """Labels of the newest inline keyboard, row by row."""
        rows = self.frame.get_by_test_id("keyboard").last.locator(".keys-row")
        return [await row.locator(".key-label").all_inner_texts() for row in await rows.all()]

    async def no_cut_labels(self, *, longest: int = LONGEST_LABEL) -> None:
        """Fails when a button's label is not wholly visible or takes more lines than `longest`."""
        cut = await self.frame.evaluate(_CUT, longest)
        assert not cut, f"labels are cut: {cut}"

    async def no_horizontal_overflow(self) -> None:
        """Fails when something in this phone sticks out to the side, or the page itself scrolls sideways."""
        sticking: list[str] = await self.frame.evaluate(_STICKING_OUT)
        page_overflow = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert not sticking, f"sticks out of the phone: {sticking}"
        assert page_overflow <= 0, f"the page is {page_overflow} px too wide"

    async def screenshot(self, path: Path) -> None:
        """A picture of the screen alone, without what is still moving."""
        path.parent.mkdir(parents=True, exist_ok=True)
        await self.frame.locator(".screen").screenshot(path=path, animations="disabled")


@dataclass
class Phones:
    """The whole page."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def phone(self, person: str) -> Phone:
        """The phone of the person whose name contains `person`, brought into view and loaded."""
        frame = self.page.locator(f'[data-testid="phone"][data-person*="{person}"]').first
        await expect(frame).to_be_attached(timeout=TIMEOUT)
        await frame.evaluate("frame => frame.scrollIntoView({ inline: 'center', behavior: 'instant' })")
        phone = Phone(self.page, frame)
        await expect(frame.get_by_test_id("messages")).to_have_attribute("aria-busy", "false", timeout=TIMEOUT)
        await expect(frame).to_have_attribute("data-loaded", "true", timeout=TIMEOUT)
        return phone

    async def screenshot(self, path: Path) -> None:
        """A picture of what the window shows, without what is still moving."""
        path.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=path, animations="disabled")

    async def connected(self) -> None:
        """Wait until the live feed stands."""
        await expect(self.page.locator("html")).to_have_attribute("data-connection", "up", timeout=TIMEOUT)

    def listen(self) -> None:
        """Gather what the page complains of from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(f"{said.text} ({said.location.get('url', '')})")


@asynccontextmanager
async def opened(page: Page, url: str, **goto: Any) -> AsyncIterator[Phones]:
    """The page of the sandbox at `url`, live; at the end it must not have complained in the console."""
    phones = Phones(page)
    phones.listen()
    await page.goto(url, **goto)
    await phones.connected()
    yield phones
    assert not phones.complaints, f"the page complained: {phones.complaints}"
