"""What became of one request to the messenger, and when to try again. Pure: values in, values out (delivery, §2)."""

from dataclasses import dataclass
from enum import StrEnum

from storage.vocabulary import LetterMethod, LetterState

SURE_OF_NOTHING = frozenset({500, 501, 502, 503, 504})
# Seconds to wait after the n-th refusal in a row; the last holds from then on.
BACKOFF = (2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
# An unanswered request is repeated after this many seconds, the n-th copy later than the one before.
SECOND_COPY = (20.0, 40.0, 80.0, 160.0, 300.0)
LONG_PAUSE = 30.0  # a longer retry_after is about the bot, not the chat


class Wire(StrEnum):
    """What happened on the network when no answer came."""

    NOT_SENT = "not_sent"  # name not found, connection refused or timed out: the request never left
    DROPPED = "dropped"  # cut off or timed out after it left
    GARBLED_OK = "garbled_ok"  # HTTP 200 that says "ok": true and then doesn't parse
    GARBLED = "garbled"  # something else that doesn't parse


@dataclass(frozen=True, slots=True)
class Answer:
    """The messenger's answer to one request, or what took its place. `status` and `text` are of a refusal."""

    ok: bool = False
    external_id: str | None = None
    status: int | None = None
    text: str = ""
    retry_after: float | None = None
    migrated_to: str | None = None
    wire: Wire | None = None


class Address(StrEnum):
    """What an outcome says of the address."""

    FINE = "fine"
    UNREACHABLE = "unreachable"  # blocked, deactivated, chat not found: its items wait until it comes back
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request, judged.

    `state` is the letter's next state; RETURNED means surely not delivered. `pause_chat` and `pause_bot` are seconds
    to keep away, None for «by the backoff table». `unparsable` asks for one plain-text try; `halt` stops the bot.
    """

    state: LetterState
    slug: str
    external_id: str | None = None
    address: Address = Address.FINE
    migrated_to: str | None = None
    pause_chat: float | None = 0.0
    pause_bot: float | None = 0.0
    unparsable: bool = False
    halt: bool = False
    network: bool = False  # never left: the breaker counts these
    refuses_us: bool = False  # the other side's word against our settings, which somebody has to mend


def judge(answer: Answer, method: LetterMethod) -> Outcome:
    """The outcome of an answer; what nobody has seen before is taken as returned and tried again."""
    if answer.ok:
        return Outcome(LetterState.SENT, "ok", external_id=answer.external_id)
    if answer.wire is not None:
        return _without_answer(answer.wire)
    if answer.migrated_to is not None:
        return Outcome(LetterState.RETURNED, "migrated", address=Address.MOVED, migrated_to=answer.migrated_to)
    status = answer.status or 0
    if status == 429:
        return _too_many(answer.retry_after)
    if status in SURE_OF_NOTHING or status > 504:
        return Outcome(LetterState.UNKNOWN, f"http_{status}")
    if status in (401, 404):
        return Outcome(LetterState.RETURNED, f"http_{status}", halt=True)
    return _refused(status, answer.text.lower(), method)


def _without_answer(wire: Wire) -> Outcome:
    match wire:
        case Wire.NOT_SENT:
            return Outcome(LetterState.RETURNED, wire.value, network=True, pause_chat=None)
        case Wire.GARBLED_OK:
            return Outcome(LetterState.SENT, wire.value)
        case Wire.DROPPED | Wire.GARBLED:
            return Outcome(LetterState.UNKNOWN, wire.value)


def _too_many(retry_after: float | None) -> Outcome:
    pause = retry_after if retry_after is not None else 1.0
    return Outcome(LetterState.RETURNED, "http_429", pause_chat=pause, pause_bot=pause if pause > LONG_PAUSE else 0.0)


def _refused(status: int, text: str, method: LetterMethod) -> Outcome:
    if method in (LetterMethod.EDIT, LetterMethod.DELETE):
        if "message is not modified" in text:
            return Outcome(LetterState.SENT, "not_modified")
        if any(words in text for words in GONE):
            return Outcome(LetterState.CLOSED, "message_gone")
    for words, slug in UNREACHABLE.items():
        if words in text:
            return Outcome(LetterState.RETURNED, slug, address=Address.UNREACHABLE)
    if "can't parse entities" in text or "can't parse" in text:
        return Outcome(LetterState.DEAD, "unparsable", unparsable=True)
    if status == 413 or any(words in text for words in HOPELESS):
        return Outcome(LetterState.DEAD, f"http_{status}")
    return Outcome(LetterState.RETURNED, f"http_{status}", pause_chat=None)


GONE = (
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message can't be deleted",
    "message_id_invalid",
)
UNREACHABLE = {
    "bot was blocked": "blocked",
    "user is deactivated": "deactivated",
    "chat not found": "chat_not_found",
    "can't initiate conversation": "never_started",
    "bot was kicked": "kicked",
    "peer_id_invalid": "chat_not_found",
}
HOPELESS = (
    "message is too long",
    "message text is empty",
    "caption is too long",
    "button_data_invalid",
    "button_url_invalid",
    "reply_markup_too_long",
    "file is too big",
)


def backoff(refusals: int) -> float:
    """Seconds to keep away after so many refusals in a row (1, 2, …)."""
    return BACKOFF[min(max(refusals, 1), len(BACKOFF)) - 1]


def second_copy_after(copies: int) -> float:
    """Seconds between a request that nobody answered and its next copy, after so many copies were made."""
    return SECOND_COPY[min(copies, len(SECOND_COPY) - 1)]
