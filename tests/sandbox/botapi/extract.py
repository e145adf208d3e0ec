"""What the sandbox is held to, cut out of a schema of the whole Bot API.

    python -m tests.sandbox.botapi.extract SCHEMA.json

writes facts.json beside this file. The schema is a JSON object with version, release_date, origin, licence, methods and
types; methods have `params` (types, required, limits) and a `description`, types have `fields` or `one_of`.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from bot.sandbox.facts import METHODS

FACTS = Path(__file__).with_name("facts.json")

# Types that occur in what the sandbox takes and gives. A value of any other type fails the test that meets it.
TYPES = """
    BotCommand BotCommandScope BotCommandScopeAllChatAdministrators BotCommandScopeAllGroupChats
    BotCommandScopeAllPrivateChats BotCommandScopeChat BotCommandScopeChatAdministrators BotCommandScopeChatMember
    BotCommandScopeDefault CallbackQuery Chat ChatMember ChatMemberAdministrator ChatMemberBanned ChatMemberLeft
    ChatMemberMember ChatMemberOwner ChatMemberRestricted ChatMemberUpdated CopyTextButton Document File ForceReply
    InaccessibleMessage InlineKeyboardButton InlineKeyboardMarkup InputMediaDocument InputMediaPhoto KeyboardButton
    MaybeInaccessibleMessage MenuButton MenuButtonCommands MenuButtonDefault MenuButtonWebApp Message MessageEntity
    MessageId MessageOrigin MessageOriginChannel MessageOriginChat MessageOriginHiddenUser MessageOriginUser PhotoSize
    ReplyKeyboardMarkup ReplyKeyboardRemove ReplyParameters ResponseParameters Update User WebAppInfo WebhookInfo
"""
_RETURNED = re.compile(r"Array of (\w+)|\b(True|[A-Z][a-z]+(?:[A-Z][a-z]+)*)\b")
_WORDS = {"On", "Returns", "Use", "If", "Telegram", "An", "The"}


def returns(description: str) -> list[str]:
    """The types of a method's result, read from the sentence that tells them."""
    told = [
        sentence for sentence in re.split(r"(?<=\.)\s", description) if re.search(r"\breturn(s|ed)\b", sentence, re.I)
    ]
    for sentence in told:
        found = [(array, plain) for array, plain in _RETURNED.findall(sentence) if array or plain not in _WORDS]
        if found:
            return list(dict.fromkeys(f"Array of {array}" if array else plain for array, plain in found))
    raise LookupError(f"nothing is said of what comes back: {description}")


def extract(schema: dict[str, Any]) -> dict[str, Any]:
    """The facts of the served methods, the names of the others, the types."""
    served = {
        name: {"params": schema["methods"][name]["params"], "returns": returns(schema["methods"][name]["description"])}
        for name in METHODS
    }
    return {
        **{key: schema[key] for key in ("version", "release_date", "origin", "licence")},
        "methods": served,
        "other_methods": sorted(schema["methods"].keys() - METHODS.keys()),
        "types": {name: schema["types"][name] for name in TYPES.split()},
    }


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    FACTS.write_text(json.dumps(extract(whole), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
