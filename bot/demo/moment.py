"""The demo school's year, bells and moment, made around whatever day today is. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar import SchoolCalendar, Slot, SpecialDay, TermSpan
from services.names import FullName
from services.rules.regulation import Regulation
from services.school_file import BellsSpec, DaySpec, SchoolSpec, TermSpec
from storage.vocabulary import DayKind, TermKind

SCHOOL = "Школа № 7 «Звонок»"
ZONE = ZoneInfo("Europe/Moscow")
ADMINISTRATOR = FullName("Лебедева", "Ксения", "Игоревна")
CLASSES = {"1А": 1, "7А": 7, "7Б": 7, "10А": 10}
USUAL_BELLS = ((510, 555), (565, 610), (630, 675), (695, 740), (750, 795), (805, 850), (860, 905))
SHORT_BELLS = ((510, 540), (545, 575), (585, 615), (625, 655), (660, 690), (695, 725), (730, 760))
PUBLIC_HOLIDAYS = (
    (11, 4, "День народного единства"),
    (2, 23, "День защитника Отечества"),
    (3, 8, "Международный женский день"),
    (5, 1, "Праздник Весны и Труда"),
    (5, 9, "День Победы"),
)

LESSON_OF_THE_DEMO = 3
INTO_THE_LESSON = timedelta(minutes=8)
BEFORE_THE_BELL = timedelta(minutes=2)
SETTLING_IN = timedelta(weeks=2)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SATURDAY = 5


def academic_year(day: date) -> int:
    """The year in which the academic year around a day begins; June, July and August belong to the one to come."""
    return day.year if day.month >= 6 else day.year - 1


def demo_school(year: int) -> SchoolSpec:
    """The demo school in the academic year that begins on 1 September of `year`."""
    starts_on, ends_on = date(year, 9, 1), date(year + 1, 5, 31)
    autumn, spring = _monday(date(year, 10, 28)), _monday(date(year + 1, 3, 24))
    last_of_december, first_of_january = date(year, 12, 30), _monday(date(year + 1, 1, 15))
    # The half-years run on over the autumn and spring breaks, so those days are named one by one.
    breaks = [
        DaySpec(monday + n * DAY, DayKind.HOLIDAY, title)
        for monday, title in ((autumn, "Осенние каникулы"), (spring, "Весенние каникулы"))
        for n in range(7)
    ]
    return SchoolSpec(
        name=SCHOOL,
        timezone=ZONE.key,
        administrator=ADMINISTRATOR,
        year_name=f"{year}/{year + 1}",
        starts_on=starts_on,
        ends_on=ends_on,
        terms=(
            TermSpec(TermKind.QUARTER, 1, starts_on, autumn - DAY),
            TermSpec(TermKind.QUARTER, 2, autumn + WEEK, last_of_december),
            TermSpec(TermKind.QUARTER, 3, first_of_january, spring - DAY),
            TermSpec(TermKind.QUARTER, 4, spring + WEEK, ends_on),
            TermSpec(TermKind.HALF_YEAR, 1, starts_on, last_of_december),
            TermSpec(TermKind.HALF_YEAR, 2, first_of_january, ends_on),
        ),
        bells=(BellsSpec("Обычные", True, USUAL_BELLS), BellsSpec("Сокращённые", False, SHORT_BELLS)),
        days=tuple({one.on_date: one for one in [*breaks, *_public_holidays(year)]}.values()),
        classes=CLASSES,
        regulation=Regulation(),
    )


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _public_holidays(year: int) -> list[DaySpec]:
    """The holidays of the year; one that falls on a weekend gives its Monday away."""
    days = []
    for month, number, title in PUBLIC_HOLIDAYS:
        day = date(year if month >= 9 else year + 1, month, number)
        days.append(DaySpec(day, DayKind.HOLIDAY, title))
        if day.weekday() >= SATURDAY:
            days.append(DaySpec(_monday(day) + WEEK, DayKind.HOLIDAY, title))
    return days


def calendar_of(spec: SchoolSpec) -> SchoolCalendar:
    """The calendar that a description makes, before there is a base; its ids are places in the description."""
    numbers = {one.name: number for number, one in enumerate(spec.bells)}
    return SchoolCalendar(
        school_id=0,
        year_id=0,
        zone=ZoneInfo(spec.timezone),
        starts_on=spec.starts_on,
        ends_on=spec.ends_on,
        terms=[
            TermSpan(number, one.kind, one.ordinal, one.starts_on, one.ends_on) for number, one in enumerate(spec.terms)
        ],
        special={
            one.on_date: SpecialDay(one.kind, one.follows_weekday, numbers.get(one.bells or ""), one.title)
            for one in spec.days
        },
        bells={
            numbers[one.name]: [Slot(number, *span) for number, span in enumerate(one.lessons, 1)] for one in spec.bells
        },
        usual_bells=next(numbers[one.name] for one in spec.bells if one.usual),
    )


def is_school_day(calendar: SchoolCalendar, day: date) -> bool:
    """Whether there are lessons: the demo school's timetable leaves the weekend free."""
    weekday = calendar.weekday_followed(day)
    return weekday is not None and weekday < SATURDAY


def next_school_day(calendar: SchoolCalendar, after: date) -> date | None:
    """The first day with lessons after a day; None when the year has no more."""
    day = max(after, calendar.starts_on - DAY) + DAY
    while day <= calendar.ends_on:
        if is_school_day(calendar, day):
            return day
        day += DAY
    return None


def demo_moment(today: date) -> datetime:
    """A moment inside the third lesson of today, or of the nearest following day that is good to begin with (UTC).

    A good day is a school day, two weeks into the year at least, without a holiday right before or after it.
    """
    for year in (academic_year(today), academic_year(today) + 1):
        calendar = calendar_of(demo_school(year))
        day = _good_day(calendar, today)
        if day is not None:
            return inside_the_lesson(calendar, day)
    raise AssertionError("a whole academic year without an ordinary day")


def _good_day(calendar: SchoolCalendar, since: date) -> date | None:
    day = max(since, calendar.starts_on + SETTLING_IN)
    while day < calendar.ends_on:
        around = (day - DAY, day, day + DAY)
        if is_school_day(calendar, day) and all(calendar.weekday_followed(one) == one.weekday() for one in around):
            return day
        day += DAY
    return None


def inside_the_lesson(calendar: SchoolCalendar, day: date) -> datetime:
    """Some minutes into a day's third lesson (UTC)."""
    return calendar.at(day, calendar.slots(day)[LESSON_OF_THE_DEMO].starts_minute) + INTO_THE_LESSON


def before_the_bell(moment: datetime) -> datetime:
    """The break before the lesson of a demo moment: the school is set up there, and then the bell rings."""
    return moment - INTO_THE_LESSON - BEFORE_THE_BELL


def moment_to_go_on(last: datetime, today: date, calendar: SchoolCalendar) -> datetime:
    """Where time goes on in a demo base whose last trace is of `last`: at today's third lesson, but never back."""
    day = _good_day(calendar, today)
    return last if day is None else max(last, inside_the_lesson(calendar, day))
