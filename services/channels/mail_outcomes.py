"""What became of one e-mail, by the server's answer and the step it came at. Pure: values in, values out.

2xx after the text is sent. 4xx at any step is passing. 5xx is for good: about the mailbox, the contact ends and the
next channel takes over; about the text, the letter is dead; about us (who may send here), everything waits. A
connection that broke before the text surely left nothing behind; after it nobody knows.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.outbox.outcomes import Address, Outcome
from storage.vocabulary import LetterState

LATER = 300.0  # seconds to keep away when the server refuses us, and not a mailbox
FULL = "5.2.2"  # the mailbox is full: its owner may empty it
CLOSING = 421  # the server shuts the door for a while


class Step(StrEnum):
    """How far a letter was."""

    CONNECT = "connect"  # name, connection, TLS, greeting
    LOGIN = "login"
    SENDER = "sender"  # MAIL FROM
    MAILBOX = "mailbox"  # RCPT TO
    TEXT = "text"  # DATA


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's answer at a step: its code and text; no code: none came."""

    step: Step
    code: int | None = None
    text: str = ""


def judge(reply: Reply, external_id: str) -> Outcome:
    """The outcome of a letter; `external_id` is its Message-ID."""
    if reply.code is None:
        return _without_answer(reply.step)
    if 200 <= reply.code < 400:
        return Outcome(LetterState.SENT, "ok", external_id=external_id)
    slug = f"smtp_{reply.step.value}_{reply.code}"
    if reply.code == CLOSING:
        return Outcome(LetterState.RETURNED, slug, pause_chat=None, pause_bot=60.0)
    if reply.step in (Step.CONNECT, Step.LOGIN, Step.SENDER):
        return Outcome(LetterState.RETURNED, slug, pause_chat=None, pause_bot=LATER, refuses_us=True)
    if reply.code < 500:
        return Outcome(LetterState.RETURNED, slug, pause_chat=None)
    status = _enhanced(reply.text)
    if _no_mailbox(reply, status):
        return Outcome(LetterState.RETURNED, slug, address=Address.UNREACHABLE)
    if reply.step is Step.MAILBOX or status == FULL:
        return Outcome(LetterState.RETURNED, slug, pause_chat=None)
    return Outcome(LetterState.DEAD, slug)


def _without_answer(step: Step) -> Outcome:
    if step is Step.TEXT:
        return Outcome(LetterState.UNKNOWN, "dropped")
    return Outcome(LetterState.RETURNED, "not_sent", network=True, pause_chat=None)


def _no_mailbox(reply: Reply, status: str) -> bool:
    """Whether a 5xx speaks of the mailbox: by its enhanced status where there is one (RFC 3463), else by its code."""
    if status:
        return status.startswith(("5.1.", "5.2.")) and status not in ("5.1.7", "5.1.8", FULL, "5.2.3")
    return reply.code in (550, 551, 553) and (reply.step is Step.MAILBOX or reply.code == 550)


def _enhanced(text: str) -> str:
    first = text.strip().split(" ", 1)[0]
    return first if first.count(".") == 2 and first.replace(".", "").isdigit() else ""
