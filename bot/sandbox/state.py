"""People, chats and messages: plain data that can be written down and read back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Author = Literal["bot", "person", "friend"]
Json = dict[str, Any]

KEPT_MESSAGES = 500


@dataclass(frozen=True)
class BotUser:
    """The bot's own account."""

    id: int
    first_name: str
    username: str

    def as_user(self) -> Json:
        """The Bot API's User."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}


@dataclass
class Person:
    """Somebody with a phone. `started`: the bot may write; `met`: the bot has seen this account.

    `deactivated`: the account is deleted, which the bot is told; `vanished`: there is no such chat any more.
    """

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    label: str | None = None
    language_code: str = "ru"
    started: bool = False
    met: bool = False
    blocked: bool = False
    deactivated: bool = False
    vanished: bool = False
    unread: int = 0

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name

    def as_user(self) -> Json:
        """The Bot API's User."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        user |= {key: value for key in ("last_name", "username") if (value := getattr(self, key))}
        return user | {"language_code": self.language_code}

    def as_chat(self) -> Json:
        """The Bot API's Chat: private, its id is the person's."""
        chat: Json = {"id": self.id, "first_name": self.first_name, "type": "private"}
        return chat | {key: value for key in ("last_name", "username") if (value := getattr(self, key))}


@dataclass
class Group:
    """A chat of several people and the bot, just whole enough to try limits and migration. Its id is below 0.

    `moved_to`: the supergroup that took its place. `bot`: what the bot is there.
    """

    id: int
    title: str
    members: list[int] = field(default_factory=list)
    kind: Literal["group", "supergroup"] = "group"
    moved_to: int | None = None
    bot: Literal["member", "left", "kicked"] = "member"

    def as_chat(self) -> Json:
        """The Bot API's Chat."""
        return {"id": self.id, "title": self.title, "type": self.kind}


Place = Person | Group


@dataclass(frozen=True)
class FileInfo:
    """What is known of a stored file; the bytes are in the FileStore. Size in bytes, width and height in pixels."""

    id: str
    unique_id: str
    name: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None

    def as_document(self) -> Json:
        """The Bot API's Document."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": self.size,
        }

    def as_photo(self) -> Json:
        """The Bot API's PhotoSize."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "width": self.width,
            "height": self.height,
            "file_size": self.size,
        }


@dataclass
class Message:
    """One message of a chat. Dates in Unix seconds; `keyboard`: rows of the Bot API's InlineKeyboardButton.

    `album`: what messages sent together have in common. In a group: `sender`, who wrote it, and `service`, what
    happened there, as fields of the Bot API's Message.
    """

    id: int
    chat_id: int
    author: Author
    date: int
    text: str
    entities: list[Json] = field(default_factory=list)
    edit_date: int | None = None
    kind: Literal["text", "photo", "document"] = "text"
    file: FileInfo | None = None
    keyboard: list[list[Json]] | None = None
    reply_to: int | None = None
    origin: Json | None = None
    silent: bool = False
    protected: bool = False
    with_reply_keyboard: bool = False
    album: str | None = None
    sender: int | None = None
    service: Json | None = None

    def to_saved(self) -> Json:
        """Plain JSON for the snapshot."""
        return asdict(self)

    @classmethod
    def from_saved(cls, saved: Json) -> Message:
        """The reverse of to_saved."""
        file = saved.get("file")
        return cls(**saved | {"file": FileInfo(**file) if file else None})


@dataclass
class Chat:
    """A person's chat with the bot, or a group: the newest KEPT_MESSAGES, by id; ids count inside the chat."""

    person_id: int
    next_id: int = 1
    messages: dict[int, Message] = field(default_factory=dict)
    reply_keyboard: Json | None = None

    def add(self, message: Message) -> list[Message]:
        """Keep the message; returns those that fell out of memory."""
        self.messages[message.id] = message
        dropped = list(self.messages)[: max(0, len(self.messages) - KEPT_MESSAGES)]
        return [self.messages.pop(id_) for id_ in dropped]

    def take_id(self) -> int:
        """The next message id."""
        self.next_id += 1
        return self.next_id - 1
