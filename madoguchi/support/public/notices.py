"""``/notices/``: all notices, newest first, with the filter in the address."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from madoguchi.shell.cacheable import public_page
from madoguchi.shell.forms import render_form
from madoguchi.support.public.notice_filter import NoticeFilter

A_PAGE = 50


@public_page
def notices(request: HttpRequest) -> HttpResponse:
    form = NoticeFilter(request.GET)
    form.full_clean()
    found = form.found().prefetch_related("services", "windows")
    context = {
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "chosen": form.chosen(),
        "filtered": any(form.cleaned_data.values()) or bool(form.errors),
        "narrowed": any(form.cleaned_data.get(name) or name in form.errors for name in NoticeFilter.FURTHER),
    }
    return render_form(request, "public/notices.html", form, context)
