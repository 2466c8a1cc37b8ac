"""Madoguchi (窓口): a carrier's customer counter."""

__version__ = "0.1.0"
