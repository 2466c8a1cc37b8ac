"""Kinds of usage record, one module each: what a file may say of it, what a statement shows, what it costs, and when a
month of it opens. :mod:`.registry` knows them all; docs/usage-kinds.md is the prose."""
