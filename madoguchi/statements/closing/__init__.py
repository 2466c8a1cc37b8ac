"""The month's end: bills made of provisional months, months that stay as they are, what comes after as adjustments.

docs/closing.md is its prose.
"""
