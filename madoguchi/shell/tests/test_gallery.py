"""The component gallery shows every component, in both languages, to those who build pages."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from madoguchi.shell import gallery, states

TEMPLATES = Path(gallery.__file__).parent / "templates"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_state_and_icon_is_there(client: Client, prefix: str) -> None:
    text = client.get(f"{prefix}/components/").content.decode()
    assert text.count('class="badge"') == len(states.LOOKS)
    for name in gallery.shown()["icons"]:
        assert f"<code>{name}</code>" in text


def test_no_component_is_forgotten() -> None:
    page = (TEMPLATES / "shell" / "gallery.html").read_text(encoding="utf-8")
    for component in (TEMPLATES / "components").glob("*.html"):
        if component.stem != "language_links":  # in the header of every page
            assert f"components/{component.name}" in page, component.name


def test_an_error_is_beside_its_field_and_in_the_summary_in_the_same_words(client: Client) -> None:
    text = client.get("/components/").content.decode()
    assert 'aria-describedby="wrong_address_helptext wrong_address_error"' in text
    assert '<div class="field__errors" id="wrong_address_error">' in text
    assert '<a href="#wrong_address">' in text
    assert '<a href="#wrong_device_group">' in text
    assert 'id="wrong_device_group"' in text


def test_outside_the_demo_only_staff_see_it(client: Client, settings: Any, db: None) -> None:
    settings.DEMO = False
    assert client.get("/components/").status_code == 404
