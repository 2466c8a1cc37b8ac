"""Long lists to tick: the services, found by any of their names, and the regions, also by whole areas."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from madoguchi.catalog.models import Service
from madoguchi.catalog.regions import ABROAD, AREAS, BY_CODE, NATIONWIDE
from madoguchi.shell.templatetags.shell import in_language_plain

_WHOLE = "area-"


class ServiceBoxes(forms.CheckboxSelectMultiple):
    """Each box carries every name of its service, so that a filter over the list finds it by any of them."""

    def create_option(self, name: str, value: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *rest, **more)
        if words := self._words().get(str(value)):
            option["attrs"]["data-words"] = words
        return option

    def _words(self) -> dict[str, str]:
        if not hasattr(self, "_kept_words"):
            self._kept_words = {
                service.slug: " ".join([service.name_ja, service.name_en, service.kana, *service.aliases])
                for service in Service.objects.offered()
            }
        return self._kept_words


def services() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every service still offered, by category."""
    found = Service.objects.offered().select_related("category").order_by("category__order", "category__slug", "kana")
    return [
        (in_language_plain(category, "name"), [(service.slug, in_language_plain(service, "name")) for service in group])
        for category, group in groupby(found, key=lambda service: service.category)
    ]


def only(
    choices: list[tuple[str, list[tuple[str, str]]]], *, matching: str, ticked: Iterable[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Of the services those that ``matching`` finds; what is ticked stays in sight."""
    wanted = {*Service.objects.search(matching).values_list("slug", flat=True), *ticked}
    kept = [(category, [choice for choice in group if choice[0] in wanted]) for category, group in choices]
    return [(category, group) for category, group in kept if group]


def regions() -> list[tuple[str, list[tuple[str, str]]]]:
    """The whole country and abroad, then the prefectures by area, each area with a box for all of it."""

    def named(code: str) -> tuple[str, str]:
        return code, in_language_plain(BY_CODE[code], "name")

    whole = [(_("The whole country, or beyond"), [named(NATIONWIDE), named(ABROAD)])]
    return whole + [
        (
            in_language_plain(area, "name"),
            [
                (f"{_WHOLE}{area.key}", _("All of %(area)s") % {"area": in_language_plain(area, "name")}),
                *map(named, area.codes),
            ],
        )
        for area in AREAS
    ]


def codes_of(ticked: Iterable[str]) -> tuple[str, ...]:
    """The regions' codes, areas taken apart."""
    areas = {f"{_WHOLE}{area.key}": area.codes for area in AREAS}
    return tuple(sorted({code for value in ticked for code in areas.get(value, (value,))}))
