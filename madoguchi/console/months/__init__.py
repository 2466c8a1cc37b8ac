"""Billing months in the console: how they stand, closing one, pricing one again."""
