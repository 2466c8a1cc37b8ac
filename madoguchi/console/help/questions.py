"""``/console/faq/``: questions with answers, and how many readers they helped."""

from datetime import timedelta
from functools import partial

from django import forms
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from madoguchi.catalog.edit import content_of_question, latest_version, save_question
from madoguchi.catalog.models import AnswerTally, Question
from madoguchi.console import roles
from madoguchi.console.help.editing import asked_version, edit
from madoguchi.console.help.forms import QuestionForm, initial_of

A_PAGE = 50
COUNTED = timedelta(days=90)
TEMPLATE = "console/help/question.html"


class Filter(forms.Form):
    q = forms.CharField(label=_("Words"), required=False, max_length=100)


@roles.may_write
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    wanted = Filter(request.GET, auto_id="filter_%s")
    wanted.full_clean()
    words = wanted.cleaned_data.get("q")
    found = Question.objects.search(words) if words else Question.objects.all()
    tallies = AnswerTally.objects.filter(question=OuterRef("pk"), day__gte=timezone.localdate() - COUNTED)
    sums = {
        name: Coalesce(Subquery(tallies.order_by().values("question").annotate(total=Sum(name)).values("total")), 0)
        for name in ("helped", "not_helped")
    }
    found = found.annotate(**sums).select_related("category").prefetch_related("services")
    page_obj = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/help/questions.html", {"filter": wanted, "page_obj": page_obj})


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.POST if request.method == "POST" else None)
    return _edit(request, None, form, act="question.add")


@roles.may_write
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, question_id: int) -> HttpResponse:
    question = get_object_or_404(Question, pk=question_id)
    initial = asked_version(request, question) or initial_of(content_of_question(question))
    initial["seen"] = latest_version(question)
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=initial)
    return _edit(request, question, form, act="question.change")


def _edit(request: HttpRequest, question: Question | None, form: QuestionForm, *, act: str) -> HttpResponse:
    saver = partial(save_question, question)
    return edit(request, question, form, template=TEMPLATE, back_to="console:question", act=act, saver=saver)
