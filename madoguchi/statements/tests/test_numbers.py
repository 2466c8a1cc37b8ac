"""Numbers as switches write them: read as one, or refused with a reason."""

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.statements.areas import OF_NO_COUNTRY
from madoguchi.statements.numbers import READ, area, column, digits, normalise
from madoguchi.statements.reasons import Unreadable


@pytest.mark.parametrize(
    ("written", "e164", "dialled"),
    [
        ("03-1234-5678", "+81312345678", ""),
        ("（０３）１２３４ー５６７８", "+81312345678", ""),
        ("+81 3 1234 5678", "+81312345678", ""),
        ("81312345678", "+81312345678", ""),
        ("sip:05012345678@example.jp", "+815012345678", ""),
        ("06-0000-1234", "+81600001234", ""),  # Osaka
        ("060-1234-5678", "+816012345678", ""),  # a mobile
        ("0120-123-456", "+81120123456", ""),
        ("0800-123-4567", "+818001234567", ""),
        ("0180-99-1234", "+81180991234", ""),
        ("0200 1234567890", "+812001234567890", ""),
        ("117", "117", ""),
        ("118", "118", ""),
        ("#7119", "#7119", ""),
        ("184117", "117", "184"),
        ("18403-1234-5678", "+81312345678", "184"),
        ("1860312345678", "+81312345678", "186"),
        ("13110312345678", "+81312345678", "1311"),
        ("0033-03-1234-5678", "+81312345678", "0033"),
        ("184 0033 03 1234 5678", "+81312345678", "1840033"),
        ("0033-010-1-202-555-0123", "+12025550123", "0033"),
        ("001-010-44-20-7946-0958", "+442079460958", "001"),
        ("010 44 20 7946 0958", "+442079460958", ""),
        ("anonymous", "", ""),
        ("非通知", "", ""),
    ],
)
def test_numbers_are_read_as_they_are_written(written, e164, dialled):
    number = normalise(written)
    assert (number.e164, number.dialled) == (e164, dialled)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("5.41144E+11", "spreadsheet"),
        ("5,41144E+11", "spreadsheet"),
        ("s", "not_a_number"),
        ("03-1234-567", "wrong_length"),
        ("090-1234-567", "wrong_length"),
        ("201", "not_a_number"),
        ("010 999 1234567", "not_a_number"),
        ("03-1234-5678 x12", "not_a_number"),
        ("1" * 40, "not_a_number"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(written, reason):
    with pytest.raises(Unreadable) as refused:
        normalise(written)
    assert refused.value.reason == reason


def test_special_numbers_are_searched_after_810():
    assert (digits("117"), digits("#7119"), digits("+81312345678")) == ("810117", "8107119", "81312345678")


@pytest.mark.parametrize(
    ("e164", "names"),
    [
        ("+81312345678", ("東京", "Tokyo")),
        ("+81771223333", ("亀岡", "Kameoka, Kyoto")),
        ("+819012345678", ("", "")),
        ("+442079460958", ("イギリス", "United Kingdom")),
        ("117", ("", "")),
        ("+881612345678", ("衛星電話", "Satellite phones")),
        ("+870773123456", ("インマルサット衛星電話", "Inmarsat satellite phones")),
        ("+8821612345678", ("国際ネットワーク", "International networks")),
        ("+883510012345", ("国際ネットワーク", "International networks")),
    ],
)
def test_areas_are_told_in_both_languages(e164, names):
    assert area(e164) == names


def test_no_code_of_a_country_or_of_none_is_called_the_world():
    of_none = {code for code, names in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if names == ("001",)}
    assert set(OF_NO_COUNTRY) == of_none


HEADS = st.sampled_from(
    ["0", "00", "010", "012", "020", "0200", "03", "050", "06", "060", "0800", "184", "1", "+", "9", "０"]
)


@given(st.lists(st.tuples(HEADS, st.text("0123456789", min_size=5, max_size=11)).map("".join), max_size=30))
def test_a_column_of_numbers_is_each_number_by_itself(texts):
    found = column(pl.Series(texts, dtype=pl.String))
    assert found.columns == list(READ)
    assert sorted(found["text"]) == sorted(set(texts))
    for row in found.iter_rows(named=True):
        assert tuple(row.values()) == (row["text"], *_by_itself(row["text"]))


def _by_itself(text):
    try:
        number = normalise(text)
    except Unreadable as error:
        return None, None, error.reason, error.value, None, None, None
    return number.e164, number.dialled[:8], None, None, digits(number.e164), *area(number.e164)
