"""Words, numbers and times as the site writes them: worked values in both languages."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import override

from madoguchi.shell.templatetags import shell

AFTERNOON = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)  # 14:05 in Japan
NIGHT = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)  # already New Year in Japan


@pytest.mark.parametrize(
    ("name", "value", "ja", "en"),
    [
        ("yen", 1234, "¥1,234", "¥1,234"),
        ("grouped", 12345, "12,345", "12,345"),
        ("yen", 0, "¥0", "¥0"),
        ("yen", -50, "-¥50", "-¥50"),
        ("yen", None, "", ""),
        ("milliyen", 8800, "¥8.8", "¥8.8"),
        ("milliyen", 1234567, "¥1,234.567", "¥1,234.567"),
        ("milliyen", 3000, "¥3", "¥3"),
        ("milliyen", -500, "-¥0.5", "-¥0.5"),
        ("datetime_zone", AFTERNOON, "2026年11月22日（日）14:05 JST", "22 Nov 2026, 14:05 JST"),
        ("datetime_zone", NIGHT, "2027年1月1日（金）00:00 JST", "1 Jan 2027, 00:00 JST"),
        ("date_long", date(2026, 2, 28), "2026年2月28日（土）", "28 Feb 2026"),
        ("date_long", NIGHT, "2027年1月1日（金）", "1 Jan 2027"),
        ("date_long", None, "", ""),
        ("date_plain", date(1984, 5, 17), "1984年5月17日", "17 May 1984"),
        ("date_plain", None, "", ""),
        ("duration", 200, "3分20秒", "3 min 20 s"),
        ("duration", 0, "0秒", "0 s"),
        ("duration", 3600, "1時間", "1 h"),
        ("duration", 36061, "10時間1分1秒", "10 h 1 min 1 s"),
        ("minutes", 75, "1時間15分", "1 h 15 min"),
        ("minutes", 0, "0分", "0 min"),
        ("minutes", None, "", ""),
        ("phone", "+819012345678", "090-1234-5678", "090-1234-5678"),
        ("phone", "0312345678", "03-1234-5678", "03-1234-5678"),
        ("phone", "05012345678", "050-1234-5678", "050-1234-5678"),
        ("phone", "0120444444", "0120-444-444", "0120-444-444"),
        ("phone", "+442079460000", "+44 20 7946 0000", "+44 20 7946 0000"),
        ("phone", "N/A", "N/A", "N/A"),
        ("phone", "", "", ""),
    ],
)
def test_worked_values(name: str, value: Any, ja: str, en: str) -> None:
    for language, expected in (("ja", ja), ("en", en)):
        with override(language):
            assert getattr(shell, name)(value) == expected


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "ja", "en"),
    [
        (AFTERNOON, AFTERNOON.replace(hour=8), "2026年11月22日（日）14:05〜17:05 JST", "22 Nov 2026, 14:05–17:05 JST"),
        (
            AFTERNOON,
            NIGHT,
            "2026年11月22日（日）14:05〜2027年1月1日（金）00:00 JST",
            "22 Nov 2026, 14:05 – 1 Jan 2027, 00:00 JST",
        ),
        (AFTERNOON, None, "2026年11月22日（日）14:05 JST〜", "22 Nov 2026, 14:05 JST–"),
        (None, AFTERNOON, "〜2026年11月22日（日）14:05 JST", "–22 Nov 2026, 14:05 JST"),
        (None, None, "", ""),
    ],
)
def test_periods(starts_at: datetime | None, ends_at: datetime | None, ja: str, en: str) -> None:
    for language, expected in (("ja", ja), ("en", en)):
        with override(language):
            assert shell.period(starts_at, ends_at) == expected


def test_a_text_missing_in_the_reader_s_language_is_marked() -> None:
    service = SimpleNamespace(name_ja="あおば<光>電話", name_en="")
    with override("en"):
        assert shell.in_language(service, "name") == '<span lang="ja">あおば&lt;光&gt;電話</span>'
        assert shell.in_language_plain(service, "name") == "あおば<光>電話"
    with override("ja"):
        assert shell.in_language(service, "name") == "あおば<光>電話"
        assert not hasattr(shell.in_language(service, "name"), "__html__")


def test_time_carries_its_machine_form() -> None:
    with override("en"):
        assert shell.time_tag(AFTERNOON) == '<time datetime="2026-11-22T05:05+00:00">22 Nov 2026, 14:05 JST</time>'


def test_an_unknown_icon_is_an_error_of_the_template() -> None:
    with pytest.raises(Exception, match="there is no icon"):
        shell.icon("no-such-icon")


@pytest.mark.parametrize(("language", "between"), [("ja", ""), ("en", " ")])
def test_a_gap_between_sentences_where_the_language_has_one(language, between):
    with override(language):
        assert shell.gap() == between


def test_a_number_is_grouped_once_however_many_lines_it_is_on(monkeypatch):
    number = "+81300009876"
    assert shell.phone(number) == "03-0000-9876"
    monkeypatch.setattr("madoguchi.shell.templatetags.shell.phonenumbers.parse", None)
    assert shell.phone(number) == "03-0000-9876"
