"""The quick line: «н Иванов Петров, о Сидоров», «Иванов 5, Петров 4 контр». Pure.

A line is words between commas. «н» and «о» (or a mark) say what the names after them get, on through commas; a mark or
a letter after names is for these names; a kind of work is for the marks before it that have none, or for all that
follow. What it says is only ever a proposal: the teacher sees it and confirms.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from services.rules.short_names import Named
from storage.vocabulary import AttendanceCode, WorkKind

LONGEST = 1000  # signs, and MOST_WORDS: a whole class with marks; what is longer is a letter, not a line
MOST_WORDS = 150
TYPO_LENGTH = 5  # shorter names are too alike for guessing
ABSENT = frozenset(["н", "нет", "нб", "отс", "отсутствует", "отсутствуют"])
LATE = frozenset(["о", "оп", "опоздал", "опоздала", "опоздали", "опоздание"])
ABBREVIATED = {
    WorkKind.CONTROL: ("кр", "к/р", "контр"),
    WorkKind.INDEPENDENT: ("ср", "с/р", "сам"),
    WorkKind.LABORATORY: ("лр", "л/р", "лаб"),
    WorkKind.PRACTICAL: ("пр", "п/р", "практ"),
    WorkKind.HOMEWORK: ("дз", "д/з"),
    WorkKind.ANSWER: ("отв",),
    WorkKind.DICTATION: ("дикт",),
    WorkKind.ESSAY: ("соч",),
    WorkKind.EXAM: ("экз",),
}
IN_FULL = {
    WorkKind.CONTROL: "контрольная",
    WorkKind.INDEPENDENT: "самостоятельная",
    WorkKind.LABORATORY: "лабораторная",
    WorkKind.PRACTICAL: "практическая",
    WorkKind.ANSWER: "ответ",
    WorkKind.DICTATION: "диктант",
    WorkKind.ESSAY: "сочинение",
    WorkKind.TEST: "тест",
    WorkKind.PROJECT: "проект",
    WorkKind.EXAM: "экзамен",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One student and one thing to write: attendance `code`, or a mark `value` of a `kind` (None: the lesson's usual).

    `who`: ids of the students the typed name may mean; one is known, several are to be asked, none is unknown.
    """

    typed: str
    who: tuple[int, ...]
    code: AttendanceCode | None = None
    value: str | None = None
    kind: WorkKind | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says; `odd` are the words nothing could be made of."""

    entries: tuple[Entry, ...]
    odd: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        """Whether something in it names a student of the lesson and what to write."""
        return any(entry.who for entry in self.entries)


def fold(text: str) -> str:
    """The text for comparing: lower case, ё as е."""
    return text.casefold().replace("ё", "е")


def looks_like_one(text: str) -> bool:
    """Whether it is worth asking for the lesson's list: some word of it may be a name, and some says what to write."""
    if len(text) > LONGEST:
        return False
    words = [fold(word) for segment in _segments(text) for word in segment]
    return 1 < len(words) <= MOST_WORDS and any(word in ABSENT | LATE or word.isdigit() for word in words)


def parse(text: str, people: Sequence[Named], scale: Iterable[str]) -> Line:
    """Read a line against the list of a lesson."""
    reader = _Reader(people, frozenset(scale))
    for segment in _segments(text):
        reader.read(segment)
    reader.finish()
    return Line(tuple(reader.entries), tuple(reader.odd))


def candidates(typed: str, people: Sequence[Named]) -> list[Named]:
    """Whom a surname may mean: written so, beginning so, or with one slip of the finger in five letters or more."""
    wanted = fold(typed)
    exact = [one for one in people if wanted in {fold(one.last), fold(one.last).split()[0]}]
    if exact:
        return exact
    begin = [one for one in people if fold(one.last).startswith(wanted)] if len(wanted) > 1 else []
    if begin or len(wanted) < TYPO_LENGTH:
        return begin
    return [one for one in people if len(one.last) >= TYPO_LENGTH and one_slip(wanted, fold(one.last))]


def one_slip(typed: str, meant: str) -> bool:
    """Whether the words differ by one letter: missing, spare, another, or two exchanged (Damerau distance 1)."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    a, b = typed[start:], meant[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[2:] == b[2:] and a[:2] == b[:2][::-1])


def work_kind(word: str) -> WorkKind | None:
    """The kind of work a word names: «контр», «к/р», «самостоятельная»."""
    wanted = fold(word).rstrip(".")
    for kind, short in ABBREVIATED.items():
        if wanted in short:
            return kind
    return next((kind for kind, full in IN_FULL.items() if len(wanted) >= 4 and full.startswith(wanted)), None)


def _segments(text: str) -> list[list[str]]:
    text = re.sub(r"[:=–—!?()«»\"]", " ", text)
    text = re.sub(r"(?<=[^\W\d])\s*-\s*(?=\d)", " ", text)  # «Иванов-5»
    text = re.sub(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", text)  # «Иванов5»
    text = re.sub(r"(?<=\.)(?=\w)", " ", text)  # «М.П.»
    return [words for part in re.split(r"[,;\n]", text) if (words := part.split())]


@dataclass(slots=True)
class _Name:
    """A name being read: what was typed, and whom it may mean so far."""

    typed: str
    who: list[Named]
    initials: int = 0


@dataclass(frozen=True, slots=True)
class _Action:
    word: str
    code: AttendanceCode | None = None
    value: str | None = None


@dataclass(slots=True)
class _Reader:
    people: Sequence[Named]
    scale: frozenset[str]
    entries: list[Entry] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    names: list[_Name] = field(default_factory=list)
    lead: _Action | None = None  # what the names to come get; goes on through commas
    led: bool = False  # whether anybody got it
    kind: WorkKind | None = None

    def read(self, words: Sequence[str]) -> None:
        """One segment between commas."""
        led_here = False
        for word in words:
            if self._initial(word):
                continue
            action = self._action(word)
            if action is not None:
                led_here = self._act(action, led_here)
            elif self._is_kind(word):
                self._take_kind(work_kind(word))
            elif any(letter.isalpha() for letter in word):
                self._name(word)
            else:  # «Жуковская 7» after «н»: no such mark, and surely not an absence
                self.odd.append(word)
                self._give(None)
        self._give(self.lead)

    def _act(self, action: _Action, led_here: bool) -> bool:
        if self.names and not led_here:
            self._give(action)  # «Иванов Петров 5»
            return False
        self._give(self.lead)
        self.finish()
        self.lead, self.led = action, False
        return True

    def finish(self) -> None:
        """What was to be written for names that never came is odd."""
        if self.lead is not None and not self.led:
            self.odd.append(self.lead.word)

    def _give(self, action: _Action | None) -> None:
        for name in self.names:
            if action is None:
                self.odd.append(name.typed)
                continue
            who = tuple(one.id for one in name.who)
            kind = self.kind if action.value is not None else None
            self.entries.append(Entry(name.typed, who, action.code, action.value, kind))
            self.led = self.led or action is self.lead
        self.names = []

    def _take_kind(self, kind: WorkKind | None) -> None:
        bare = [i for i, entry in enumerate(self.entries) if entry.value is not None and entry.kind is None]
        if not bare:
            self.kind = kind
        for i in bare:
            self.entries[i] = replace(self.entries[i], kind=kind)

    def _action(self, word: str) -> _Action | None:
        wanted = fold(word).rstrip(".")
        if wanted in ABSENT:
            return _Action(word, code=AttendanceCode.ABSENT)
        if wanted in LATE:
            return _Action(word, code=AttendanceCode.LATE)
        return _Action(word, value=wanted) if wanted in self.scale else None

    def _is_kind(self, word: str) -> bool:
        exact = any(fold(one.last) == fold(word) for one in self.people)
        return work_kind(word) is not None and not exact

    def _initial(self, word: str) -> bool:
        """Take «М.» for the name before it. A bare small «н» or «о» is rather what to write."""
        letter = word.rstrip(".")
        if len(letter) != 1 or not letter.isalpha() or not self.names:
            return False
        if fold(letter) in ABSENT | LATE and not (word.endswith(".") or letter.isupper()):
            return False
        last = self.names[-1]
        parts = ("first", "middle")
        if last.initials >= len(parts):
            return False
        fits = [one for one in last.who if fold(getattr(one, parts[last.initials])).startswith(fold(letter))]
        if not fits:
            return False
        last.who, last.initials, last.typed = fits, last.initials + 1, f"{last.typed} {letter}."
        return True

    def _name(self, word: str) -> None:
        typed = word.strip(".-")
        if self.names and not any(fold(one.last) == fold(typed) for one in self.people) and self._goes_on(typed):
            return
        self.names.append(_Name(typed, candidates(typed, self.people)))

    def _goes_on(self, typed: str) -> bool:
        """Whether a word is the first name after a surname, or the rest of a surname of two words."""
        last = self.names[-1]
        wanted = fold(typed)
        fits = [
            one for one in last.who if fold(one.first).startswith(wanted) or fold(one.last).split()[1:2] == [wanted]
        ]
        if len(wanted) < 2 or not fits:
            return False
        last.who, last.typed = fits, f"{last.typed} {typed}"
        return True
