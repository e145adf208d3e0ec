"""A bot that only remembers what it was told to do, and the events it answers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Message, User

PERSON = User(id=7, is_bot=False, first_name="Анна")
CHAT = Chat(id=70, type="private")
MESSAGE = Message(message_id=5, date=datetime(2026, 9, 8, tzinfo=UTC), chat=CHAT)
OLD = InaccessibleMessage(chat=CHAT, message_id=5, date=0)


@dataclass
class Telegram:
    """Takes what a bot sends; `edits` and `answers` may be told to refuse."""

    edit_fails: Exception | None = None
    answer_fails: Exception | None = None
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def edit_message_text(self, text: str, **values: Any) -> None:
        self.calls.append(("edit", {"text": text, **values}))
        if self.edit_fails is not None:
            raise self.edit_fails

    async def answer_callback_query(self, query_id: str, **values: Any) -> None:
        self.calls.append(("answer", values))
        if self.answer_fails is not None:
            raise self.answer_fails

    async def send_message(self, chat_id: int, text: str, **values: Any) -> None:
        self.calls.append(("send", {"chat_id": chat_id, "text": text, **values}))

    def names(self) -> list[str]:
        return sorted(name for name, _ in self.calls)


def tapped(message: Message | InaccessibleMessage | None) -> CallbackQuery:
    return CallbackQuery(id="1", from_user=PERSON, chat_instance="x", message=message, data="ol1:1")
