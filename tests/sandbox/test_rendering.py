"""What the page gets to show."""

from __future__ import annotations

import pytest

from bot.sandbox.entities import formatted
from bot.sandbox.rendering import start_payload, to_html


def rendered(source: str) -> str:
    text, entities = formatted(source, "HTML")
    return to_html(text, entities, "pocket_bot")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("просто", "просто"),
        ("a &lt;script&gt; &amp; b", "a &lt;script&gt; &amp; b"),
        ("<b>а<i>б</i></b>в", "<b>а<i>б</i></b>в"),
        ("😀<u>я</u>😀", "😀<u>я</u>😀"),
        ("<blockquote>раз\n<b>два</b></blockquote>", "<blockquote>раз\n<b>два</b></blockquote>"),
        ("<tg-spoiler>x</tg-spoiler>", '<span class="spoiler">x</span>'),
        ("<b>/help</b>", '<b><a class="command" data-command="/help">/help</a></b>'),
        ('<a href="tg://user?id=1&quot;&gt;">x</a>',
         '<a href="tg://user?id=1&quot;&gt;" target="_blank" rel="noopener noreferrer">x</a>'),
    ],
)  # fmt: skip
def test_messages_become_safe_html(source: str, html: str) -> None:
    assert rendered(source) == html


def test_a_span_that_sticks_out_of_another_is_cut_and_goes_on() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 3}, {"type": "italic", "offset": 2, "length": 3}]
    assert to_html("абвгд", entities, "bot") == "<b>аб<i>в</i></b><i>гд</i>"


def test_deep_links_to_this_bot_are_marked() -> None:
    html = rendered("https://t.me/pocket_bot?start=abc")
    assert 'data-start="abc"' in html
    assert "data-start" not in rendered("https://t.me/other_bot?start=abc")


@pytest.mark.parametrize(
    ("url", "payload"),
    [
        ("https://t.me/Pocket_Bot?start=a-b_c", "a-b_c"),
        ("t.me/pocket_bot", ""),
        ("tg://resolve?domain=pocket_bot&start=x", "x"),
        ("https://t.me/other", None),
        ("https://example.org/pocket_bot?start=x", None),
    ],
)
def test_payloads_are_read_from_deep_links(url: str, payload: str | None) -> None:
    assert start_payload(url, "pocket_bot") == payload
