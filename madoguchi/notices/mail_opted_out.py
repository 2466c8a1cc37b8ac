"""The word to the owner of an ID that somebody stopped a mail by the link in it, and how to undo that."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.notices import lifecycle, unsubscribe
from madoguchi.notices.models import OptOut
from madoguchi.shell import languages
from madoguchi.shell.templatetags.shell import in_language_plain


def render(reference: str, language: str, format: str) -> Draft:
    """``reference`` is the id of the opt-out."""
    opt_out = OptOut.objects.select_related("service").get(pk=reference)
    with override(language):
        work = opt_out.kind == lifecycle.Kind.WORK
        said = {
            "kind_mail": gettext("work email") if work else gettext("trouble email"),
            "service": in_language_plain(opt_out.service, "name"),
            "address": slot("address"),
            "settings_url": f"{settings.SITE_URL}{languages.in_language('/my/notices/', language)}",
            "operator": settings.OPERATOR[f"name_{language}"],
        }
        return Draft(
            subject=gettext("Email about %(service)s was stopped") % {"service": said["service"]},
            text=render_to_string("notices/mail/opted_out.txt", said),
            html=None,
            sender=settings.MAIL_FROM_NOTICES,
        )


register(unsubscribe.RENDERER, render)
