"""Telegram's HTML: what becomes of it, and the words of its refusals."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.entities import checked_link, formatted, parse_html, utf16_length
from bot.sandbox.errors import ApiError

Spans = list[tuple[str, int, int]]


def spans(entities: list[dict[str, Any]]) -> Spans:
    return [(entity["type"], entity["offset"], entity["length"]) for entity in entities]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("просто текст", "просто текст", []),
        ("<b>да</b>", "да", [("bold", 0, 2)]),
        ("<strong>а</strong><em>б</em><ins>в</ins><del>г</del>", "абвг", [
            ("bold", 0, 1), ("italic", 1, 1), ("underline", 2, 1), ("strikethrough", 3, 1)]),
        ("<B>а</B><I>б</i >", "аб", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<b>а<i>б</i></b>", "аб", [("italic", 1, 1), ("bold", 0, 2)]),
        ("😀<b>да</b>", "😀да", [("bold", 2, 2)]),
        ("<b></b>пусто", "пусто", []),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;", '1 < 2 && 3 > 2 "', []),
        ("&#1103; &#x44f; &#x1F600; &nbsp; & &;", "я я 😀 &nbsp; & &;", []),
        ("&lt без точки с запятой", "< без точки с запятой", []),
        ('<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', "xy", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<blockquote expandable>ц</blockquote>", "ц", [("expandable_blockquote", 0, 1)]),
        ("<blockquote>ц</>", "ц", [("blockquote", 0, 1)]),
        ("<code class='language-py'>1</code>", "1", [("code", 0, 1)]),
        ("<b >а</b\n>", "а", [("bold", 0, 1)]),
    ],
)  # fmt: skip
def test_it_reads_html_as_telegram_does(source: str, text: str, expected: Spans) -> None:
    parsed, entities = parse_html(source)
    assert parsed == text
    assert spans(entities) == expected


@pytest.mark.parametrize(
    "source",
    ['<pre><code class="language-python">x</code></pre>', '<code class="language-python"><pre>x</pre></code>'],
)
def test_a_block_of_code_keeps_its_language_in_either_order(source: str) -> None:
    _, entities = parse_html(source)
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_links_keep_their_decoded_address() -> None:
    _, entities = parse_html('<a href="https://t.me/pocket_bot?start=a&amp;b=1">вход</a><a href=example.org>сайт</a>')
    assert [entity["url"] for entity in entities] == ["https://t.me/pocket_bot?start=a&b=1", "http://example.org"]


def test_an_address_that_is_no_link_leaves_plain_text() -> None:
    assert parse_html('<a href="javascript:alert(1)">x</a>') == ("x", [])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<x>", 'Unsupported start tag "x" at byte offset 0'),
        ("я <таг>", 'Unsupported start tag "таг" at byte offset 3'),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ("2 <", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>а</ b>", "Unclosed end tag at byte offset 5"),
        ("<b>нет конца", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>а</i>", 'Unmatched end tag at byte offset 5, expected "</b>", found "</i>"'),
        ("а</b>", "Unexpected end tag at byte offset 2"),
        ("<b>а</b", "Unclosed end tag at byte offset 5"),
        ('<span class="x">а</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=a_b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a ", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a b", 'Unclosed start tag "a" at byte offset 0'),
        ('<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<tg-emoji emoji-id="x">😀</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_it_refuses_broken_html_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(source)
    assert refusal.value.description == f"Bad Request: can't parse entities: {complaint}"
    assert refusal.value.code == 400


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ApiError, match="unmatched surrogate code units"):
        parse_html("&#xd83d;")


def test_space_at_both_ends_is_cut_and_entities_follow() -> None:
    assert formatted("\n  <b>да</b> нет \n", "HTML") == (
        "да нет",
        [{"type": "bold", "offset": 0, "length": 2}],
    )
    assert formatted("<b>да  </b>", "HTML") == ("да", [{"type": "bold", "offset": 0, "length": 2}])


def test_commands_links_and_mentions_are_found_outside_code() -> None:
    text, entities = formatted("/start и https://example.org/a, @teacher <code>/нет /no</code> #тема", "HTML")
    found = [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in entities]
    assert found == [
        ("bot_command", "/start"),
        ("url", "https://example.org/a"),
        ("mention", "@teacher"),
        ("code", "/нет /no"),
        ("hashtag", "#тема"),
    ]


def test_other_parse_modes_are_refused_aloud() -> None:
    with pytest.raises(ApiError, match="supports parse_mode HTML only"):
        formatted("*x*", "MarkdownV2")
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        formatted("x", "bbcode")


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("где", 3), ("😀", 2), ("👨‍👩‍👧", 8)])
def test_lengths_are_counted_in_utf16_units(text: str, length: int) -> None:
    assert utf16_length(text) == length


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/x", "https://example.org/x"),
        ("example.org", "http://example.org"),
        ("HTTP://Example.org", "http://Example.org"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("http://localhost:8080", ""),
        ("слово", ""),
        ("ftp://example.org", ""),
        ("", ""),
    ],
)
def test_only_real_addresses_are_links(url: str, kept: str) -> None:
    assert checked_link(url) == kept
