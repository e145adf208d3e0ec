"""The page of phones around the messages: people, clock, files, themes, a lost network."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from bot.sandbox.server import SandboxServer
from tests.browser.conftest import NOON, StandingClock
from tests.browser.echo import EchoBot
from tests.browser.wire import wire_to
from tests.support.phones import TIMEOUT, Phones, opened
from tests.support.waiting import eventually

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


async def test_an_empty_chat_offers_to_begin(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await expect(phone.frame.get_by_text("Здесь будет переписка с ботом.")).to_be_visible()
    await phone.starts()
    await phone.sees("Эхо: /start")
    await expect(phone.frame.get_by_test_id("start")).to_be_hidden()


async def test_a_pasted_invitation_becomes_a_start_with_its_payload(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.input.fill("t.me/echo_bot?start=slip-7B")
    await expect(phone.frame.get_by_text("Это приглашение к боту")).to_be_visible()
    await expect(phone.frame.get_by_test_id("send")).to_have_text("Начать")
    await phone.input.press("Enter")
    await phone.sees("Эхо: /start slip-7B")
    await expect(phone.input).to_have_value("")
    await phone.writes("t.me/other_bot?start=slip-7B")
    await phone.sees("Эхо: t.me/other_bot?start=slip-7B")


async def test_a_person_blocks_the_bot_and_unblocks_it(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await phone.sees("Эхо: /start")
    await phone.chooses("Заблокировать бота")
    await expect(phone.frame.get_by_text("Вы заблокировали бота")).to_be_visible()
    await expect(phone.input).to_be_hidden()
    await phone.frame.get_by_test_id("unblock").click()
    await phone.writes("Снова здесь")
    await phone.sees("Эхо: Снова здесь")
    changes = [update["my_chat_member"] for update in bot.updates if "my_chat_member" in update]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]


async def test_a_lost_network_is_said_and_what_was_missed_comes_when_it_returns(
    page: Page, server: SandboxServer, bot: EchoBot, anna: int
) -> None:
    async with wire_to(server.url) as wire, opened(page, wire.url) as phones:
        phone = await phones.phone("Анна")
        await phone.starts()
        sent = await bot.sends(anna, "Было", ["Готово"])
        await phone.sees("Было")
        wire.cut()
        await expect(page.get_by_test_id("lost")).to_have_text("Связь потеряна. Пробую соединиться снова…")
        await phone.button("Готово").click()
        await phone.sees_toast("Нет связи. Попробуйте ещё раз.")
        await phone.rests()
        await phone.input.fill("Не теряйся")
        await phone.input.press("Enter")
        await expect(phone.input).to_have_value("Не теряйся")
        await bot.edits(sent, "Стало", ["Готово"])
        await bot.sends(anna, "Пока вас не было")
        wire.mend()
        await phones.connected()
        await expect(page.get_by_test_id("lost")).to_be_hidden()
        await phone.sees("Стало")
        await phone.sees("Пока вас не было")
        await phone.input.press("Enter")
        await phone.sees("Эхо: Не теряйся")
        assert phones.complaints, "the browser itself tells of each failed request"
        assert all("net::ERR" in complaint for complaint in phones.complaints)
        phones.complaints.clear()


async def test_a_server_that_began_anew_is_shown_anew(page: Page, server: SandboxServer, anna: int) -> None:
    second = SandboxServer(username="echo_bot", name="Новый")
    second.add_person("Вера", last_name="Новикова")
    async with second.running(), wire_to(server.url) as wire, opened(page, wire.url) as phones:
        await phones.phone("Анна")
        wire.cut()
        wire.lead_to(second.url)
        wire.mend()
        await (await phones.phone("Вера")).starts()
        await expect(page.get_by_test_id("phone")).to_have_count(1)
        await expect(page).to_have_title("Новый — песочница")
        phones.complaints.clear()  # the browser's own lines about the cut requests


async def test_files_go_both_ways(shown: Phones, bot: EchoBot, anna: int, page: Page, tmp_path: Path) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    note, picture = tmp_path / "Справка для школы.txt", tmp_path / "photo.png"
    note.write_text("Болел", "utf-8")
    picture.write_bytes(PIXEL)
    await phone.attaches(note)
    await phone.writes("Вот справка")
    await phone.sees("Эхо: файл")
    await phone.attaches(picture)
    await expect(phone.frame.get_by_label("Отправить как файл")).not_to_be_checked()
    await phone.frame.get_by_test_id("send").click()
    await eventually(lambda: len(bot.updates) == 3)
    document, photo = (update["message"] for update in bot.updates[1:])
    assert (document["document"]["file_name"], document["caption"]) == ("Справка для школы.txt", "Вот справка")
    assert photo["photo"][-1]["width"] == 1

    await bot.sends_file(anna, "sendDocument", "document", b"%PDF-1.4 slip", "Код 7Б.pdf", caption="Листок")
    message = await phone.sees("Листок")
    await expect(message.get_by_test_id("document")).to_contain_text("Код 7Б.pdf")
    async with page.expect_download() as download:
        await message.get_by_test_id("document").click()
    saved = await (await download.value).path()
    assert saved.read_bytes() == b"%PDF-1.4 slip"

    await bot.sends_file(anna, "sendPhoto", "photo", PIXEL, "term.png", caption="Четверть")
    message = await phone.sees("Четверть")
    await message.get_by_test_id("photo").click()
    await expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await phone.no_horizontal_overflow()


async def test_a_message_is_forwarded_to_another_phone_and_answered(
    wide: Phones, bot: EchoBot, anna: int, boris: int
) -> None:
    phone = await wide.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "Код: <code>8F2K9</code>", {"text": "Открыть", "url": "https://t.me/echo_bot?start=8F2K9"})
    await phone.does_with(await phone.sees("Код: 8F2K9"), "Переслать…")
    await phone.frame.get_by_role("dialog").get_by_role("button", name="Борис Петров").click()
    theirs = await wide.phone("Борис")
    message = await theirs.sees("Код: 8F2K9")
    await expect(message).to_contain_text("Переслано от: Эхо")
    await theirs.button("Открыть").click()
    await theirs.sees("Эхо: /start 8F2K9")
    await phone.does_with(await phone.sees("Код: 8F2K9"), "Ответить")
    await phone.writes("Спасибо")
    await expect((await phone.sees("Спасибо")).first).to_be_visible()
    await eventually(lambda: bot.texts()[-1] == "Спасибо")
    assert bot.updates[-1]["message"]["reply_to_message"]["text"] == "Код: 8F2K9"


async def test_commands_and_reply_keyboards_are_at_hand(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    commands = [{"command": "lessons", "description": "Мои уроки"}, {"command": "help", "description": "Помощь"}]
    await bot("setMyCommands", commands=commands)
    await phone.frame.get_by_test_id("commands").click()
    await phone.frame.get_by_role("button", name="/lessons Мои уроки").click()
    await phone.sees("Эхо: /lessons")
    await phone.input.fill("/he")
    await expect(phone.frame.get_by_test_id("command-list").get_by_role("button")).to_have_text(["/helpПомощь"])
    await phone.input.press("ArrowUp")
    await shown.page.keyboard.press("Enter")
    await phone.sees("Эхо: /help")

    markup = {"keyboard": [[{"text": "Мои уроки"}, {"text": "Настройки писем и тихих часов"}]]}
    await bot("sendMessage", chat_id=anna, text="Меню", reply_markup=markup)
    await phone.frame.get_by_test_id("reply-button").first.click()
    await phone.sees("Эхо: Мои уроки")
    await phone.no_cut_labels()
    await bot("sendMessage", chat_id=anna, text="Без меню", reply_markup={"remove_keyboard": True})
    await expect(phone.frame.get_by_test_id("reply-keyboard")).to_be_hidden()


async def test_a_narrow_window_shows_one_phone_and_a_switcher_with_what_is_unread(
    shown: Phones, bot: EchoBot, anna: int, boris: int, page: Page
) -> None:
    theirs = await shown.phone("Борис")
    await theirs.starts()
    phone = await shown.phone("Анна")
    await expect(phone.frame).to_be_in_viewport(ratio=0.8)
    await expect(theirs.frame).not_to_be_in_viewport()
    await bot.sends(boris, "Первое")
    await bot.sends(boris, "Второе")
    tab = page.get_by_test_id("switcher").get_by_role("button", name="Борис Петров")
    await expect(tab).to_contain_text("2")
    await tab.click()
    await expect(theirs.frame).to_be_in_viewport(ratio=0.8)
    await expect(tab).to_have_attribute("aria-current", "true")
    await expect(tab).not_to_contain_text("2")
    await phone.no_horizontal_overflow()


async def test_the_clock_is_shown_in_its_zone_and_moves_by_its_buttons(
    wide: Phones, page: Page, clock: StandingClock
) -> None:
    time, date = page.get_by_test_id("clock-time"), page.get_by_test_id("clock-date")
    await expect(time).to_have_text("12:05")
    await expect(date).to_have_text("вт, 8 сентября")
    await page.get_by_text("Другое…").click()
    await page.get_by_role("button", name="+1 ч").click()
    await expect(time).to_have_text("13:05")
    await page.get_by_role("button", name="+5 мин").click()
    await expect(time).to_have_text("13:10")
    await page.get_by_role("button", name="Завтра утром").click()
    await expect(date).to_have_text("ср, 9 сентября")
    await expect(time).to_have_text("08:00")
    await page.get_by_text("Другое…").click()
    await page.get_by_label("Задать время").fill("2026-12-31T23:45")
    await page.get_by_role("button", name="Перевести", exact=True).click()
    await expect(time).to_have_text("23:45")
    assert clock.moment == NOON.replace(month=12, day=31, hour=23, minute=45)


async def test_what_the_clock_refuses_is_told_in_its_own_words(wide: Phones, page: Page) -> None:
    await page.get_by_text("Другое…").click()
    await page.get_by_label("Задать время").fill("2026-09-08T12:04")
    await page.get_by_role("button", name="Перевести", exact=True).click()
    await expect(page.get_by_text("Время идёт только вперёд.")).to_be_visible()
    await expect(page.get_by_test_id("clock-time")).to_have_text("12:05")
    assert [complaint for complaint in wide.complaints if "400" in complaint]  # the browser's own line
    wide.complaints.clear()


async def test_days_are_named_by_the_clock_of_the_sandbox(
    wide: Phones, bot: EchoBot, anna: int, page: Page, clock: StandingClock
) -> None:
    phone = await wide.phone("Анна")
    await phone.starts()
    message = await phone.sees("Эхо: /start")
    await expect(message.locator("time")).to_have_text("12:05")
    days = phone.frame.get_by_test_id("day")
    await expect(days).to_have_text(["Сегодня"])
    await page.get_by_role("button", name="Завтра утром").click()
    await expect(days).to_have_text(["Вчера"])
    await phone.writes("Доброе утро")
    await expect(days).to_have_text(["Вчера", "Сегодня"])
    clock.moment += timedelta(days=30)
    await page.reload()
    await expect(days).to_have_text(["вт, 8 сентября", "ср, 9 сентября"])


async def test_the_clock_unfolds_on_a_narrow_window(shown: Phones, page: Page) -> None:
    move = page.get_by_role("button", name="Вечер, 18:30")
    await expect(move).to_be_hidden()
    await page.get_by_test_id("clock").click()
    await move.click()
    await expect(page.get_by_test_id("clock-time")).to_have_text("18:30")
    await expect(move).to_be_hidden()


async def test_people_are_added_hidden_and_ordered_and_it_is_remembered(wide: Phones, page: Page) -> None:
    phones = page.get_by_test_id("phone")
    await page.get_by_test_id("people-button").click()
    await page.get_by_test_id("new-name").fill("Вера Павловна Никитина")
    await page.get_by_test_id("new-label").fill("завуч")
    await page.get_by_role("button", name="Добавить", exact=True).click()
    await expect(phones).to_have_count(3)
    await expect(phones.last).to_have_accessible_name("Телефон: Вера Павловна Никитина")
    await page.get_by_test_id("people-button").click()
    await page.get_by_role("button", name="Раньше: Борис Петров").click()
    await page.get_by_label("Показывать телефон: Анна Ларина").uncheck()
    await expect(phones).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("people-panel")).to_be_hidden()
    await page.reload()
    await expect(phones).to_have_count(2)
    await expect(phones.first).to_have_accessible_name("Телефон: Борис Петров")
    await (await wide.phone("Борис")).chooses("Скрыть телефон")
    await expect(phones).to_have_count(1)
    await page.get_by_test_id("people-button").click()
    await page.get_by_role("button", name="Показать все").click()
    await expect(phones).to_have_count(3)
    assert await phones.evaluate_all("all => all.map(one => one.dataset.person)") == [
        "Борис Петров",
        "Анна Ларина",
        "Вера Павловна Никитина",
    ]


async def test_hidden_phones_are_counted_on_the_button_of_people(
    wide: Phones, bot: EchoBot, boris: int, page: Page
) -> None:
    phone = await wide.phone("Борис")
    await phone.starts()
    await phone.sees("Эхо: /start")
    await phone.chooses("Скрыть телефон")
    await bot.sends(boris, "Вам письмо")
    await expect(page.get_by_test_id("people-button").get_by_label("непрочитанных: 1")).to_be_visible()


async def test_dark_is_the_systems_choice_until_a_person_chooses(browser: Browser, server: SandboxServer) -> None:
    context = await browser.new_context(color_scheme="dark", locale="ru-RU")
    page = await context.new_page()
    html = page.locator("html")
    async with opened(page, server.url):
        await expect(html).to_have_attribute("data-theme", "dark")
        dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        await page.get_by_role("button", name="Оформление: как в системе").click()
        await expect(html).to_have_attribute("data-theme", "light")
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
        await page.reload()
        await expect(html).to_have_attribute("data-theme", "light")
        await page.get_by_role("button", name="Оформление: светлое").click()
        await page.get_by_role("button", name="Оформление: тёмное").click()
        await expect(html).to_have_attribute("data-theme", "dark")
        await page.emulate_media(color_scheme="light")
        await expect(html).to_have_attribute("data-theme", "light")
    await context.close()


async def test_everything_that_can_be_pressed_has_a_name_and_a_place_in_the_order(
    wide: Phones, bot: EchoBot, anna: int, page: Page
) -> None:
    phone = await wide.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "Урок", ["Посещаемость", "ДЗ"])
    await phone.sees("Урок")
    nameless = await page.evaluate(
        """[...document.querySelectorAll("button, a[href], input, textarea, [role=button]")].filter(control => !(
            control.getAttribute("aria-label") || control.textContent.trim() || control.hidden
        )).map(control => control.outerHTML)"""
    )
    assert not nameless
    await expect(page.get_by_test_id("voice")).to_have_attribute("aria-live", "polite")
    await phone.button("Посещаемость").focus()
    await page.keyboard.press("Tab")
    await expect(phone.button("ДЗ")).to_be_focused()
    outline = await phone.button("ДЗ").evaluate("key => getComputedStyle(key).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Space")
    assert (await bot.tapped())["data"] == "ДЗ"


async def test_calm_people_get_no_moving_parts(
    browser: Browser, server: SandboxServer, bot: EchoBot, anna: int
) -> None:
    context = await browser.new_context(reduced_motion="reduce", locale="ru-RU")
    page = await context.new_page()
    async with opened(page, server.url) as phones:
        phone = await phones.phone("Анна")
        await phone.starts()
        message = await phone.sees("Эхо: /start")
        duration = await message.evaluate("row => getComputedStyle(row).animationDuration")
        assert re.fullmatch(r"(0\.00001s|1e-05s)", duration), duration
    await context.close()


async def test_four_phones_stand_side_by_side_on_a_desktop(
    wide: Phones, server: SandboxServer, bot: EchoBot, page: Page
) -> None:
    for name in ("Вера", "Глеб"):
        server.add_person(name)
    phones = page.get_by_test_id("phone")
    await expect(phones).to_have_count(4)
    boxes = [await phone.locator(".screen").bounding_box() for phone in await phones.all()]
    assert [box["width"] for box in boxes if box] == [360, 360, 360, 360]
    assert len({box["y"] for box in boxes if box}) == 1
    await page.get_by_role("button", name="К следующим телефонам").click()
    await expect(phones.last).to_be_in_viewport(ratio=0.95, timeout=TIMEOUT)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
