"""The prefix step agrees with libphonenumber's own walk."""

from bench import prefixes


def test_the_kernel_finds_what_the_librarys_walk_finds():
    digits = prefixes.numbers(20_000)
    found = prefixes.rated(digits, prefixes.table())
    assert found == prefixes.walked(digits)
    assert len(set(found)) > 200
