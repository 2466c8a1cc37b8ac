"""Registration numbers: the check digit tells one typed wrongly."""

import pytest

from madoguchi.lib.registration_number import check_digit, checked


@pytest.mark.parametrize("number", ["T7000012050002", "T8700110005901", "T9000000000000"])
def test_numbers_that_are(number: str):
    """Those of the tax agency itself, of the agency's own worked example, and the demo's."""
    assert checked(number) == number


def test_the_worked_example_of_the_rule():
    assert check_digit("700110005901") == 8


@pytest.mark.parametrize("typed", ["t7000-0120-50002", "T7000012050002"])
def test_as_it_is_printed(typed: str):
    assert checked(typed) == "T7000012050002"


@pytest.mark.parametrize("typed", ["", "7000012050002", "T700001205000", "T7000012050003", "T70000120500020", "T７０"])
def test_what_cannot_be_one_is_refused(typed: str):
    with pytest.raises(ValueError, match="digit"):
        checked(typed)
