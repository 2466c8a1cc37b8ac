"""What an operator may write, and what is taken out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.lib.markdown import to_html


def test_headings_lists_tables_and_links():
    html = to_html("## 見出し\n\n1. 一\n2. 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[見る](https://aoba.example/)")
    for part in ("<h2>見出し</h2>", "<li>一</li>", "<td>2</td>", 'href="https://aoba.example/"'):
        assert part in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<p style="color:red" onclick="x()">text</p>',
        "[x](javascript:alert(1))",
        "![x](https://other.example/x.png)",
        "<iframe src=//other.example></iframe>",
    ],
)
def test_nothing_that_acts_gets_through(hostile):
    html = to_html(hostile)
    for part in ("<script", "<iframe", "<img", "<p style", "<p onclick", 'href="javascript'):
        assert part not in html


@given(st.text())
def test_any_text_becomes_html(text):
    assert isinstance(to_html(text), str)
