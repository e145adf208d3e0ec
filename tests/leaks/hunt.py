"""The leak hunt: random people tap, forward, forge and type; whatever reaches a chat is searched for canaries.

A step is chosen by `draw`, which picks one of several: Hypothesis does so in the tests, a seeded chance in the control.
Letters that fall due are composed and read too, those to mailboxes as well, and every printed sheet. `Hunt.leaks` must
stay empty. A canary that somebody typed themselves says nothing any more: who typed it may have passed it on.
"""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import ValidationError

from handlers.callbacks import every_button
from services.errors import SchoolError
from services.joining import Joining
from services.printing import Printing
from storage.vocabulary import AttendanceCode, PersonId, WorkKind
from tests.everybody import buttons, canaries
from tests.everybody.chats import Came
from tests.everybody.world import World
from tests.letters.mailbox import Mailbox

Draw = Callable[[Sequence[Any]], Any]
BUTTONS = every_button()
READERS = {button.__prefix__: button for button in BUTTONS}
KEPT = 60  # buttons that are remembered of each chat
# What people write, with a child of the near school in the place of {}.
TEXTS = (
    *("меню", "/start", "/help", "/stop", "{} 5", "н {}", "{} 4 контр, {} 3", "№ 115", "болеет", "привет", "завтра"),
    *("AAAAA-AAAAA", "mama@example.org", "Здравствуйте, {}", "/start {token}", "Дроби", "{code}", "7Б", "1"),
)
KINDS = (
    *("own", "own", "own", "own", "own", "own", "menu", "menu"),
    *("forwarded", "forwarded", "forged", "tampered", "tampered", "typed", "typed", "file", "time", "link", "news"),
)
NEWS = ("mark", "absence", "homework", "print")
PAUSES = (timedelta(seconds=70), timedelta(minutes=12), timedelta(hours=3), timedelta(hours=9))


@dataclass
class Hunt:
    """One run over a world; `steps`, those that `reached` data, and what leaked."""

    world: World
    steps: int = 0
    reached: int = 0
    leaks: list[str] = field(default_factory=list)
    seen: dict[int, list[str]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("chat", "mailbox", "sheet"), 0))

    def __post_init__(self) -> None:
        self.people = self.world.two.people
        self.children = sorted(self.world.two.children)
        self.mailboxes = [Mailbox(self.world.storage, side.cast) for side in (self.world.two.near, self.world.two.far)]
        self.mailbox = self.mailboxes[0]
        self.typed: set[str] = set()
        self.sheets: set[int] = set()
        self.secrets = {"token": "x" * 32, "code": "AAAAA-AAAAA"}

    def step(self, draw: Draw) -> None:
        """One deed of somebody, and what everybody received of it."""
        kind, who = draw(KINDS), draw(list(self.people))
        user = self.people[who]
        if kind == "time":
            self._lets_time_pass(draw(PAUSES))
            return
        if kind == "news":
            self._brings_news(draw(self.mailboxes), draw(NEWS), draw)
            return
        self.steps += 1
        came = self._done(kind, user, draw)
        wrong = self.world.leaks(user, came.calls)
        if kind == "link":  # an own slip shows its child before the consent, which is what it asks for
            wrong = {chat: self.world.not_to_be_written(chat, said) for chat, said in wrong.items()}
        leaks = {chat: said - self.typed for chat, said in wrong.items() if said - self.typed}
        if leaks:
            self.leaks.append(f"{who}, {kind}, {came.handler}: {leaks}")
        heard = canaries.heard(came.calls)
        if came.refused is None and (heard or self.world.touched()):
            self.reached += 1
        for call in came.calls:
            markup = getattr(call, "reply_markup", None)
            if isinstance(markup, InlineKeyboardMarkup):
                self._remember(getattr(call, "chat_id", user), datas(markup))

    def _done(self, kind: str, user: int, draw: Draw) -> Came:
        chats, does = self.world.chats, self.world.does
        own = self.seen.get(user, [])
        if kind == "own" and own:
            return does(chats.press(user, draw(own)))
        if kind == "forwarded":
            others = [data for chat, seen in self.seen.items() if chat != user for data in seen]
            if others:
                return does(chats.press(user, draw(others)))
        if kind in ("forged", "tampered"):
            near, far = self.world.two.near, self.world.two.far
            known = [READERS[prefix] for data in own if (prefix := data.partition(":")[0]) in READERS]
            button = draw(known) if kind == "tampered" and known else draw(BUTTONS)
            data = forged(button, [near.things, near.elsewhere, far.things], near, draw)
            if data is not None:
                return does(chats.press(user, data))
        if kind == "link":
            guardian = self.people[draw(["mother", "classmates_mother", "other_mother", "far_mother"])]
            link = self._issue(guardian)
            return does(chats.types(guardian, f"/start {link}"))
        if kind == "file":
            return does(chats.sends(user, "записка.pdf", photo=draw([True, False]), caption=draw([None, "вот"])))
        if kind == "typed":
            text = re.sub(r"\{\}", lambda _: draw(self.children).capitalize(), draw(TEXTS))
            self.typed |= canaries.heard_in(text)
            return does(chats.types(user, text.format(**self.secrets)))
        return does(chats.types(user, "меню"))

    def _issue(self, guardian: int) -> str:
        """Two slips for a guardian: the newer one's link; the older's, no longer good, is what people pass around.

        A slip that is good shows its child to whoever holds it: that is what it is for.
        """
        joining: Joining = self.world.chats.offices["joining"]
        older = self.world.does(joining.issue_family(PersonId(guardian)))
        self.secrets = {"token": older.token, "code": older.code}
        return self.world.does(joining.issue_family(PersonId(guardian))).token

    def _brings_news(self, school: Mailbox, what: str, draw: Draw) -> None:
        """A teacher enters something about a child of 7Б, as the job is done, or the class's sheets are printed."""
        cast, does = school.cast, self.world.does
        student, lesson = draw(cast.students), cast.algebra
        with suppress(SchoolError):  # somebody else entered another value there
            if what == "mark":
                does(school.marks_(student, draw("2345"), WorkKind.ANSWER, lesson, cast.owner))
            elif what == "absence":
                does(school.says(student, AttendanceCode.ABSENT, lesson, cast.owner, done=draw((True, False))))
            elif what == "homework":
                does(school.gives("№ 7", lesson, cast.owner))
            else:
                printing: Printing = self.world.chats.offices["printing"]
                does(printing.make(cast.actor(cast.homeroom_teacher), cast.class_7b))

    def _lets_time_pass(self, by: timedelta) -> None:
        """The clock goes on; what fell due is composed and claimed, and everybody reads it."""
        self.world.clock.advance(by)
        self.world.does(self.mailbox.evening())
        for person, letters in self.world.does(self.mailbox.brings()).items():
            for letter in letters:
                self._reads("chat", person, str(letter.payload), self.world.not_for)
                data = [one["data"] for row in letter.payload.get("rows", ()) for one in row if "data" in one]
                self._remember(person, data)
        for contact, letters in self.world.does(self.mailbox.mails()).items():
            for letter in letters:
                owner = self.world.mailbox_of(contact)
                self._reads("mailbox", owner, str(letter.payload), self.world.not_to_be_written)
        for number, guardian, said in self.world.sheets():
            if number not in self.sheets:
                self.sheets.add(number)
                text = json.dumps(json.loads(said), ensure_ascii=False)
                self._reads("sheet", guardian, text, self.world.not_to_be_written)

    def _reads(self, where: str, person: int, text: str, not_for: Callable[[int, set[str]], set[str]]) -> None:
        self.read[where] += 1
        wrong = not_for(person, canaries.heard_in(text)) - self.typed
        if wrong:
            self.leaks.append(f"a {where} of {person}: {wrong}")

    def _remember(self, chat: int, data: list[str]) -> None:
        self.seen[chat] = [*self.seen.get(chat, []), *data][-KEPT:]


def datas(markup: InlineKeyboardMarkup) -> list[str]:
    """What the buttons of a keyboard carry."""
    return [one.callback_data for row in markup.inline_keyboard for one in row if one.callback_data]


def forged(button: type[CallbackData], of: Sequence[dict[str, int]], near: Any, draw: Draw) -> str | None:
    """A button with its ids drawn from here, from others' and from the other school; None: such ids don't fit."""
    try:
        other = {}
        for name in buttons.ids_of(button, near):
            key = buttons.OWN.get((button.__name__, name), name)
            drawn = draw(of)
            other[name] = drawn.get(key, drawn.get(name, near.things[key]))
        return buttons.made(button, near, **other).pack()
    except (ValidationError, buttons.Unknown, ValueError):
        return None
