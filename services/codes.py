"""One-time codes: how they are made, typed and kept (delivery, §6)."""

import hashlib
import hmac
import re
import secrets

# Thirty-two signs without look-alikes: no I, L, O, U. Ten of them are 50 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
TOKEN_BYTES = 24  # 192 bits, 32 signs of base64url
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_HYPHENED = re.compile(r"\w{5}\s*[\-‐‑–—]\s*\w{5}")
_GROUPED = re.compile(r"\w{5}\s?\w{5}")
# What hands and keyboards make of the signs: O for 0, and Russian letters that look like Latin ones.
_TYPED = str.maketrans("OILАВЕКМНОРСТУХ", "011ABEKMH0PCTYX")


def new_token() -> str:
    """A token for a deep link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_code() -> str:
    """A code for typing, without the hyphen it is shown with."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def shown(code: str) -> str:
    """A code as it is printed: «7KQ4M-X2B9T»."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


def typed(text: str) -> str | None:
    """The code somebody typed, in whatever case, keyboard or grouping; None: a text that can't be one."""
    signs = re.sub(r"[\s\-‐‑–—]", "", text).upper().translate(_TYPED)
    return signs if len(signs) == CODE_LENGTH and set(signs) <= set(ALPHABET) else None


def surely_typed(text: str) -> str | None:
    """The code in a text of somebody who may also write words: with its hyphen, or in its form with a digit in it.

    «Касаткова 5» has ten signs of ours too: a name with a mark is told from a code by where its space stands.
    """
    if _HYPHENED.fullmatch(text.strip()):
        return typed(text)
    in_form = _GROUPED.fullmatch(text.strip()) and any(sign.isdigit() for sign in text)
    return typed(text) if in_form else None


def digest(key: bytes, purpose: str, secret: str) -> str:
    """What is stored of a secret: its HMAC-SHA256 in hex, of no use without the key."""
    return hmac.new(key, f"{purpose}:{secret}".encode(), hashlib.sha256).hexdigest()
