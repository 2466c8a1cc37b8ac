"""What a writer enters for a question or a guide. Japanese is needed, English may follow."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.catalog.edit import GuideContent, QuestionContent
from madoguchi.catalog.models import Category, Guide, Service
from madoguchi.shell.templatetags.shell import in_language_plain

LONGEST = 20_000  # characters of a text
_NEEDED = {"required": gettext_lazy("Please enter it in Japanese at least.")}
_MARKDOWN = gettext_lazy("Markdown: ## heading, - list, **bold**, [words](/address/).")


def _line(label: Any, *, longest: int, needed: bool) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=needed, error_messages=_NEEDED)


def _text(label: Any, *, rows: int, needed: bool) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        required=needed,
        widget=widget,
        help_text=_MARKDOWN,
        error_messages=_NEEDED,
    )


def _as_kept(value: Any) -> Any:
    """Line breaks as the database has them, not the browser's: else a version says that every text was changed."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class _Names(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return in_language_plain(obj, "name")


class _Name(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return in_language_plain(obj, "name")


class HelpForm(forms.Form):
    """What both have. ``seen`` is the version the writer began from."""

    services = _Names(
        label=gettext_lazy("Services it is about"),
        queryset=Service.objects.none(),
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    order = forms.IntegerField(
        label=gettext_lazy("Place in lists"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=gettext_lazy("Smaller numbers come first."),
    )
    published = forms.BooleanField(label=gettext_lazy("Show it on the site"), required=False)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "id_%s"})
        self.fields["services"].queryset = Service.objects.by_name()  # type: ignore[attr-defined]

    def _about(self) -> dict[str, Any]:
        chosen = {name: _as_kept(value) for name, value in self.cleaned_data.items() if name != "seen"}
        return {**chosen, "services": tuple(sorted(service.slug for service in chosen["services"]))}


class QuestionForm(HelpForm):
    question_ja = _line(gettext_lazy("Question in Japanese"), longest=200, needed=True)
    question_en = _line(gettext_lazy("Question in English"), longest=200, needed=False)
    answer_ja = _text(gettext_lazy("Answer in Japanese"), rows=12, needed=True)
    answer_en = _text(gettext_lazy("Answer in English"), rows=12, needed=False)
    category = _Name(
        label=gettext_lazy("Category"),
        queryset=Category.objects.all(),
        required=False,
        to_field_name="slug",
        empty_label=gettext_lazy("None; without a service it is a general question"),
    )

    def content(self) -> QuestionContent:
        about = self._about()
        return QuestionContent(**{**about, "category": about["category"].slug if about["category"] else ""})


class GuideForm(HelpForm):
    slug = forms.SlugField(
        label=gettext_lazy("Part of the address"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits and hyphens. Links to the guide contain it: better leave it."),
        error_messages={
            "required": gettext_lazy("Please enter the part of the address."),
            "invalid": gettext_lazy("Please use letters, digits and hyphens."),
        },
    )
    title_ja = _line(gettext_lazy("Title in Japanese"), longest=100, needed=True)
    title_en = _line(gettext_lazy("Title in English"), longest=100, needed=False)
    summary_ja = _line(gettext_lazy("Summary in Japanese"), longest=300, needed=True)
    summary_en = _line(gettext_lazy("Summary in English"), longest=300, needed=False)
    body_ja = _text(gettext_lazy("Text in Japanese"), rows=24, needed=True)
    body_en = _text(gettext_lazy("Text in English"), rows=24, needed=False)

    def __init__(self, *args: Any, guide: Guide | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.guide = guide

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        others = Guide.objects.exclude(pk=self.guide.pk) if self.guide else Guide.objects.all()
        if others.filter(slug=slug).exists():
            raise ValidationError(_("Another guide has this address."))
        return slug

    def content(self) -> GuideContent:
        return GuideContent(**self._about())


def initial_of(content: QuestionContent | GuideContent) -> dict[str, Any]:
    return asdict(content)
