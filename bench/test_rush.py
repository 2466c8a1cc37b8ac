"""What ``bench.rush`` asks for is the page of a trouble that everybody may keep, and its figures are what they say."""

import json

import pytest

from bench import rush


@pytest.mark.django_db
def test_the_page_measured_is_a_trouble_everybody_may_keep(client):
    answer = client.get(rush.trouble())
    assert answer.status_code == 200
    assert "stale-if-error" in answer["Cache-Control"]
    assert "通信しづらい状況" in answer.content.decode()
    assert len(answer.content) < rush.WEIGHT


def test_the_ratio_is_the_median_of_the_rounds(capsys):
    rates = {
        "cached": [90, 95, 10],
        "file": [100, 100, 100],
        "open file": [110, 110, 110],
        "application": [60, 60, 60],
        "constant": [100, 80, 100],
    }
    spent = {"cached": [12.0, 11.0, 30.0], "file": [11.0, 10.0, 10.0], "open file": [9.0, 9.0, 8.0]}
    rush.report({name: [float(rate) for rate in found] for name, found in rates.items()}, spent, {}, weight=9_000)
    found = json.loads(capsys.readouterr().out)
    assert found["ratios"] == {"the same bytes from a file": 0.9, "the same server, a constant": 0.6}
    assert (found["met"], found["light"]) == (True, True)
    assert found["nginx_us"] == {"cached": 12.0, "file": 10.0, "open file": 9.0}


def test_the_file_is_answered_with_the_headers_of_the_page(tmp_path):
    headers = {"content-type": "text/html; charset=utf-8", "content-length": "9", "x-frame-options": "DENY"}
    location = rush.as_a_file(tmp_path, {**headers, "odd": 'a "quoted" one'}, at="/as-file")
    assert 'default_type "text/html; charset=utf-8";' in location
    assert 'add_header x-frame-options "DENY";' in location
    assert r'add_header odd "a \"quoted\" one";' in location
    assert "content-length" not in location
