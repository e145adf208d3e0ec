"""Names as schools write them: how people, classes, subjects and headers are told to be the same.

Keys (`…_key`) are for comparing and for `key` columns; what people see is never a key.
"""

import re
import unicodedata
from dataclasses import dataclass

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_QUOTES = re.compile("[«»„“”‟\"'`´’‘‚]")
# Latin letters that look like Russian ones: «7A» typed on the wrong keyboard is the class 7А.
_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
_INITIAL = re.compile(r"[^\W\d_]\.?", re.UNICODE)


def clean(text: str) -> str:
    """The text in one line: odd spaces, line breaks, soft hyphens and invisible signs gone."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    # Some of the control characters count as space; the others no database takes.
    return " ".join("".join(letter for letter in text if letter.isspace() or letter.isprintable()).split())


def fold(text: str) -> str:
    """The text for comparing: lower case, ё as е, one kind of dash and space."""
    return clean(text).translate(_DASHES).casefold().replace("ё", "е")


def header_key(text: str) -> str:
    """A column header for comparing: letters and digits only, № as n."""
    return "".join(letter for letter in fold(text).replace("№", "n") if letter.isalnum())


def subject_key(name: str) -> str:
    """A subject's name for comparing."""
    return _QUOTES.sub("", fold(name))


def class_key(name: str) -> str:
    """A class's name for comparing: 7Б = «7 Б» = «7-Б» = 7 "б" класс = 7Б typed with a Latin letter."""
    text = _QUOTES.sub("", fold(name))
    text = re.sub(r"\b(класс|кл)\b\.?", "", text)
    text = re.sub(r"(?<=\d)[-. ]+(?=[^\W\d_])", "", text)
    return " ".join(text.split()).translate(_LOOKALIKES)


_CLASS_KEY = re.compile(r"(1[01]|[1-9])([а-я]{1,3})", re.IGNORECASE)


def looks_like_class(name: str) -> bool:
    """Whether a name is surely a Russian school class: a level of 1–11 and letters, «7Б», «10 ФМ»."""
    return _CLASS_KEY.fullmatch(class_key(name)) is not None


def class_name(name: str) -> str:
    """A class's name as people are shown it: «7Б» from any of its spellings, others as they are."""
    found = _CLASS_KEY.fullmatch(class_key(name))
    return found[1] + found[2].upper() if found else clean(name)


def subgroup_key(name: str) -> str:
    """A subgroup's name for comparing: «1 группа» = «Группа 1» = «1-я группа» = «гр. 1»."""
    text = _QUOTES.sub("", fold(name))
    text = re.sub(r"(\d+)-?(?:я|ая)\b", r"\1", text)
    words = re.findall(r"\w+", text, re.UNICODE)
    rest = [word for word in words if word not in {"группа", "гр", "подгруппа", "group"}]
    return " ".join(rest) or " ".join(words)


@dataclass(frozen=True)
class FullName:
    """A person's name; `first` and `middle` may be initials («М.») or empty."""

    last: str
    first: str
    middle: str = ""

    @property
    def key(self) -> str:
        """For comparing and for Person.key."""
        return fold(f"{self.last} {self.first} {self.middle}")

    @property
    def full(self) -> str:
        """«Иванова Мария Петровна»."""
        return " ".join(part for part in (self.last, self.first, self.middle) if part)

    @property
    def is_whole(self) -> bool:
        """Whether the first name is written out."""
        return len(self.first.rstrip(".")) > 1


def full_name(text: str) -> FullName | None:
    """A name from «Иванова Мария Петровна», «Иванова М.П.», «М. П. Иванова» or «Иванова»; None if it is none."""
    text = clean(text.translate(_DASHES).replace(",", " "))
    text = re.sub(r"\s*-\s*", "-", text)
    words = re.sub(r"(?<=\.)(?=\S)", " ", text).split()
    if not words or len(words) > 6 or not all(_is_name(word) for word in words):
        return None
    if len(words) > 1 and _is_initial(words[0]) and not _is_initial(words[-1]):
        words = [words[-1], *words[:-1]]  # «М. П. Иванова»
    if _is_initial(words[0]):
        return None
    last, first, *rest = [*words, ""]
    return FullName(_cased(last), _cased(first), " ".join(_cased(word) for word in rest if word))


def name_of_parts(last: str, first: str, middle: str) -> FullName | None:
    """A name from three cells; None unless each holds a name."""
    parts = [clean(part.translate(_DASHES)) for part in (last, first, middle)]
    if not parts[0] or not parts[1] or not all(_is_name(word) for part in parts for word in part.split()):
        return None
    return FullName(*(" ".join(_cased(word) for word in part.split()) for part in parts))


def fits(short: FullName, whole: FullName) -> bool:
    """Whether one name may be the other, less fully written: same surname, no first or middle name against it."""
    return (
        fold(short.last) == fold(whole.last)
        and _part_fits(short.first, whole.first)
        and _part_fits(short.middle, whole.middle)
    )


def _part_fits(one: str, other: str) -> bool:
    one, other = fold(one).rstrip("."), fold(other).rstrip(".")
    if not one or not other or one == other:
        return True
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def _is_initial(word: str) -> bool:
    return _INITIAL.fullmatch(word) is not None


def _is_name(word: str) -> bool:
    return any(letter.isalpha() for letter in word) and all(letter.isalpha() or letter in "-.'’`" for letter in word)


def _cased(word: str) -> str:
    """ИВАНОВА and иванова as Иванова; a name with its own capitals stays («Мак-Грегор», «де ла Крус»)."""
    if _is_initial(word):
        return word[0].upper() + "."
    if len(word) > 1 and (word.isupper() or word.islower()) and word.rstrip(".") not in {"оглы", "кызы", "де", "ла"}:
        return "-".join(part.capitalize() for part in word.split("-"))
    return word
