"""The letter of a failing term mark ahead: what comes out so far, and what would lift it; nothing to be afraid of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services import words
from services.letters.diary_news import NAME_WIDTH, Written, fewer
from services.letters.reader import Reader
from services.letters.typeset import cut, fits, in_sentence, typeset
from services.outbox.transport import DueItem
from services.rules.averages import Forecast
from storage.repositories import diary, finals
from storage.uow import Uow
from storage.vocabulary import SubjectId


@dataclass(frozen=True, slots=True)
class Risk:
    """What a subject's marks propose, their average, and what lifts it; an item holds it as a word."""

    proposed: str
    mean: Decimal
    forecast: Forecast | None

    def __str__(self) -> str:
        lifted = (self.forecast.target, self.forecast.value, str(self.forecast.count)) if self.forecast else ()
        return "|".join((self.proposed, str(self.mean), *lifted))

    @classmethod
    def read(cls, value: str) -> "Risk":
        """The risk that an item holds."""
        proposed, mean, *lifted = value.split("|")
        forecast = Forecast(lifted[0], lifted[1], int(lifted[2])) if lifted else None
        return cls(proposed, Decimal(mean), forecast)


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A subject: what comes out so far, by which average, and what would lift it («до 3: две пятёрки»)."""

    subject: str
    proposed: str
    mean: str
    forecast: str | None


async def risk(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """One child's subjects; what doesn't fit waits for the next letter."""
    student_id = items[0].student_id
    assert student_id is not None, "a risk is a student's"
    names = await diary.names(uow, [student_id])
    about = {item.id: SubjectId(int(item.collapse_key.split(":")[2])) for item in items}
    titles, _terms = await finals.titles(uow, set(about.values()), reader.school_id)
    for count in fewer(len(items)):
        told = items[:count]
        lines = [_line(titles[about[item.id]], Risk.read(item.value)) for item in told if item.value]
        text = typeset("risk", name=cut(reader.called(names[student_id]), NAME_WIDTH), lines=lines)
        if fits(text):
            return Written(text, tuple(item.id for item in told), (student_id,))
    raise ValueError("one subject fits into a letter")


def _line(subject: str, found: Risk) -> RiskLine:
    lifted = None if found.forecast is None else words.forecast(found.forecast)
    return RiskLine(cut(in_sentence(subject), NAME_WIDTH), found.proposed, words.average(found.mean), lifted)
