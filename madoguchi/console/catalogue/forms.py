"""What a writer enters for a service or a category. A slug is chosen once: it is not asked for again."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from madoguchi.catalog.models import Category, Service
from madoguchi.catalog.offer import AUDIENCES, CategoryContent, Section, ServiceContent
from madoguchi.catalog.regions import PREFECTURES
from madoguchi.lib.kana import NotKatakana, katakana_name
from madoguchi.shell.templatetags.shell import icon, in_language_plain

LONGEST = 20_000  # characters of a section's text
MOST_ALIASES, MOST_SECTIONS = 20, 20
# Empty places for sections below those there are.
SPARE_SECTIONS = 2
# Of the family's icons those that can stand for a kind of service, by what they show.
ICONS: dict[str, str | Promise] = {
    "cloud": pgettext_lazy("icon", "Cloud"),
    "5g": pgettext_lazy("icon", "Radio waves"),
    "network": pgettext_lazy("icon", "Network"),
    "voice": pgettext_lazy("icon", "Headset"),
    "operations": pgettext_lazy("icon", "Gauge"),
    "security": pgettext_lazy("icon", "Shield"),
    "iot": pgettext_lazy("icon", "Chip"),
    "ai": pgettext_lazy("icon", "Sparkles"),
    "data": pgettext_lazy("icon", "Bars"),
    "business": pgettext_lazy("icon", "Briefcase"),
    "resilience": pgettext_lazy("icon", "Umbrella"),
    "industry": pgettext_lazy("icon", "Factory"),
    "internet": pgettext_lazy("icon", "Globe"),
    "phone": pgettext_lazy("icon", "Telephone"),
    "smartphone": pgettext_lazy("icon", "Smartphone"),
    "pc": pgettext_lazy("icon", "Computer"),
    "mail": pgettext_lazy("icon", "Letter"),
    "document": pgettext_lazy("icon", "Document"),
    "key": pgettext_lazy("icon", "Key"),
    "list": pgettext_lazy("icon", "List"),
}
_NEEDED = {"required": gettext_lazy("Please enter it in Japanese at least.")}
_BOTH = {"required": gettext_lazy("Please enter the name in both languages: lists are sorted by it.")}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SECTION = ("slug", "title_ja", "title_en", "body_ja", "body_en")


def _line(label: Any, *, longest: int, lang: str = "", **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"lang": lang} if lang else {})
    return forms.CharField(label=label, max_length=longest, widget=widget, **more)


def _text(label: Any, *, rows: int, lang: str, longest: int = LONGEST, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "lang": lang})
    return forms.CharField(label=label, max_length=longest, widget=widget, **more)


def _slug(longest: int) -> forms.RegexField:
    return forms.RegexField(
        rf"^{_SLUG.pattern}\Z",
        label=gettext_lazy("Part of the address"),
        max_length=longest,
        help_text=gettext_lazy("Small letters, digits and hyphens. It cannot be changed later."),
        error_messages={
            "required": gettext_lazy("Please enter the part of the address."),
            "invalid": gettext_lazy("Please use small letters, digits and hyphens."),
        },
    )


class _Kept(forms.Form):
    """``text`` is what is changed; without it a new one is written, which alone is asked for its slug."""

    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=0, widget=forms.HiddenInput)
    model: type[Category] | type[Service]

    def __init__(self, *args: Any, text: Category | Service | None = None, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.text = text
        if text:
            del self.fields["slug"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if self.model.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another one has this address."))
        return slug

    @property
    def lasting_slug(self) -> str:
        return self.text.slug if self.text else self.cleaned_data["slug"]


class CategoryForm(_Kept):
    model = Category

    slug = _slug(50)
    name_ja = _line(pgettext_lazy("catalogue", "Name in Japanese"), longest=60, lang="ja", error_messages=_BOTH)
    name_en = _line(pgettext_lazy("catalogue", "Name in English"), longest=60, lang="en", error_messages=_BOTH)
    icon = forms.ChoiceField(
        label=gettext_lazy("Icon"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose an icon.")},
    )
    order = forms.IntegerField(
        label=gettext_lazy("Place in lists"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=gettext_lazy("Smaller numbers come first."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        drawn = [(name, format_html("{} {}", icon(name), words)) for name, words in ICONS.items()]
        self.fields["icon"].choices = drawn  # type: ignore[attr-defined]  # fields are typed as their base

    def content(self) -> CategoryContent:
        entered = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "slug")}
        return CategoryContent(slug=self.lasting_slug, **entered)


class _Name(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return in_language_plain(obj, "name")


class ServiceForm(_Kept):
    """The parts of the service's page are fields too, ``section_0_title_ja`` and so on; the last places are empty."""

    model = Service

    slug = _slug(60)
    name_ja = _line(pgettext_lazy("catalogue", "Name in Japanese"), longest=100, lang="ja", error_messages=_BOTH)
    name_en = _line(pgettext_lazy("catalogue", "Name in English"), longest=100, lang="en", error_messages=_BOTH)
    kana = _line(
        gettext_lazy("Reading of the Japanese name"),
        longest=150,
        lang="ja",
        help_text=gettext_lazy("In katakana, letters and digits as they are read. Lists are sorted by it."),
        error_messages={"required": gettext_lazy("Please enter the reading in katakana.")},
    )
    category = _Name(
        label=gettext_lazy("Category"),
        queryset=Category.objects.all(),
        to_field_name="slug",
        error_messages={"required": gettext_lazy("Please choose a category.")},
    )
    aliases = forms.CharField(
        label=gettext_lazy("Other names"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What people also call it, a line each. It is found by them."),
    )
    description_ja = _text(
        gettext_lazy("Description in Japanese"), rows=3, lang="ja", longest=1000, error_messages=_NEEDED
    )
    description_en = _text(gettext_lazy("Description in English"), rows=3, lang="en", longest=1000, required=False)
    audience = forms.MultipleChoiceField(
        label=gettext_lazy("For whom"),
        choices=[
            ("individuals", pgettext_lazy("tab", "Individuals")),
            ("companies", pgettext_lazy("tab", "Companies")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please tick at least one.")},
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Prefectures served"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: the whole country."),
    )
    ended_on = forms.DateField(
        label=gettext_lazy("Ends on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("From this day on it is not offered any more; its page stays and says so."),
        error_messages={"invalid": gettext_lazy("Enter a date, such as 2027-03-31.")},
    )
    # Only its label is used, where a version says what it changed.
    sections = forms.CharField(
        label=gettext_lazy("Parts of the page"), required=False, widget=forms.HiddenInput, disabled=True
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["regions"].choices = [  # type: ignore[attr-defined]  # fields are typed as their base
            (region.code, in_language_plain(region, "name")) for region in PREFECTURES
        ]
        for place in range(self._places()):
            self._add_section(place)

    def _places(self) -> int:
        if self.is_bound:
            return sum(f"section_{place}_slug" in self.data for place in range(MOST_SECTIONS))
        there = sum(f"section_{place}_slug" in self.initial for place in range(MOST_SECTIONS))
        return min(there + SPARE_SECTIONS, MOST_SECTIONS)

    def _add_section(self, place: int) -> None:
        self.fields |= {
            f"section_{place}_slug": _line(
                gettext_lazy("Part of the address"),
                longest=40,
                required=False,
                help_text=gettext_lazy("The link that opens it: small letters, digits and hyphens."),
            ),
            f"section_{place}_title_ja": _line(
                pgettext_lazy("catalogue", "Title in Japanese"), longest=100, lang="ja", required=False
            ),
            f"section_{place}_title_en": _line(
                pgettext_lazy("catalogue", "Title in English"), longest=100, lang="en", required=False
            ),
            f"section_{place}_body_ja": _text(gettext_lazy("Text in Japanese"), rows=6, lang="ja", required=False),
            f"section_{place}_body_en": _text(gettext_lazy("Text in English"), rows=6, lang="en", required=False),
        }

    @property
    def parts(self) -> list[list[Any]]:
        """The bound fields of each section, in the order of the page."""
        return [[self[f"section_{place}_{name}"] for name in _SECTION] for place in range(self._places())]

    def clean_kana(self) -> str:
        # Names such as IPフォン are read アイピーフォン; spaces part the words and sort nothing.
        try:
            return katakana_name(self.cleaned_data["kana"])
        except NotKatakana as refused:
            wrong = _("Please enter the reading in katakana. It has: %(strange)s") % {"strange": refused.strange}
            raise ValidationError(wrong) from None

    def clean_aliases(self) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip()))
        if len(names) > MOST_ALIASES:
            raise ValidationError(_("Please enter %(most)s other names at most."), params={"most": MOST_ALIASES})
        if long := next((name for name in names if len(name) > 60), ""):
            raise ValidationError(_("This name is longer than 60 characters: %(name)s"), params={"name": long})
        return names

    def clean_ended_on(self) -> str:
        day: date | None = self.cleaned_data["ended_on"]
        if day and not 2000 <= day.year < 2100:
            raise ValidationError(_("Enter a year between 2000 and 2099."))
        return day.isoformat() if day else ""

    def clean(self) -> None:
        known: set[str] = set()
        for place in range(self._places()):
            given = self._section(place)
            if not any(given.values()):
                continue
            for name in ("slug", "title_ja", "body_ja"):
                if not given[name] and f"section_{place}_{name}" not in self.errors:
                    self.add_error(f"section_{place}_{name}", _("Please fill this in, or empty the whole part."))
            if slug := given["slug"]:
                if not _SLUG.fullmatch(slug):
                    self.add_error(f"section_{place}_slug", _("Please use small letters, digits and hyphens."))
                elif slug in known:
                    self.add_error(f"section_{place}_slug", _("Another part of this page has this address."))
                known.add(slug)

    def _section(self, place: int) -> dict[str, str]:
        given = {name: self.cleaned_data.get(f"section_{place}_{name}", "") for name in _SECTION}
        # Line breaks as the database keeps them: else every text would seem to be changed.
        return {name: text.replace("\r\n", "\n") for name, text in given.items()}

    def content(self) -> ServiceContent:
        said = self.cleaned_data
        sections = [self._section(place) for place in range(self._places())]
        return ServiceContent(
            slug=self.lasting_slug,
            category=said["category"].slug,
            **{name: said[name] for name in ("name_ja", "name_en", "kana", "aliases", "ended_on")},
            **{name: said[name].replace("\r\n", "\n") for name in ("description_ja", "description_en")},
            audience=tuple(each for each in AUDIENCES if each in said["audience"]),
            regions=tuple(sorted(said["regions"])),
            sections=tuple(Section(**section) for section in sections if any(section.values())),
        )


def initial_of_service(content: dict[str, Any]) -> dict[str, Any]:
    """What the form opens with; ``content`` as a version keeps it."""
    sections = {
        f"section_{place}_{name}": section[name]
        for place, section in enumerate(content["sections"])
        for name in _SECTION
    }
    return {**content, "aliases": "\n".join(content["aliases"]), **sections}
