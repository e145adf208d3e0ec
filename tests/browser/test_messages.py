"""Messages and buttons on the page of phones."""

import re

from playwright.async_api import Page, expect

from tests.browser.echo import EchoBot
from tests.support.phones import TIMEOUT, Phones

NAMES = [f"Архангельская-Задунайская {letter}." for letter in "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮ"]
WIDE = "Превысокомногорассмотрительствующий" * 6


async def test_a_tapped_button_spins_until_the_bot_answers(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await phone.sees("Эхо: /start")
    await bot.sends(anna, "Урок", ["Посещаемость", "Готово"])
    button = phone.button("Готово")
    await button.click()
    query = await bot.tapped()
    assert query["data"] == "Готово"
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(phone.button("Посещаемость")).not_to_have_attribute("aria-busy", "true")
    await bot.answer(query, "Записано")
    await phone.rests()
    await phone.sees_toast("Записано")


async def test_a_spinning_button_taps_once(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "Урок", ["Раз"], ["Два"])
    await phone.button("Раз").click()
    await phone.button("Раз").click()
    await phone.button("Два").click()
    assert [(await bot.tapped())["data"], (await bot.tapped())["data"]] == ["Раз", "Два"]


async def test_an_edit_appears_in_place_and_the_focus_stays_on_its_button(
    shown: Phones, bot: EchoBot, anna: int
) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await phone.sees("Эхо: /start")
    sent = await bot.sends(anna, "Было", ["нет"], ["Готово"])
    await bot.sends(anna, "Следующее")
    await phone.button("нет").focus()
    await shown.page.keyboard.press("Enter")
    query = await bot.tapped()
    await bot.edits(sent, "Стало", ["опоздал"], ["Готово"])
    await bot.answer(query)
    message = await phone.sees("Стало")
    await expect(phone.button("опоздал")).to_be_focused()
    await expect(message).to_have_class(re.compile(r"\bflash\b"))
    assert await phone.messages.locator(".text").all_inner_texts() == ["/start", "Эхо: /start", "Стало", "Следующее"]
    await phone.rests()


async def test_an_alert_is_a_window_of_one_phone_and_waits_to_be_read(wide: Phones, bot: EchoBot, anna: int) -> None:
    theirs = await wide.phone("Борис")
    phone = await wide.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "Урок", ["Закрыть журнал"])
    await phone.button("Закрыть журнал").click()
    await bot.answer(await bot.tapped(), "Сначала отметьте посещаемость.", alert=True)
    alert = phone.frame.get_by_role("alertdialog")
    await expect(alert).to_contain_text("Сначала отметьте посещаемость.")
    await expect(alert.get_by_role("button", name="ОК")).to_be_focused()
    assert await phone.frame.locator(".screen-body").evaluate("body => body.inert")
    await theirs.writes("А я пишу дальше")
    await theirs.sees("Эхо: А я пишу дальше")
    await phone.sees_alert("Сначала отметьте")
    await expect(alert).to_have_count(0)
    assert not await phone.frame.locator(".screen-body").evaluate("body => body.inert")


async def test_long_labels_wrap_and_are_never_cut_at_360_px(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await bot.sends(
        anna,
        "Оценки",
        *[NAMES[row : row + 2] for row in range(0, 24, 2)],
        ["5", "4", "3", "2", "н", "о", "ОСВ", "Н/А"],
        ["Запросить исправление оценки за контрольную работу у завуча"],
        ["Все присутствуют", "Готово"],
    )
    await phone.sees("Оценки")
    assert len(await phone.keyboard()) == 15
    await phone.no_cut_labels()
    await phone.no_horizontal_overflow()


async def test_a_label_of_too_many_lines_is_called_cut(shown: Phones, bot: EchoBot, anna: int) -> None:
    """The assertion that other tests lean on can fail."""
    phone = await shown.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "Узко", [*"абвгд", "Константинопольская"])
    await phone.sees("Узко")
    try:
        await phone.no_cut_labels()
    except AssertionError as cut:
        assert "Константинопольская" in str(cut)
    else:
        raise AssertionError("a label of many lines passed for whole")
    await phone.no_cut_labels(longest=10)


async def test_endless_words_and_wide_code_stay_inside_the_phone(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await bot.sends(anna, f"{WIDE} https://example.org/{'a' * 200}\n<pre>{'x = 1; ' * 60}</pre><code>{'7' * 90}</code>")
    await bot.sends(anna, "Ж" * 4096, [WIDE])
    await phone.writes(WIDE)
    await phone.sees("Ж" * 4096)
    await phone.sees("x = 1;")
    await phone.no_horizontal_overflow()
    await phone.no_cut_labels(longest=20)


async def test_text_is_shown_with_its_entities_and_never_as_markup(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await bot.sends(anna, "<b>7Б</b> &lt;img src=x onerror=alert(1)&gt; <tg-spoiler>тайна</tg-spoiler>")
    message = await phone.sees("<img src=x onerror=alert(1)>")
    await expect(message.locator("b")).to_have_text("7Б")
    await expect(message.locator("img")).to_have_count(0)
    await message.get_by_role("button", name="Скрытый текст").click()
    await expect(message.locator(".spoiler")).to_have_class("spoiler revealed")


async def test_foreign_markup_becomes_plain_text(shown: Phones, page: Page) -> None:
    made = await page.evaluate(
        """async () => {
            const { rich } = await import("/sandbox/page/richtext.js");
            const box = document.createElement("div");
            box.append(rich(`<b onclick="x()">жирно</b><script>bad()</script><img src=x onerror=bad()>`
                + `<a href="javascript:bad()">ссылка</a><a href="https://example.org/" onmouseover="bad()">сайт</a>`
                + `<svg onload=bad()><style>*{}</style><i style="color:red">курсив</i>`, {}));
            return box.innerHTML;
        }"""
    )
    assert "<b>жирно</b>" in made
    assert "<i>курсив</i>" in made
    assert 'href="https://example.org/"' in made
    for word in ("onclick", "onerror", "onmouseover", "javascript:", "<img", "<svg", "<script", "<style", "style="):
        assert word not in made, made
    # The page's own policy forbids such markup a second time, and says so.
    assert all("Content Security Policy" in complaint for complaint in shown.complaints)
    shown.complaints.clear()


async def test_a_deleted_message_goes_and_a_silent_one_is_marked(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await phone.sees("Эхо: /start")
    sent = await bot.sends(anna, "Тихо", disable_notification=True)
    message = await phone.sees("Тихо")
    await expect(message.get_by_role("img", name="Без звука")).to_be_visible()
    await bot("deleteMessage", chat_id=anna, message_id=sent["message_id"])
    await expect(message).to_have_count(0)


async def test_two_ticks_say_that_the_bot_has_taken_the_message(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.writes("Здравствуйте")
    message = await phone.sees("Здравствуйте")
    own = phone.messages.and_(shown.page.locator('[data-from="person"]'))
    await expect(own.get_by_role("img", name="Получено ботом")).to_be_visible(timeout=TIMEOUT)
    await expect(message).to_be_visible()


async def test_typing_shows_until_the_message_comes(shown: Phones, bot: EchoBot, anna: int) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await phone.sees("Эхо: /start")
    await bot("sendChatAction", chat_id=anna, action="typing")
    await expect(phone.frame.get_by_test_id("typing")).to_be_visible()
    await expect(phone.frame.get_by_test_id("status")).to_have_text("печатает…")
    await bot.sends(anna, "Готово")
    await expect(phone.frame.get_by_test_id("typing")).to_be_hidden()


async def test_links_to_the_bot_start_it_inside(shown: Phones, bot: EchoBot, anna: int, page: Page) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await bot.sends(
        anna,
        'Ссылка https://t.me/echo_bot?start=one и <a href="https://t.me/echo_bot?start=two">ещё</a>, /help',
        {"text": "Третья", "url": "https://t.me/echo_bot?start=three"},
        {"text": "Сайт", "url": "https://example.org/"},
    )
    message = await phone.sees("Ссылка")
    await message.get_by_role("link", name="start=one").click()
    await phone.sees("Эхо: /start one")
    await message.get_by_role("link", name="ещё").click()
    await phone.sees("Эхо: /start two")
    await phone.button("Третья").click()
    await phone.sees("Эхо: /start three")
    await message.get_by_role("button", name="/help").click()
    await phone.sees("Эхо: /help")
    await expect(phone.button("Сайт")).to_have_attribute("href", "https://example.org/")
    assert len(page.context.pages) == 1


async def test_scrolled_up_the_page_waits_and_offers_to_jump_to_what_is_new(
    shown: Phones, bot: EchoBot, anna: int
) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    for number in range(40):
        await bot.sends(anna, f"Письмо {number}")
    await phone.sees("Письмо 39")
    await expect(phone.frame.get_by_test_id("jump")).to_be_hidden()
    await phone.frame.locator(".log").evaluate("log => log.scrollTo(0, 0)")
    jump = phone.frame.get_by_test_id("jump")
    await expect(jump).to_be_visible()
    await bot.sends(anna, "Новое")
    await expect(jump).to_have_accessible_name("1 новое сообщение")
    await expect((await shown.phone("Анна")).frame.get_by_text("Письмо 0", exact=True)).to_be_in_viewport()
    await jump.click()
    await expect(phone.last).to_be_in_viewport()
    await expect(jump).to_be_hidden()


async def test_a_letter_longer_than_the_screen_is_shown_from_its_beginning(
    shown: Phones, bot: EchoBot, anna: int
) -> None:
    phone = await shown.phone("Анна")
    await phone.starts()
    await phone.sees("Эхо: /start")
    letter = "\n".join(["Вечернее письмо", *(f"{number}. Алгебра" for number in range(60)), "Конец письма"])
    await bot.sends(anna, letter, ["Ознакомлен(а)"])
    message = await phone.sees("Вечернее письмо")
    await expect(phone.frame.get_by_test_id("jump")).to_be_visible()
    top = await message.evaluate(
        "row => row.getBoundingClientRect().top - row.closest('.log').getBoundingClientRect().top"
    )
    assert 0 <= top < 40
    await expect(phone.frame.get_by_test_id("unread")).to_have_count(0)
    await phone.frame.get_by_test_id("jump").click()
    await expect(phone.button("Ознакомлен(а)")).to_be_in_viewport()


async def test_a_long_chat_opens_at_its_end_and_unfolds_backwards(wide: Phones, bot: EchoBot, anna: int) -> None:
    phone = await wide.phone("Анна")
    await phone.starts()
    for number in range(130):
        await bot.sends(anna, f"Письмо {number}")
    await wide.page.reload()
    phone = await wide.phone("Анна")
    await phone.sees("Письмо 129")
    assert await phone.messages.count() == 80
    await phone.frame.get_by_role("button", name="Показать более ранние").click()
    await expect(phone.messages).to_have_count(132)
    await expect(phone.messages.first).to_contain_text("/start")
