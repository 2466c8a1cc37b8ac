"""The mails of a provisional registration, as the delivery engine asks for them."""

from django.utils.translation import gettext as _

from madoguchi.accounts.models import Account, Registration
from madoguchi.delivery.notes import Note, draft, page
from madoguchi.delivery.renderers import Draft, register, slot


def _link() -> Note:
    return Note(
        subject=_("Finish the registration of your customer ID"),
        paragraphs=(
            _("Your provisional registration is done. Please open this link within 24 hours and enter your password "
              "once more."),
            _("Your customer ID can be used once this final registration is complete. The link works once."),
        ),
        button=_("Go to the final registration"),
        link=slot("link"),
        copyable=True,
        foot=_("If you did not register, someone may have mistyped an address. Please do nothing: without your action "
               "nothing is registered, and what was entered will be deleted."),
    )  # fmt: skip


def _exists() -> Note:
    return Note(
        subject=_("You have a customer ID already"),
        paragraphs=(
            _("Someone, probably you, has asked to register a customer ID with this address. The address already has "
              "one, so nothing new was registered."),
        ),
        button=_("Go to the login page"),
        link=page("/id/login/"),
        more=((_("Set a new password"), page("/id/password/forgot/")),),
        foot=_("If it was not you, please do nothing: your customer ID and its password stay as they are."),
    )  # fmt: skip


def registration(reference: str, language: str, format: str) -> Draft:
    """The mail of a provisional registration, ``reference`` its key: the link, or the word that an ID exists already.

    Which of the two is decided here, in the worker: the page that was confirmed knows nothing of it.
    """
    email = Registration.objects.values_list("email", flat=True).get(pk=reference)
    exists = bool(email) and Account.objects.filter(email=email).exists()
    return draft(_exists if exists else _link, language, format)


register("accounts.registration", registration)
