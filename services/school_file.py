"""A school's description in TOML, checked word by word before anything is written."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.errors import SchoolError
from services.i18n import N_
from services.names import FullName, full_name
from services.rules.regulation import Regulation
from storage.vocabulary import DayKind, TermKind

WEEKDAYS = {"пн": 0, "вт": 1, "ср": 2, "чт": 3, "пт": 4, "сб": 5, "вс": 6}


class BadSchoolFile(SchoolError):
    """The description can't be used; `problem` says where and why."""

    sentence = N_("The school's description can't be used: {problem}")


@dataclass(frozen=True)
class TermSpec:
    """A term: kind, number within the kind, first and last day."""

    kind: TermKind
    ordinal: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class BellsSpec:
    """A bell schedule; lessons are pairs of minutes from midnight."""

    name: str
    usual: bool
    lessons: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class DaySpec:
    """A day that differs from its weekday."""

    on_date: date
    kind: DayKind
    title: str = ""
    follows_weekday: int | None = None
    bells: str | None = None


@dataclass(frozen=True)
class SchoolSpec:
    """Everything `school new` needs."""

    name: str
    timezone: str
    administrator: FullName
    year_name: str
    starts_on: date
    ends_on: date
    terms: tuple[TermSpec, ...]
    bells: tuple[BellsSpec, ...]
    days: tuple[DaySpec, ...]
    classes: Mapping[str, int]
    regulation: Regulation


def read_school_file(text: str) -> SchoolSpec:
    """The description of a school. Raises BadSchoolFile with the first thing that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSchoolFile(problem=f"TOML, {error}") from None
    try:
        return _spec(raw)
    except KeyError as error:
        raise BadSchoolFile(problem=f"{error.args[0]}: ?") from None
    except (ValueError, TypeError) as error:
        raise BadSchoolFile(problem=str(error)) from None


def _spec(raw: Mapping[str, Any]) -> SchoolSpec:
    timezone = str(raw["timezone"])
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"timezone = {timezone!r}") from None
    year = raw["year"]
    starts_on, ends_on = _day(year["starts"], "year.starts"), _day(year["ends"], "year.ends")
    if starts_on >= ends_on:
        raise ValueError(f"year: {starts_on} – {ends_on}")
    bells = tuple(_bells(one) for one in raw["bells"])
    if sum(one.usual for one in bells) != 1:
        raise ValueError("bells: usual = true × 1")
    return SchoolSpec(
        name=str(raw["name"]).strip(),
        timezone=timezone,
        administrator=_full_name(str(raw["administrator"])),
        year_name=str(year["name"]),
        starts_on=starts_on,
        ends_on=ends_on,
        terms=_terms(raw["terms"], starts_on, ends_on),
        bells=bells,
        days=_days(raw, {one.name for one in bells}),
        classes=_classes(raw.get("classes", {})),
        regulation=Regulation.from_json(raw.get("regulation", {})),
    )


def _day(value: object, where: str) -> date:
    if type(value) is not date:
        raise ValueError(f"{where} = {value!r} (2026-09-01)")
    return value


def _full_name(name: str) -> FullName:
    found = full_name(name)
    if found is None or not found.is_whole:
        raise ValueError(f"administrator = {name!r}")
    return found


def _terms(raw: list[Mapping[str, Any]], starts_on: date, ends_on: date) -> tuple[TermSpec, ...]:
    terms: list[TermSpec] = []
    for one in raw:
        kind = TermKind(one["kind"])
        before = [term for term in terms if term.kind is kind]
        term = TermSpec(kind, len(before) + 1, _day(one["starts"], "terms.starts"), _day(one["ends"], "terms.ends"))
        out_of_year = term.starts_on < starts_on or term.ends_on > ends_on
        if term.starts_on >= term.ends_on or out_of_year or (before and before[-1].ends_on >= term.starts_on):
            raise ValueError(f"terms: {kind} {term.starts_on} – {term.ends_on}")
        terms.append(term)
    if not terms:
        raise ValueError("terms = []")
    return tuple(terms)


def _bells(raw: Mapping[str, Any]) -> BellsSpec:
    lessons = tuple(_span(str(one)) for one in raw["lessons"])
    for before, after in pairwise(lessons):
        if after[0] < before[1]:
            raise ValueError(f"bells {raw['name']}: {raw['lessons']}")
    return BellsSpec(str(raw["name"]), bool(raw.get("usual", False)), lessons)


def _span(text: str) -> tuple[int, int]:
    starts, dash, ends = text.replace("–", "-").partition("-")
    span = _minute(starts), _minute(ends)
    if not dash or span[0] >= span[1]:
        raise ValueError(f"bells: {text!r} (8:30-9:15)")
    return span


def _minute(text: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if not colon or not hour.isdigit() or not minute.isdigit() or int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"bells: {text!r} (8:30-9:15)")
    return int(hour) * 60 + int(minute)


def _days(raw: Mapping[str, Any], bells: set[str]) -> tuple[DaySpec, ...]:
    days: dict[date, DaySpec] = {}
    for one in raw.get("holidays", []):
        first = _day(one["from"], "holidays.from")
        last = _day(one.get("to", first), "holidays.to")
        if last < first or (last - first).days > 120:
            raise ValueError(f"holidays: {first} – {last}")
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            days[day] = DaySpec(day, DayKind.HOLIDAY, str(one.get("title", "")))
    for one in raw.get("working", []):
        day = _day(one["on"], "working.on")
        follows, rung = one.get("follows"), one.get("bells")
        if (follows is not None and follows not in WEEKDAYS) or (rung is not None and rung not in bells) or day in days:
            raise ValueError(f"working {day}: {one}")
        days[day] = DaySpec(
            day, DayKind.WORKING, str(one.get("title", "")), WEEKDAYS[follows] if follows else None, rung
        )
    return tuple(days.values())


def _classes(raw: Mapping[str, Any]) -> dict[str, int]:
    for name, level in raw.items():
        if type(level) is not int or not 1 <= level <= 12:
            raise ValueError(f"classes: {name!r} = {level!r}")
    return dict(raw)
