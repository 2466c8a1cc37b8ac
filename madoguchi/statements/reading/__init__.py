"""Reading a statement: which of a month's lines, in which order, what they add up to, and who may see which of them.

The page and every download go through here, so that they cannot differ. docs/statements.md is the prose.
"""
