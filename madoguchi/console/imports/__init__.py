"""Imports of usage in the console: upload, check, confirm, undo; decisions about conflicts."""
