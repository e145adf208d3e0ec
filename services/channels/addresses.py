"""E-mail addresses as people type them, and what may be refused about contacts."""

import re

from services.errors import SchoolError
from services.i18n import N_

MOST_LENGTH = 254
# What mailboxes are really called; what else RFC 5321 allows nobody uses and headers could be forged with.
_LOCAL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9\-]{1,59})")


class NoAddress(SchoolError):
    """What was typed is no e-mail address."""

    sentence = N_("This is no e-mail address. It looks like this: anna@example.ru")


class TooManyLetters(SchoolError):
    """Confirmations were asked for too often."""

    sentence = N_("Too many letters today. Try again tomorrow.")


class TooSoon(SchoolError):
    """The confirmation went a moment ago."""

    sentence = N_("The letter was sent a few minutes ago. Look into «Spam», or try again in ten minutes.")


class NoMail(SchoolError):
    """The school sends no e-mail."""

    sentence = N_("The school sends no letters by e-mail yet.")


class NothingThere(SchoolError):
    """The contact stands no more."""

    sentence = N_("This has changed meanwhile. Look again.")


class NoPapers(SchoolError):
    """Application and consent come first (О п.4.8)."""

    sentence = N_("The application and the consent aren't recorded at the school's office yet.")


class OwnChoice(SchoolError):
    """Who is connected chooses for themselves."""

    sentence = N_("This guardian is connected and chooses in the settings how letters come.")


def read_address(text: str) -> str:
    """An e-mail address as it is kept: the domain in lower case and ASCII. Raises NoAddress."""
    local, at, domain = text.strip().removeprefix("mailto:").rpartition("@")
    try:
        domain = domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        raise NoAddress from None
    fits = len(local) + 1 + len(domain) <= MOST_LENGTH and ".." not in local
    if (
        not (at and fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain))
        or local[0] == "."
        or local[-1] == "."
    ):
        raise NoAddress
    return f"{local}@{domain}"
