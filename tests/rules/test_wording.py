"""Which typed topics are shown back first (В 4.4.11)."""

import pytest

from services.rules.wording import Doubt, doubt_about


@pytest.mark.parametrize(
    ("topic", "doubt"),
    [
        ("Степени и корни", None),
        ("Настоящее простое время (Present Simple)", None),
        ("График функции y = kx + b", None),
        ("2 + 2", None),
        ("Ёлка", None),
        ("Present Simple", Doubt.NOT_RUSSIAN),
        ("Der, die, das и артикль", Doubt.NOT_RUSSIAN),
        ("Контрольная работа", Doubt.NO_THEME),
        ("контрольная работа № 3.", Doubt.NO_THEME),
        ("Лабораторная работа 2", Doubt.NO_THEME),
        ("Практическая работа", Doubt.NO_THEME),
        ("Контрольная работа № 3 «Дроби»", None),
        ("Практическая работа: измерение плотности", None),
        ("Анализ контрольной работы", None),
    ],
)
def test_a_topic_is_doubted_where_it_is_not_russian_or_names_a_work_without_its_theme(
    topic: str, doubt: Doubt | None
) -> None:
    assert doubt_about(topic) is doubt
