"""Updates nobody sends: real buttons bent in every field, messages of every kind and none, chats where we don't talk.

`update(chance, world)` is what Telegram's server would post, as plain JSON; whatever it is, it must be seen through.
"""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, TelegramMethod
from aiogram.types import MessageEntity, PhotoSize, Update, Voice

from handlers.callbacks import every_button
from tests.everybody import buttons
from tests.everybody.world import World
from tests.rights import declared
from tests.school import TODAY

BUTTONS = every_button()
BUTTONS_OF = declared.BUTTONS
JUNK = (
    *("", " ", "0", "-1", "1e5", "1_000", "+7", " 7", "007", "٣", "nan", "True", "None", "null", "[]", "{}", "%s"),
    *(str(2**31), str(2**31 - 1), str(10**10 - 1), str(2**63), str(2**63 - 1), str(-(2**63)), "9" * 30),
    *("0001-01-01", "9999-12-31", "2026-02-30", "2026-9-8", "20260908", "2026-W37-2", "1969-12-31", "1583-01-01"),
    *("\x00", "\ud83d", "🙂", "я" * 20, "'; --", "<b>", "ё", "\u202e", "5" * 3, "x" * 60, "-", "н", "e", "t:1"),
)
NUMBERS = ("0", "1", "2", "9", "12", "99", "1439", "99999", str(10**8 - 1), str(10**10 - 1), str(2**63 - 1))
TEXTS = (
    *("/start", "/start ", "/start " + "A" * 32, "/start " + "я" * 32, "/start -_" * 3, "/start@zvonok_bot x"),
    *("/stop", "/stop now", "/help me", "/nothing", "/", "//", "/lessons@another_bot", "/START x", "\x00", " ", "\n"),
    *("меню", "неделя", "н " * 50, "н Ларина, о Онегин 5", "5", "Ларина 5 5 5", "№ 115", "болеет", "🙂" * 50),
    *("я" * 4096, "<b>", "&lt;", "{0} %s {name}", "AAAAA-AAAAA", "00000 00000", "mama@example.org", "01.09.2026"),
    *("31.12.9999", "01.01.0001", "\u202e\u200f", "a\ud83d", "1" * 400, "по болезни\n" * 60, "да\nнет", "-"),
)
EDIT_REFUSED = (
    "Bad Request: message is not modified",
    "Bad Request: message to edit not found",
    "Bad Request: message can't be edited",
    "Bad Request: there is no text in the message to edit",
    "Bad Request: MESSAGE_ID_INVALID",
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
OTHER_KINDS = ("edited_message", "channel_post", "inline_query", "poll", "chat_join_request", "message_reaction")
CHATS = ("private",) * 12 + ("group", "supergroup", "channel")


def update(chance: random.Random, world: World, number: int) -> dict[str, Any]:
    """One update."""
    who = chance.choice(list(world.two.people.values()))
    kind = chance.choices((tap, message, membership, something_else), (70, 22, 4, 4))[0]
    return {"update_id": number, **kind(chance, world, who)}


def tap(chance: random.Random, world: World, who: int) -> dict[str, Any]:
    """A tap: on a message, on one that Telegram has forgotten, on one of another chat, or without any.

    Half of them are of people who may press the button.
    """
    button = chance.choice(BUTTONS)
    may = sorted(BUTTONS_OF.get(f"{button.__module__.rpartition('.')[2]}.{button.__name__}", frozenset()))
    if may and chance.random() < 0.5:
        who = world.two.people[chance.choice(may)]
    query: dict[str, Any] = {"id": str(chance.randrange(10**9)), "from": person(chance, who), "chat_instance": "x"}
    place = chance.choices(("here", "forgotten", "inline", "nowhere", "elsewhere"), (70, 10, 7, 5, 8))[0]
    if place in ("here", "forgotten", "elsewhere"):
        of = chance.choice(list(world.two.people.values())) if place == "elsewhere" else who
        shown = {"message_id": chance.choice((0, 5, 2**31)), "chat": chat(chance, of), "date": 1}
        query["message"] = shown | ({"date": 0} if place == "forgotten" else {"text": "…"})
    elif place == "inline":
        query["inline_message_id"] = "AAAA"
    if chance.random() < 0.03:
        query["game_short_name"] = "chess"
    else:
        query["data"] = data(button, chance, world)
    return {"callback_query": query}


def data(button: type[CallbackData], chance: random.Random, world: World) -> str:
    """What a button carries: a real one's data with ids of others, then bent."""
    near, far = world.two.near, world.two.far
    values = fields(button, chance, [near.things] * 6 + [near.elsewhere, far.things], near)
    place = chance.randrange(1, len(values)) if len(values) > 1 else 0
    bend: Callable[[], str] = chance.choice(
        (
            lambda: ":".join(values),
            lambda: ":".join(values),
            lambda: ":".join(values),
            lambda: ":".join([*values[:place], chance.choice(JUNK), *values[place + 1 :]]),
            lambda: ":".join([*values[:place], chance.choice(JUNK), *values[place + 1 :]]),
            lambda: ":".join([*values[:place], chance.choice(NUMBERS), *values[place + 1 :]]),
            lambda: ":".join([values[0], *(chance.choice((one, one, chance.choice(JUNK))) for one in values[1:])]),
            lambda: ":".join([values[0], *(chance.choice(JUNK) for _ in values[1:])]),
            lambda: ":".join(values)[: chance.randrange(len(":".join(values)) + 1)],
            lambda: ":".join([*values, chance.choice(JUNK)]),
            lambda: ":".join([values[0][:-1] + chance.choice("0297x"), *values[1:]]),
            lambda: ":".join(values) + ":" * chance.randrange(90),
            lambda: "".join(chance.choice(JUNK) for _ in range(3)),
        )
    )
    return bend()


def fields(button: type[CallbackData], chance: random.Random, of: list[dict[str, int]], near: Any) -> list[str]:
    """The prefix and the fields of a button, its ids drawn from whoever has such things."""
    known = set(buttons.ids_of(button, near))
    values = [button.__prefix__]
    for name, described in button.model_fields.items():
        key = buttons.OWN.get((button.__name__, name), name)
        if name in known:
            drawn = chance.choice(of)
            values.append(str(drawn.get(key, near.things[key])))
        elif name in ("day", "on", "since", "until", "from_on"):
            values.append((TODAY + timedelta(days=chance.randrange(-40, 40))).isoformat())
        else:
            values.append(plain(button, name, described))
    return values


def plain(button: type[CallbackData], name: str, described: Any) -> str:
    """A field that is no id, as a button packs it."""
    own = buttons.OWN.get((button.__name__, name))
    value = own if own is not None else buttons.plain(button, name, described)
    if isinstance(value, bool):
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(getattr(value, "value", value))


def message(chance: random.Random, world: World, who: int) -> dict[str, Any]:
    """A message: text, file, something nobody asks for, or nothing at all; of somebody, or of nobody."""
    sent: dict[str, Any] = {"message_id": chance.choice((0, 7, 2**31)), "date": 1, "chat": chat(chance, who)}
    if chance.random() < 0.93:
        sent["from"] = person(chance, who)
    else:
        sent["sender_chat"] = {"id": -7, "type": "channel", "title": "x"}
    return {"message": sent | content(chance)}


def content(chance: random.Random) -> dict[str, Any]:
    """What a message holds."""
    file: dict[str, Any] = {"file_id": "f", "file_unique_id": "u"}
    photo = PhotoSize(**file, width=9, height=9, file_size=chance.choice((None, 0, 2**40))).model_dump(
        exclude_none=True
    )
    voice = Voice(**file, duration=3).model_dump(exclude_none=True)
    text = chance.choice(TEXTS)
    entity = MessageEntity(
        type="bot_command", offset=chance.choice((0, 0, 3, 9000)), length=chance.choice((1, 6, 9000))
    )
    told = {"text": text, "entities": [entity.model_dump(exclude_none=True)] if text[:1] == "/" else None}
    made: dict[str, Any] = chance.choices(
        (
            told,
            {"photo": chance.choice(([photo], [photo] * 4, [])), "caption": chance.choice((None, text[:1024]))},
            {
                "document": file
                | {"file_name": chance.choice((None, "", "a/../b", "я" * 300, "x.exe", "\u202egpj.exe"))}
            },
            {"photo": [photo], "media_group_id": chance.choice(("7", "", "x" * 60))},
            {"voice": voice},
            {"contact": {"phone_number": "+7", "first_name": "…", "user_id": 1}},
            {"location": {"latitude": 91.0, "longitude": -181.0}},
            {"dice": {"emoji": "🎲", "value": 6}},
            {"new_chat_members": [{"id": 1, "is_bot": True, "first_name": "…"}]},
            {"migrate_to_chat_id": -(2**40)},
            {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "…"}, "text": text},
            {},
        ),
        (55, 9, 9, 4, 4, 3, 3, 3, 2, 2, 4, 2),
    )[0]
    return {name: value for name, value in made.items() if value is not None}


def membership(chance: random.Random, world: World, who: int) -> dict[str, Any]:
    """The bot was let in, thrown out, restricted."""
    bot = {"id": 42, "is_bot": True, "first_name": "…"}

    def as_(status: str) -> dict[str, Any]:
        return {"status": status, "user": bot} | ({"until_date": 0} if status == "kicked" else {})

    statuses = ("member", "kicked", "left")
    changed = {"old_chat_member": as_(chance.choice(statuses)), "new_chat_member": as_(chance.choice(statuses))}
    return {"my_chat_member": {"chat": chat(chance, who), "from": person(chance, who), "date": 1, **changed}}


def something_else(chance: random.Random, world: World, who: int) -> dict[str, Any]:
    """A kind of update that we never asked for."""
    sender, there = person(chance, who), chat(chance, who)
    sent = {"message_id": 7, "date": 1, "chat": there, "from": sender, "text": "меню"}
    kinds: dict[str, dict[str, Any]] = {
        "edited_message": sent | {"edit_date": 2},
        "channel_post": {"message_id": 7, "date": 1, "chat": {"id": -7, "type": "channel", "title": "x"}, "text": "x"},
        "inline_query": {"id": "1", "from": sender, "query": "Ларина", "offset": ""},
        "poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "type": "regular"}
        | dict.fromkeys(
            ("is_closed", "is_anonymous", "allows_multiple_answers", "allows_revoting", "members_only"), False
        ),
        "chat_join_request": {"chat": there, "from": sender, "user_chat_id": who, "date": 1},
        "message_reaction": {
            "chat": there,
            "message_id": 1,
            "user": sender,
            "date": 1,
            "old_reaction": [],
            "new_reaction": [],
        },
    }
    kind = chance.choice(OTHER_KINDS)
    return {kind: kinds[kind]}


def person(chance: random.Random, who: int) -> dict[str, Any]:
    """A sender: usually a human with a name."""
    made: dict[str, Any] = {
        "id": who,
        "is_bot": chance.random() < 0.03,
        "first_name": chance.choice(("…", "", "\u202e<b>")),
    }
    language = chance.choice((None, "ru", "en", "", "zz-ZZ", "../..", "x" * 40))
    return made if language is None else made | {"language_code": language}


def chat(chance: random.Random, who: int) -> dict[str, Any]:
    """A chat: usually the private one of who sends."""
    kind = chance.choice(CHATS)
    return {"id": who if kind == "private" else -(10**12) - who, "type": kind, "first_name": "…"}


def refusal(chance: random.Random) -> Callable[[TelegramMethod[Any]], Exception | None]:
    """What the messenger says to this update's answers: usually yes."""
    edit, query = chance.choice((None, *EDIT_REFUSED)), chance.choice((None, None, None, TOO_OLD))

    def fails(method: TelegramMethod[Any]) -> Exception | None:
        said = query if isinstance(method, AnswerCallbackQuery) else edit
        known = isinstance(method, AnswerCallbackQuery | EditMessageText | EditMessageReplyMarkup)
        return None if said is None or not known else TelegramBadRequest(method, said)

    return fails if chance.random() < 0.1 else lambda method: None


def parsed(world: World, sent: dict[str, Any]) -> Update:
    """The update as the service reads it out of its inbox."""
    return Update.model_validate(json.loads(json.dumps(sent)), context={"bot": world.chats.bot})
