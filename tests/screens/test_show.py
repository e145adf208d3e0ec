"""Showing a screen: in place, else anew; one answer to a tap, whatever the edit came to."""

from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import EditMessageText
from aiogram.types import InaccessibleMessage, Message

from handlers.callbacks.marks import OpenWork
from handlers.screen import Button, Screen, grid, page_of, pager, shortened, show
from tests.screens.telegram import MESSAGE, OLD, Telegram, tapped

SCREEN = Screen("<b>Урок</b>", [[Button("Назад", "ol1:1")]])
EDIT = EditMessageText(text="x", chat_id=70, message_id=5)


def refused(words: str) -> TelegramBadRequest:
    return TelegramBadRequest(method=EDIT, message=f"Bad Request: {words}")


@pytest.mark.parametrize("message", [MESSAGE, OLD])
async def test_a_tap_edits_its_message_by_ids_and_is_answered(message: Message | InaccessibleMessage) -> None:
    bot: Any = Telegram()
    await show(bot, tapped(message), SCREEN, "Сохранено")
    assert bot.names() == ["answer", "edit"]
    edit = dict(bot.calls)["edit"]
    assert (edit["chat_id"], edit["message_id"], edit["parse_mode"]) == (70, 5, "HTML")
    assert edit["reply_markup"].inline_keyboard[0][0].callback_data == "ol1:1"
    assert dict(bot.calls)["answer"] == {"text": "Сохранено", "show_alert": False}


async def test_a_screen_without_buttons_takes_the_old_ones_away() -> None:
    bot: Any = Telegram()
    await show(bot, tapped(MESSAGE), Screen("Готово"))
    assert dict(bot.calls)["edit"]["reply_markup"].inline_keyboard == []


async def test_nothing_to_change_is_no_error() -> None:
    bot: Any = Telegram(edit_fails=refused("message is not modified: specified new message content is the same"))
    await show(bot, tapped(MESSAGE), SCREEN)
    assert bot.names() == ["answer", "edit"]


@pytest.mark.parametrize("words", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"])
async def test_a_message_that_cannot_be_edited_is_sent_anew(words: str) -> None:
    bot: Any = Telegram(edit_fails=refused(words))
    await show(bot, tapped(MESSAGE), SCREEN)
    assert bot.names() == ["answer", "edit", "send"]
    assert dict(bot.calls)["send"]["chat_id"] == 70


async def test_a_tap_without_a_message_is_answered_in_the_persons_chat() -> None:
    bot: Any = Telegram()
    await show(bot, tapped(None), SCREEN)
    assert dict(bot.calls)["send"]["chat_id"] == 7


@pytest.mark.parametrize("words", ["query is too old and response timeout expired", "query ID is invalid"])
async def test_an_old_tap_still_shows_its_screen(words: str) -> None:
    bot: Any = Telegram(answer_fails=refused(words))
    await show(bot, tapped(MESSAGE), SCREEN, "Сохранено")
    assert "edit" in bot.names()


async def test_a_real_failure_of_the_edit_is_raised_after_the_tap_was_answered() -> None:
    bot: Any = Telegram(edit_fails=refused("can't parse entities"))
    with pytest.raises(TelegramBadRequest):
        await show(bot, tapped(MESSAGE), SCREEN)
    assert "answer" in bot.names()
    blocked: Any = Telegram(edit_fails=TelegramForbiddenError(method=EDIT, message="bot was blocked by the user"))
    with pytest.raises(TelegramForbiddenError):
        await show(blocked, tapped(MESSAGE), SCREEN)
    assert "answer" in blocked.names()


async def test_a_long_toast_is_cut_to_what_telegram_takes() -> None:
    bot: Any = Telegram()
    await show(bot, tapped(MESSAGE), SCREEN, "я" * 300, alert=True)
    said = dict(bot.calls)["answer"]
    assert len(said["text"]) == 200
    assert said["show_alert"] is True


async def test_a_message_is_answered_by_a_message() -> None:
    bot: Any = Telegram()
    await show(bot, MESSAGE, SCREEN)
    assert bot.names() == ["send"]


def test_pages_hold_eight_rows_and_a_page_that_is_gone_is_the_last_one() -> None:
    values = list(range(30))
    assert [len(page_of(values, page, 2)[0]) for page in (0, 1)] == [16, 14]
    assert page_of(values, 9, 2)[1:] == (1, 2)
    assert page_of([], 0, 2)[1:] == (0, 1)


def test_the_pager_leads_to_its_neighbours_only() -> None:
    def row(page: int) -> list[str]:
        return [button.label for one in pager(page, 3, lambda to: OpenWork(work=1, page=to)) for button in one]

    assert [row(page) for page in range(3)] == [["2/3 →"], ["← 1/3", "3/3 →"], ["← 2/3"]]
    assert pager(0, 1, lambda to: OpenWork(work=1, page=to)) == []


def test_a_grid_fills_row_by_row_and_a_cut_text_says_so() -> None:
    buttons = [Button(str(number)) for number in range(3)]
    assert [[one.label for one in row] for row in grid(buttons, 2)] == [["0", "1"], ["2"]]
    assert shortened("Сложение и вычитание", 10) == "Сложение…"
    assert shortened("Сложение", 8) == "Сложение"
