"""The mails about a forgotten or replaced password. Which of them is sent is decided in :mod:`.forgotten`."""

from django.utils.translation import gettext as _

from madoguchi.delivery.notes import Note, note, page
from madoguchi.delivery.renderers import slot


def _not_you() -> str:
    return _("If it was not you, please do nothing: your customer ID and its password stay as they are.")


@note("accounts.reset_link")
def reset_link() -> Note:
    return Note(
        subject=_("Set a new password"),
        paragraphs=(
            _("Please open this link within 30 minutes and choose a new password. The link works once."),
            _("Once the new password is set, every device that is logged in will be logged out."),
        ),
        button=_("Choose a new password"),
        link=slot("link"),
        copyable=True,
        foot=_not_you(),
    )


@note("accounts.reset_differs")
def reset_differs() -> Note:
    return Note(
        subject=_("Your password was not reset"),
        paragraphs=(
            _("Someone, probably you, said they had forgotten the password of your customer ID. The name or the date "
              "of birth was not the one registered, so we have sent no link to set a new one."),
            _("Please try again, with the name in katakana and the date of birth as you registered them."),
        ),
        button=_("Try again"),
        link=page("/id/password/forgot/"),
        foot=_not_you(),
    )  # fmt: skip


@note("accounts.reset_elsewhere")
def reset_elsewhere() -> Note:
    return Note(
        subject=_("How to log in to your customer ID"),
        paragraphs=(
            _("Someone, probably you, said they had forgotten the password of your customer ID. It has no password of "
              "its own: you log in with the mailbox or the business account you have always used here."),
            _("If you have forgotten that password, please ask whoever gave you the mailbox or the account."),
        ),
        button=_("Go to the login page"),
        link=page("/id/login/"),
        foot=_not_you(),
    )  # fmt: skip


@note("accounts.reset_staff")
def reset_staff() -> Note:
    return Note(
        subject=_("Your password was not reset"),
        paragraphs=(
            _("Someone, probably you, said they had forgotten the password of your staff account. It cannot be reset "
              "by email. Please ask an administrator, who can give you a new password and a new authenticator."),
        ),
        foot=_("If it was not you, please tell an administrator."),
    )  # fmt: skip


def _replaced(first: str, ended: str) -> Note:
    return Note(
        subject=_("Your password was changed"),
        paragraphs=(first, ended),
        button=_("Set a new password"),
        link=page("/id/password/forgot/"),
        foot=_("If it was not you, please set a new password with the link above at once and tell us."),
    )


@note("accounts.password_changed")
def password_changed() -> Note:
    return _replaced(
        _("The password of your customer ID was changed on %(at)s. If it was you, there is nothing to do.")
        % {"at": slot("at")},
        _("Every other device was logged out, and the devices remembered for the phone verification were forgotten."),
    )


@note("accounts.password_reset")
def password_reset() -> Note:
    return _replaced(
        _("A new password was set for your customer ID with a link from an email on %(at)s. If it was you, there is "
          "nothing to do.")
        % {"at": slot("at")},
        _("Every device was logged out, and the devices remembered for the phone verification were forgotten."),
    )  # fmt: skip
