"""``/services/``: find a service by name, or browse by category; and its suggestions while typing."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.catalog.models import Category, Service, ServiceQuerySet
from madoguchi.notices.models import Notice
from madoguchi.shell.cacheable import public_page
from madoguchi.shell.forms import render_form
from madoguchi.support.public.front import AUDIENCES

A_PAGE = 50
SUGGESTED = 8
LONGEST = 100  # characters; the longest name has half of them


class ServiceFilter(forms.Form):
    """What the address asks for. A value nobody offers is said beside its field, and left out of the search."""

    # The ids are of what the page shows for each: the search box, the categories, the list.
    q = forms.CharField(
        label=_("Name of the service"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"id": "service-search"}),
    )
    category = forms.ChoiceField(label=_("Category"), required=False, widget=forms.Select(attrs={"id": "categories"}))
    audience = forms.ChoiceField(
        label=pgettext_lazy("customers", "For"),
        required=False,
        widget=forms.Select(attrs={"id": "found"}),
        choices=[("", _("Everybody")), ("individuals", _("Individuals")), ("companies", _("Companies"))],
    )

    def __init__(self, data: object, *, categories: list[Category]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        names = [(category.slug, category.slug) for category in categories]
        self.fields["category"].choices = [("", _("All categories")), *names]  # type: ignore[attr-defined]

    def found(self) -> ServiceQuerySet:
        """The services asked for: by closeness to the words, else by name."""
        services = Service.objects.offered().by_name()
        if text := self.cleaned_data.get("q"):
            services = services.search(text)
        if category := self.cleaned_data.get("category"):
            services = services.filter(category__slug=category)
        if audience := self.cleaned_data.get("audience"):
            services = services.filter(**{AUDIENCES[audience]: True})
        return services.select_related("category")


def _in_force() -> dict[int, set[str]]:
    """By service, the kinds of notice posted for it now."""
    kinds: dict[int, set[str]] = {}
    for service, kind in Notice.objects.in_force().values_list("services", "kind"):
        kinds.setdefault(service, set()).add(kind)
    return kinds


@public_page
def services(request: HttpRequest) -> HttpResponse:
    categories = list(Category.objects.all())
    form = ServiceFilter(request.GET, categories=categories)
    form.full_clean()
    chosen = form.cleaned_data.get("category")
    page = Paginator(form.found(), A_PAGE).get_page(request.GET.get("page"))
    kinds = _in_force()
    context = {
        "categories": categories,
        "category": next((category for category in categories if category.slug == chosen), None),
        "audience": form.cleaned_data.get("audience", ""),
        "page_obj": page,
        "found": [(service, sorted(kinds.get(service.pk, ()))) for service in page],
        "searched": any(form.cleaned_data.get(name) for name in form.fields),
    }
    return render_form(request, "public/services.html", form, context)


@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """Links to the closest services and how many there are: a part of a page, put in by htmx while typing.

    They are for whom the page is that is typed on (``audience``), as what its button finds.
    """
    text, audience = request.GET.get("q", "")[:LONGEST], request.GET.get("audience", "")
    closest = Service.objects.offered().search(text).select_related("category")
    if audience in AUDIENCES:
        closest = closest.filter(**{AUDIENCES[audience]: True})
    found = list(closest)
    context = {"text": text, "audience": audience, "found": found[:SUGGESTED], "total": len(found)}
    return render(request, "public/suggestions.html", context)
