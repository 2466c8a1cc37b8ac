"""``/guides/`` and ``/guides/<slug>/``: how things are done, from the beginning to the end."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from madoguchi.catalog.models import Guide
from madoguchi.lib.markdown import article
from madoguchi.shell import languages
from madoguchi.shell.cacheable import public_page

# So many headings of the second level make a table of contents worth its room.
LONG = 3


@public_page
def guides(request: HttpRequest) -> HttpResponse:
    return render(request, "public/guides.html", {"guides": Guide.objects.published()})


@public_page
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Guide.objects.published().prefetch_related("services"), slug=slug)
    language = "en" if languages.current() == "en" and shown.body_en else "ja"
    text = article(shown.body_en if language == "en" else shown.body_ja)
    contents = [heading for heading in text.headings if heading.level == 2]
    context = {
        "guide": shown,
        "text": text,
        "text_language": language,
        "contents": contents if len(contents) >= LONG else [],
        "others": Guide.objects.published().exclude(pk=shown.pk)[:4],
    }
    return render(request, "public/guide.html", context)
