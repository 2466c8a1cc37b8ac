"""``/console/categories/``: the kinds of services, with their icons and order."""

from dataclasses import asdict
from functools import partial

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.catalog.edit import latest_version
from madoguchi.catalog.models import Category
from madoguchi.catalog.offer import content_of_category, save_category
from madoguchi.console import roles
from madoguchi.console.catalogue.forms import CategoryForm
from madoguchi.console.help.editing import asked_version, edit

TEMPLATE = "console/catalogue/category.html"


@roles.may_write
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    categories = Category.objects.annotate(total=Count("services")).order_by("order", "slug")
    return render(request, "console/catalogue/categories.html", {"categories": categories})


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None, CategoryForm(request.POST if request.method == "POST" else None), act="category.add")


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, category_id: int) -> HttpResponse:
    category = get_object_or_404(Category, pk=category_id)
    initial = asked_version(request, category) or asdict(content_of_category(category))
    initial["seen"] = latest_version(category)
    form = CategoryForm(request.POST if request.method == "POST" else None, initial=initial, text=category)
    return _edit(request, category, form, act="category.change")


def _edit(request: HttpRequest, category: Category | None, form: CategoryForm, *, act: str) -> HttpResponse:
    saver = partial(save_category, category)
    return edit(request, category, form, template=TEMPLATE, back_to="console:category", act=act, saver=saver)
