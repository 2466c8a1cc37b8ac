"""The mails of the customer ID, as the delivery engine asks for them."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Account, Registration
from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.shell.languages import exists as exists_page
from madoguchi.shell.languages import in_language


def registration(reference: str, language: str, format: str) -> Draft:
    """The mail of a provisional registration, ``reference`` its key: the link, or the word that an ID exists already.

    Which of the two is decided here, in the worker: the page that was confirmed knows nothing of it.
    """
    email = Registration.objects.values_list("email", flat=True).get(pk=reference)
    exists = bool(email) and Account.objects.filter(email=email).exists()
    name = "registration_exists" if exists else "registration_link"
    with translation.override(language):
        forgot = in_language("/id/password/forgot/", language)
        context = {
            "operator_name": settings.OPERATOR[f"name_{language}"],
            "language": language,
            "operator_colour": settings.OPERATOR["colour"],
            "link": slot("link"),
            "login": settings.SITE_URL + in_language("/id/login/", language),
            "forgot": settings.SITE_URL + forgot if exists_page(forgot) else "",
            "site": settings.SITE_URL + in_language("/", language),
        }
        return Draft(
            subject=_("About your customer ID") if exists else _("Finish the registration of your customer ID"),
            text=render_to_string(f"accounts/mail/{name}.txt", context),
            html=render_to_string(f"accounts/mail/{name}.html", context) if format == "full" else None,
            sender=settings.MAIL_FROM_ID,
        )


register("accounts.registration", registration)
