"""Whatever nobody understood is answered kindly, with the fresh menu."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.callbacks.lessons import OpenLessons
from handlers.callbacks.marks import PutMark
from handlers.fallback import outdated_button, unknown_text
from services.actor import Actor
from services.errors import NotConnected
from storage.vocabulary import AccountId, BotId, PersonId, Role, SchoolId
from tests.screens.telegram import MESSAGE, Telegram, tapped


def who(role: Role) -> Actor:
    zone = ZoneInfo("Europe/Moscow")
    return Actor(PersonId(1), AccountId(1), SchoolId(1), frozenset({role}), False, "ru", zone, BotId(1), 7, 70, None)


async def test_an_outdated_button_is_said_to_be_so_and_its_message_stays() -> None:
    bot: Any = Telegram()
    await outdated_button(tapped(MESSAGE), bot, who(Role.TEACHER))
    assert bot.names() == ["answer", "send"]
    said = dict(bot.calls)
    assert said["answer"] == {"text": "Эта кнопка устарела. Вот новое меню.", "show_alert": True}
    assert said["send"]["reply_markup"].inline_keyboard[0][0].callback_data == OpenLessons().pack()


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.TEACHER, "На уроке достаточно строки: «н Иванов Петров, о Сидоров» или «Иванов 5, Петров 4»."),
        (Role.GUARDIAN, "Не понимаю. Всё есть в меню:"),
    ],
)
async def test_an_unknown_text_gets_a_hint_and_the_menu(role: Role, words: str) -> None:
    bot: Any = Telegram()
    await unknown_text(MESSAGE, bot, who(role))
    sent = dict(bot.calls)["send"]
    assert words in sent["text"]
    assert sent["reply_markup"].inline_keyboard


async def test_a_typed_label_of_the_menu_is_answered_with_that_button() -> None:
    bot: Any = Telegram()
    await unknown_text(MESSAGE.model_copy(update={"text": "мои уроки."}), bot, who(Role.TEACHER))
    rows = dict(bot.calls)["send"]["reply_markup"].inline_keyboard
    assert [[button.text for button in row] for row in rows] == [["Мои уроки"], ["Меню"]]
    assert rows[0][0].callback_data == OpenLessons().pack()


async def test_a_typed_label_of_somebody_elses_menu_is_not_understood() -> None:
    bot: Any = Telegram()
    await unknown_text(MESSAGE.model_copy(update={"text": "Мои уроки"}), bot, who(Role.GUARDIAN))
    assert "Не понимаю." in dict(bot.calls)["send"]["text"]


async def test_somebody_unknown_is_told_how_to_connect() -> None:
    bot: Any = Telegram()
    with pytest.raises(NotConnected):
        await outdated_button(tapped(MESSAGE), bot, None)
    with pytest.raises(NotConnected):
        await unknown_text(MESSAGE, bot, None)
    assert bot.calls == []


@pytest.mark.parametrize(
    "data",
    [
        "pm1:1:2:5:0",  # a field fewer
        "pm1:1:2:5:0:0:0",
        "pm0:1:2:5:0:0",
        "pm1:-1:2:5:0:0",
        "pm1:9223372036854775808:2:5:0:0",  # no database has such a number
        "pm1:1:2:5:100000:0",
        "pm1:1:2:пять:0:0",
        "pm1:1:2::0:0",
        "pm1:1;drop:2:5:0:0",
    ],
)
def test_a_button_out_of_shape_parses_nowhere(data: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        PutMark.unpack(data)
