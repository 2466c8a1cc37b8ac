"""Tariffs as the operator keeps them: written as drafts, checked, released, asked and compared (docs/tariffs.md)."""
