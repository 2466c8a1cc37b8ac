"""One stylesheet, branded by one setting."""

import gzip
import re
from typing import Any

import pytest
from django.test import Client

from madoguchi.shell import brand, stylesheet


def test_it_is_kept_for_ever_under_its_own_digest(client: Client) -> None:
    address = stylesheet.address()
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert f'href="{address}"' in client.get("/components/").content.decode()
    assert client.get("/style.000000000000.css").status_code == 404


def test_it_travels_compressed(client: Client) -> None:
    response = client.get(stylesheet.address(), headers={"Accept-Encoding": "gzip, br"})
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == client.get(stylesheet.address()).content
    assert len(response.content) < 16_000


def test_the_operator_s_colour_comes_last(settings: Any, client: Client) -> None:
    before = stylesheet.address()
    settings.OPERATOR = {**settings.OPERATOR, "colour": "#123456"}
    assert stylesheet.address() != before
    assert "--brand: #123456;" in client.get(stylesheet.address()).content.decode().rsplit(":root", 1)[1]


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#12345g", "#123456;} * {display:none", ""])
def test_anything_but_a_colour_is_refused(colour: str) -> None:
    with pytest.raises(brand.WrongColour, match="MADOGUCHI_OPERATOR_COLOUR"):
        brand.properties(colour)


def test_words_stay_readable_on_any_colour() -> None:
    assert brand.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert "--on-brand: #ffffff" in brand.properties("#0b5e4a")
    light = brand.properties("#ffcc00")
    assert "--on-brand: #000000" in light
    assert "--link: #ffcc00" not in light


def test_every_component_is_in_its_layer() -> None:
    for part in (stylesheet.STATIC / "shell" / "css" / "components").glob("*.css"):
        assert part.read_text(encoding="utf-8").startswith("@layer components {"), part.name


def test_no_property_is_used_that_nobody_sets() -> None:
    text = stylesheet.joined("#0b5e4a").text
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert not used - set(re.findall(r"(--[\w-]+):", text))
