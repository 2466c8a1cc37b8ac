"""What every kind of usage record declares, in both languages."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from madoguchi.contracts.models import UsageKind
from madoguchi.statements.models import Call
from madoguchi.statements.usage import registry
from madoguchi.statements.usage.amounts import NotAnAmount, bytes_of, bytes_words, exact_words
from madoguchi.statements.usage.declared import Look


def a_call(**fields):
    usual = {
        "started_at": datetime(2026, 10, 5, 3, 4, 5, tzinfo=UTC),
        "ended_at": datetime(2026, 10, 5, 3, 7, 5, tzinfo=UTC),
        "number": "+815000000101",
        "other": "+81300001234",
        "outgoing": True,
        "talk_seconds": 180,
        "kind": "fixed",
        "area_ja": "東京",
        "area_en": "Tokyo",
        "blocks": 1,
        "block_seconds": 180,
        "price": 8000,
        "charge": 8000,
        "tax": "standard",
    }
    return Call(**usual | fields)


HIDDEN = Look()


def cells(line, look=HIDDEN):
    return {column.code: column.cell(line, look) for column in registry.KINDS["calls"].columns_for(look)}


def test_a_call_in_english():
    with translation.override("en"):
        assert cells(a_call(dialled="184")) == {
            "date": "5 Oct",
            "start": "12:04:05",
            "other": "03-0000-****",
            "direction": "Out",
            "class": "Fixed line",
            "area": "Tokyo",
            "talk": "3 min",
            "units": "1 × 180 s",
            "charge": "¥8",
            "marks": "184",
        }


def test_a_call_in_japanese():
    with translation.override("ja"):
        said = cells(a_call(outgoing=False, charge=0, earns=True), Look(whole_numbers=True, several_numbers=True))
    assert said["date"] == "10月5日（月）"
    assert (said["other"], said["number"]) == ("03-0000-1234", "050-0000-0101")
    assert (said["direction"], said["charge"], said["units"]) == ("着信", "–", "–")
    assert said["marks"] == "着割の対象"


def test_every_column_has_a_code_of_its_own():
    for kind in registry.KINDS.values():
        codes = [column.code for column in kind.columns]
        assert len(codes) == len(set(codes))


@pytest.mark.parametrize("usage_kind", UsageKind.values)
def test_mobile_months_open_on_the_28th_of_the_next(usage_kind):
    month = date(2026, 12, 1)
    if not registry.of_contract(usage_kind):
        return
    expected = date(2027, 1, 28) if usage_kind == "mobile" else month
    assert registry.opens_on(usage_kind, month) == expected
    assert registry.is_open(usage_kind, month, today=date(2027, 1, 28))
    assert registry.is_open(usage_kind, month, today=date(2027, 1, 27)) is (usage_kind != "mobile")


@pytest.mark.parametrize(
    ("count", "words", "exact"),
    [
        (0, "0 B", "0 B"),
        (999, "999 B", "999 B"),
        (1_999, "1.99 kB", "1.999 kB"),
        (20 * 10**9, "20.0 GB", "20 GB"),
        (1_500_000_000, "1.50 GB", "1.5 GB"),
        (123_456_789_012, "123 GB", "123,456,789,012 B"),
        (2**30, "1.07 GB", "1 GiB"),
    ],
)
def test_amounts_of_data_are_cut_and_never_rounded_up(count, words, exact):
    assert bytes_words(count) == words
    assert exact_words(count) == exact
    assert bytes_of(exact.replace(",", "")) == count


@pytest.mark.parametrize("text", ["", "20", "GB", "-1 GB", "1.0000000001 GB", "1e3 B", "20 gigs"])
def test_what_is_no_amount_of_data_is_refused(text):
    with pytest.raises(NotAnAmount):
        bytes_of(text)


def test_data_taken_back_is_told_in_the_same_units():
    assert bytes_words(-1_000_000_000) == "-1.00 GB"
