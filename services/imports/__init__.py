"""Imports of a school's own files: parse in a limited child, check whole, then apply (docs/imports.md)."""
