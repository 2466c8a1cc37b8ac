"""The mails about delivery addresses: the link to confirm one, the link that lets a paused one receive again, the
words that one was added or paused, and the test.

The links and the test come from the sender of the notices, so that a phone's filter that lets them in lets in those.
"""

from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.delivery.notes import Note, draft, note, page
from madoguchi.delivery.renderers import Draft, register, slot
from madoguchi.notices import came_back, register_address, trial_mail, wording
from madoguchi.notices.mail import SHORT_WIDTH


def _from_notices(note: Draft, *, format: str, stream: str) -> Draft:
    short = format == "short"
    return replace(
        note,
        text=f"{wording.wrapped(note.text.strip(), width=SHORT_WIDTH)}\n" if short else note.text,
        sender=settings.MAIL_FROM_NOTICES,
        headers=(*note.headers, ("List-Id", f"<{stream}.notices.{settings.OPERATOR['domain']}>")),
    )


def _confirm() -> Note:
    return Note(
        subject=_("Confirm this address to receive notices"),
        paragraphs=(
            _("This address was provisionally registered to receive notices of work and trouble. Please open this "
              "link within 30 minutes and press the button there. The link works once."),
        ),
        facts=((_("Registered by the customer ID"), slot("owner")),),
        button=_("Confirm this address"),
        link=slot("link"),
        copyable=True,
        foot=_("If you know nothing of this, someone may have mistyped an address. Please do nothing: without the "
               "button no notice is sent here."),
    )  # fmt: skip


def _confirm_short() -> Note:
    """For a small screen: what it is, then the link."""
    return Note(
        subject=_("Confirm this address to receive notices"),
        paragraphs=(_("Provisional registration. Open the link within 30 minutes and press the button there."),),
        link=slot("link"),
        facts=((_("Registered by the customer ID"), slot("owner")),),
        foot=_("If you know nothing of this, please do nothing."),
    )


def confirm(reference: str, language: str, format: str) -> Draft:
    """To the address of the change ``reference``."""
    return _from_notices(
        draft(_confirm_short if format == "short" else _confirm, language, format), format=format, stream="address"
    )


def _resume() -> Note:
    return Note(
        subject=_("Check this address to receive notices again"),
        paragraphs=(
            _("Notices of work and trouble are not sent to this address at present, because email to it came back or "
              "was reported as spam."),
            _("This email has arrived. To receive notices here again, please open this link within 30 minutes and "
              "press the button there. The link works once."),
        ),
        facts=((_("Registered by the customer ID"), slot("owner")),),
        button=_("Receive notices again"),
        link=slot("link"),
        copyable=True,
        foot=_("If you know nothing of this, please do nothing: without the button no notice is sent here."),
    )  # fmt: skip


def _resume_short() -> Note:
    return Note(
        subject=_("Check this address to receive notices again"),
        paragraphs=(
            _("Notices are paused. To receive them again, open the link within 30 minutes and press the button "
              "there."),
        ),
        link=slot("link"),
        facts=((_("Registered by the customer ID"), slot("owner")),),
        foot=_("If you know nothing of this, please do nothing."),
    )  # fmt: skip


def resume(reference: str, language: str, format: str) -> Draft:
    """To a paused address, of the change ``reference``."""
    return _from_notices(
        draft(_resume_short if format == "short" else _resume, language, format), format=format, stream="address"
    )


@note(register_address.TOLD_RENDERER)
def added() -> Note:
    return Note(
        subject=_("A delivery address was added to your customer ID"),
        paragraphs=(
            _("Notices about your services go to the address below too from now on. If it was you, there is nothing "
              "to do."),
        ),
        facts=((_("Delivery address"), slot("address")),),
        button=_("See the delivery addresses"),
        link=page("/my/destinations/"),
        foot=_("If it was not you, delete the address on the page above, and set a new password: somebody else may "
               "know yours."),
    )  # fmt: skip


def paused(reference: str, language: str, format: str) -> Draft:
    """To the owner's own address; ``reference`` is why."""
    return draft(lambda: _paused(reference), language, format)


def _paused(reason: str) -> Note:
    why = {
        "hard_bounce": _("The receiving server says that the address does not exist, or that it takes no email."),
        "soft_bounces": _(
            "Email to it came back several times within a few days: the mailbox may be full, or its server out of "
            "reach."
        ),
        "complaint": _("Its provider told us that our email was reported as spam."),
    }
    return Note(
        subject=_("Notices to one of your delivery addresses are paused"),
        paragraphs=(
            why.get(reason, _("We stopped email to it.")),
            _("Until you check the address, no notice of work or trouble is sent there. Your other addresses are not "
              "affected."),
        ),
        facts=((_("Delivery address"), slot("address")),),
        button=_("Check the address"),
        link=page("/my/destinations/"),
        foot=_("You receive this email because the address is registered to receive notices for your customer ID."),
    )  # fmt: skip


def _trial() -> Note:
    return Note(
        subject=_("Test of your delivery address"),
        paragraphs=(
            _("This is the test you asked for. Notices of work and trouble will reach this address in the same way."),
            _("If this email was in your spam folder, please mark it as no spam, or allow email from %(sender)s.")
            % {"sender": settings.MAIL_FROM_NOTICES},
        ),
        button=_("See the delivery addresses"),
        link=page("/my/destinations/"),
        foot=_("You receive this email because its test was asked for on the page above. It was sent once."),
    )


def trial(reference: str, language: str, format: str) -> Draft:
    """To the destination ``reference``. There is nothing to unsubscribe from: it is sent once, when asked for."""
    return _from_notices(draft(_trial, language, format), format=format, stream="test")


register(register_address.RENDERER, confirm)
register(register_address.RESUME_RENDERER, resume)
register(came_back.RENDERER, paused)
register(trial_mail.RENDERER, trial)
