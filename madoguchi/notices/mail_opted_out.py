"""The word to the owner of an ID that somebody stopped a mail by the link in it, and how to undo that."""

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.delivery.notes import Note, draft, page
from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.notices import lifecycle, unsubscribe
from madoguchi.notices.models import OptOut
from madoguchi.shell.templatetags.shell import in_language_plain


def render(reference: str, language: str, format: str) -> Draft:
    """``reference`` is the id of the opt-out."""
    opt_out = OptOut.objects.select_related("service").get(pk=reference)
    return draft(lambda: _stopped(opt_out), language, format)


def _stopped(opt_out: OptOut) -> Note:
    about = {
        "kind_mail": _("work email") if opt_out.kind == lifecycle.Kind.WORK else _("trouble email"),
        "service": in_language_plain(opt_out.service, "name"),
    }
    return Note(
        subject=_("Email about %(service)s was stopped") % about,
        paragraphs=(
            _("The %(kind_mail)s of %(service)s to the address below was stopped by the link in an email.") % about,
            _("An address can have several readers, and any of them can open that link. If this was not what you "
              "want, choose “Receive again” on the page below."),
        ),
        facts=((_("Delivery address"), slot("address")),),
        button=_("Notification settings"),
        link=page("/my/notices/"),
        foot=_("Other email and other addresses are not affected."),
        sender=settings.MAIL_FROM_NOTICES,
    )  # fmt: skip


register(unsubscribe.RENDERER, render)
