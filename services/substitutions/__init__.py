"""Substitutions: another teacher for one lesson, until that lesson's clocks end (М 5 учитель б; В 4.4.8)."""
