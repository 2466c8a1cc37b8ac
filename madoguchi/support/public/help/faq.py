"""``/faq/``: questions and answers, by words, service or category; what is asked for is in the address."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from madoguchi.catalog.models import Category, Guide, Question, QuestionQuerySet, Service
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.forms import render_form
from madoguchi.shell.templatetags.shell import in_language_plain

A_PAGE = 30
LONGEST = 100  # characters


class FaqFilter(forms.Form):
    """What the address asks for. A value nobody offers is said beside its field, and left out of the search."""

    q = forms.CharField(
        label=_("What would you like to know?"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"id": "faq-search"}),
    )
    service = forms.ModelChoiceField(
        label=_("Service"),
        queryset=Service.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("All services"),
    )
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.all(),
        required=False,
        to_field_name="slug",
        empty_label=_("All categories"),
    )

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        answered = Question.objects.published().filter(services=OuterRef("pk"))
        for name in ("service", "category"):
            self.fields[name].label_from_instance = _name  # type: ignore[attr-defined]
        self.fields["service"].queryset = Service.objects.filter(Exists(answered)).by_name()  # type: ignore[attr-defined]

    def found(self) -> QuestionQuerySet:
        questions = Question.objects.published()
        if text := self.cleaned_data.get("q"):
            questions = questions.search(text)
        if service := self.cleaned_data.get("service"):
            questions = questions.of_service(service)
        if category := self.cleaned_data.get("category"):
            questions = questions.of_category(category)
        return questions.prefetch_related("services")

    @property
    def narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields) or bool(self.errors)


def _name(thing: Service | Category) -> str:
    return in_language_plain(thing, "name")


@public_page
def faq(request: HttpRequest) -> HttpResponse:
    form = FaqFilter(request.GET)
    form.full_clean()
    context = {"narrowed": form.narrowed, "categories": answered_categories()}
    if form.narrowed:
        context["page_obj"] = Paginator(form.found(), A_PAGE).get_page(request.GET.get("page"))
    else:
        context["general"] = Question.objects.published().general()
        context["guides"] = Guide.objects.published()
    return render_form(request, "public/faq.html", form, context)


def answered_categories() -> list[tuple[Category, int]]:
    """Categories that have a question, of their own or of a service, each with how many."""
    about: dict[int, set[int]] = {}
    rows = Question.objects.published().values_list("pk", "category", "services__category")
    for question, *categories in rows:
        for category in filter(None, categories):
            about.setdefault(category, set()).add(question)
    return [(category, len(about[category.pk])) for category in Category.objects.filter(pk__in=about)]
