"""The mails that tell the owner of an ID what became of its second factors."""

from django.utils.translation import gettext as _

from madoguchi.accounts import telling
from madoguchi.accounts.models import Account, AuthEvent
from madoguchi.delivery.notes import Note, note, page
from madoguchi.delivery.renderers import slot


def tell(account: Account, method: AuthEvent.Method, **personal: str) -> None:
    """Queue the mail about ``method``, one of those below, inside the caller's transaction."""
    telling.tell(account, f"accounts.{method}", reference=str(account.pk), said=personal)


def _told(subject: str, first: str) -> Note:
    return Note(
        subject=subject,
        paragraphs=(first, _("If it was you, there is nothing to do.")),
        button=_("See how my ID is protected"),
        link=page("/id/otp/"),
        foot=_(
            "If it was not you, somebody else got into your customer ID. Please set a new password at once and tell us."
        ),
    )


@note(f"accounts.{AuthEvent.Method.TOTP_ON}")
def totp_on() -> Note:
    return _told(
        _("One-time passwords were turned on"),
        _("On %(at)s an authenticator was set up for your customer ID. From now on each login with your password also "
          "asks for the code it shows.")
        % {"at": slot("at")},
    )  # fmt: skip


@note(f"accounts.{AuthEvent.Method.TOTP_OFF}")
def totp_off() -> Note:
    return _told(
        _("One-time passwords were turned off"),
        _("On %(at)s one-time passwords were turned off for your customer ID.") % {"at": slot("at")},
    )


@note(f"accounts.{AuthEvent.Method.PASSKEY_ADDED}")
def passkey_added() -> Note:
    return _told(
        _("A passkey was added"),
        _("On %(at)s the passkey “%(name)s” was added to your customer ID. Whoever holds it can log in.")
        % {"at": slot("at"), "name": slot("name")},
    )


@note(f"accounts.{AuthEvent.Method.PASSKEY_REMOVED}")
def passkey_removed() -> Note:
    return _told(
        _("A passkey was removed"),
        _("On %(at)s the passkey “%(name)s” was removed from your customer ID. It can no longer be used to log in.")
        % {"at": slot("at"), "name": slot("name")},
    )


@note(f"accounts.{AuthEvent.Method.RECOVERY_CODES}")
def recovery_codes() -> Note:
    return _told(
        _("New recovery codes were made"),
        _("On %(at)s new recovery codes were made for your customer ID. The former ones are good no more.")
        % {"at": slot("at")},
    )


@note(f"accounts.{AuthEvent.Method.RECOVERY_CODE}")
def recovery_code_used() -> Note:
    return _told(
        _("A recovery code was used"),
        _("On %(at)s one of your recovery codes was used to confirm that it is you. Codes left: %(left)s.")
        % {"at": slot("at"), "left": slot("left")},
    )
