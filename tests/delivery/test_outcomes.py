"""What each answer of the messenger means, and when to try again: one table."""

import pytest

from services.outbox.outcomes import Address, Answer, Outcome, Wire, backoff, judge, second_copy_after
from storage.vocabulary import LetterMethod, LetterState

SEND, EDIT, DELETE = LetterMethod.SEND, LetterMethod.EDIT, LetterMethod.DELETE
FINE, GONE = Address.FINE, Address.UNREACHABLE


def refused(text: str, status: int = 400) -> Answer:
    return Answer(status=status, text=text)


TABLE = [
    # answer, method, state, slug, address
    (Answer(ok=True, external_id="7"), SEND, LetterState.SENT, "ok", FINE),
    (Answer(wire=Wire.GARBLED_OK), SEND, LetterState.SENT, "garbled_ok", FINE),
    (Answer(wire=Wire.NOT_SENT), SEND, LetterState.RETURNED, "not_sent", FINE),
    (Answer(wire=Wire.DROPPED), SEND, LetterState.UNKNOWN, "dropped", FINE),
    (Answer(wire=Wire.GARBLED), SEND, LetterState.UNKNOWN, "garbled", FINE),
    (refused("Internal Server Error", 500), SEND, LetterState.UNKNOWN, "http_500", FINE),
    (refused("Bad Gateway", 502), SEND, LetterState.UNKNOWN, "http_502", FINE),
    (refused("", 520), SEND, LetterState.UNKNOWN, "http_520", FINE),
    (refused("Too Many Requests", 429), SEND, LetterState.RETURNED, "http_429", FINE),
    (refused("Forbidden: bot was blocked by the user", 403), SEND, LetterState.RETURNED, "blocked", GONE),
    (refused("Forbidden: user is deactivated", 403), SEND, LetterState.RETURNED, "deactivated", GONE),
    (refused("Bad Request: chat not found"), SEND, LetterState.RETURNED, "chat_not_found", GONE),
    (
        refused("Forbidden: bot can't initiate conversation with a user", 403),
        SEND,
        LetterState.RETURNED,
        "never_started",
        GONE,
    ),
    (refused("Forbidden: something new", 403), SEND, LetterState.RETURNED, "http_403", FINE),
    (refused("Bad Request: something new"), SEND, LetterState.RETURNED, "http_400", FINE),
    (refused("Bad Request: can't parse entities: …"), SEND, LetterState.DEAD, "unparsable", FINE),
    (refused("Bad Request: message is too long"), SEND, LetterState.DEAD, "http_400", FINE),
    (refused("Request Entity Too Large", 413), SEND, LetterState.DEAD, "http_413", FINE),
    (refused("Unauthorized", 401), SEND, LetterState.RETURNED, "http_401", FINE),
    (refused("Not Found", 404), SEND, LetterState.RETURNED, "http_404", FINE),
    (Answer(status=400, migrated_to="-100"), SEND, LetterState.RETURNED, "migrated", Address.MOVED),
    (refused("Bad Request: message is not modified"), EDIT, LetterState.SENT, "not_modified", FINE),
    (refused("Bad Request: message to edit not found"), EDIT, LetterState.CLOSED, "message_gone", FINE),
    (refused("Bad Request: message can't be edited"), EDIT, LetterState.CLOSED, "message_gone", FINE),
    (refused("Bad Request: message to delete not found"), DELETE, LetterState.CLOSED, "message_gone", FINE),
]


@pytest.mark.parametrize(("answer", "method", "state", "slug", "address"), TABLE)
def test_every_answer_has_its_outcome(
    answer: Answer, method: LetterMethod, state: LetterState, slug: str, address: Address
) -> None:
    outcome = judge(answer, method)
    assert (outcome.state, outcome.slug, outcome.address) == (state, slug, address)


def test_the_number_of_the_sent_message_is_kept() -> None:
    assert judge(Answer(ok=True, external_id="7"), SEND).external_id == "7"


def test_only_a_request_that_never_left_counts_for_the_breaker() -> None:
    assert [one for one in Wire if judge(Answer(wire=one), SEND).network] == [Wire.NOT_SENT]


def test_a_429_keeps_the_chat_waiting_and_a_long_one_the_bot() -> None:
    short, long = (judge(Answer(status=429, retry_after=seconds), SEND) for seconds in (7.0, 31.0))
    assert (short.pause_chat, short.pause_bot) == (7.0, 0.0)
    assert (long.pause_chat, long.pause_bot) == (31.0, 31.0)


def test_a_token_that_is_refused_stops_the_bot() -> None:
    stopping = [answer for answer, method, *_ in TABLE if judge(answer, method).halt]
    assert [answer.status for answer in stopping] == [401, 404]


def test_only_markup_that_does_not_parse_asks_for_plain_text() -> None:
    asking = [slug for answer, method, _, slug, _ in TABLE if judge(answer, method).unparsable]
    assert asking == ["unparsable"]


def test_an_unknown_refusal_is_tried_again_later_and_later() -> None:
    outcome: Outcome = judge(refused("Bad Request: something new"), SEND)
    assert outcome.pause_chat is None
    assert [backoff(n) for n in range(1, 8)] == [2, 5, 15, 60, 300, 900, 900]


def test_copies_come_later_and_later_and_the_first_after_twenty_seconds() -> None:
    assert [second_copy_after(n) for n in range(6)] == [20, 40, 80, 160, 300, 300]
