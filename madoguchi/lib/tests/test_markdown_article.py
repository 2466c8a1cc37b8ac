"""Headings of a long text: anchors, and the list a table of contents is made of."""

from madoguchi.lib.markdown import Heading, article


def test_headings_of_two_levels_get_anchors_made_of_their_words():
    made = article("## はじめに\n本文\n### The `APN` **setting**\n#### 小さい見出し\n## はじめに\n")
    assert made.headings == (
        Heading(2, "s-はじめに", "はじめに"),
        Heading(3, "s-the-apn-setting", "The APN setting"),
        Heading(2, "s-はじめに-2", "はじめに"),
    )
    assert '<h2 id="s-はじめに">はじめに</h2>' in made.html
    assert '<h2 id="s-はじめに-2">' in made.html
    assert "<h4>小さい見出し</h4>" in made.html


def test_a_heading_cannot_break_out_of_its_anchor():
    made = article('## "><script>alert(1)</script>\n## !!!\n## ???\n')
    assert "<script" not in made.html
    assert len({heading.anchor for heading in made.headings}) == 3
    assert all(heading.anchor.startswith("s-") for heading in made.headings)


def test_nothing_but_headings_keeps_an_id():
    assert '<p id="x">' not in article('<p id="x">a</p>').html
    assert "href" not in article("[a](javascript:alert(1))").html
