"""Texts that help: questions with answers, and guides."""
