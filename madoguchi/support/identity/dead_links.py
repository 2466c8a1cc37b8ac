"""What the ID's links say when they work no more: of the registration, of a forgotten password, of a new address."""

from django.utils.translation import gettext_lazy as _

from madoguchi.accounts.models import AddressChange, PasswordReset, Registration
from madoguchi.shell.dead_links import CLOSED, EXPIRED, REPLACED, UNKNOWN, USED, DeadLink, Way

_LOG_IN = Way("/id/login/", _("Go to the login page"))
_REGISTER = Way("/id/register/", _("Register again"))
_ASK = Way("/id/password/forgot/", _("Ask for a new link"))
_CHANGE = Way("/id/profile/email/", _("Change the email address"))
_PROFILE = Way("/id/profile/", _("To the profile"))

REGISTRATION = {
    Registration.End.COMPLETED: DeadLink(
        USED,
        _(
            "The registration was completed with it, and your customer ID is ready. Please log in with your email "
            "address and your password."
        ),
        (_LOG_IN,),
    ),
    Registration.End.EXISTING: DeadLink(
        _("This address has a customer ID already"),
        _(
            "Another registration of the same address was completed before this one. Please log in with the password "
            "of that registration."
        ),
        (_LOG_IN,),
    ),
    Registration.End.EXPIRED: DeadLink(
        EXPIRED,
        _(
            "A link is valid for 24 hours. What was entered has been deleted for your safety. Please register again; "
            "we will send a new link."
        ),
        (_REGISTER,),
    ),
    Registration.End.SUPERSEDED: DeadLink(
        REPLACED,
        _(
            "This address was registered again later, and only the last registration counts. Please open the link in "
            "the newest email."
        ),
        (_REGISTER,),
    ),
    Registration.End.WRONG_PASSWORDS: DeadLink(
        CLOSED,
        _(
            "A wrong password was entered five times, so the link was closed to protect you. Please register again; "
            "we will send a new link."
        ),
        (_REGISTER,),
    ),
    "": DeadLink(
        UNKNOWN,
        _(
            "The address of this page does not match any email of ours. Email programs sometimes break a long link "
            "over two lines: please copy the whole link from the email into your browser. If that does not help, "
            "register again."
        ),
        (_REGISTER,),
    ),
}
PASSWORD = {
    PasswordReset.End.COMPLETED: DeadLink(
        USED,
        _(
            "A new password was set with it. Please log in with that password. If it was not you, ask for a new link "
            "at once."
        ),
        (_LOG_IN, _ASK),
    ),
    PasswordReset.End.EXPIRED: DeadLink(
        EXPIRED,
        _("A link is valid for 30 minutes. Your password is as it was. Please ask for a new link."),
        (_ASK,),
    ),
    PasswordReset.End.SUPERSEDED: DeadLink(
        REPLACED,
        _("You asked again later, and only the newest link works. Please open the link in the newest email."),
        (_ASK,),
    ),
    PasswordReset.End.CHANGED: DeadLink(
        _("This link is no longer needed"),
        _(
            "The password or the email address of the customer ID was changed after this link was sent. If you need "
            "a new password, please ask for a new link."
        ),
        (_ASK,),
    ),
    PasswordReset.End.WRONG_CODES: DeadLink(
        CLOSED,
        _(
            "A wrong one-time code was entered five times, so the link was closed to protect you. Please ask for a "
            "new link."
        ),
        (_ASK,),
    ),
    "": DeadLink(
        UNKNOWN,
        _(
            "The address of this page does not match any email of ours. Email programs sometimes break a long link "
            "over two lines: please copy the whole link from the email into your browser. If that does not help, ask "
            "for a new link."
        ),
        (_ASK,),
    ),
}
EMAIL = {
    AddressChange.End.DONE: DeadLink(USED, _("The address is changed. There is nothing more to do."), (_PROFILE,)),
    AddressChange.End.EXPIRED: DeadLink(
        EXPIRED,
        _("A link works for 30 minutes. Your address is as it was. Please enter the new one again."),
        (_CHANGE, _PROFILE),
    ),
    AddressChange.End.SUPERSEDED: DeadLink(
        REPLACED,
        _("You asked again after this email, and the last link counts. Please open the newest email."),
        (_CHANGE, _PROFILE),
    ),
    AddressChange.End.CALLED_OFF: DeadLink(
        _("The change was called off"), _("You chose to keep the present address."), (_CHANGE, _PROFILE)
    ),
    AddressChange.End.TAKEN: DeadLink(
        _("This address already has a customer ID"),
        _(
            "It was registered for another customer ID meanwhile. An address can have only one. Please choose "
            "another one."
        ),
        (_CHANGE, _PROFILE),
    ),
    "": DeadLink(
        UNKNOWN,
        _(
            "Part of the link may be missing: please copy the whole of it from the email. It works only while you "
            "are logged in with the ID that asked for it."
        ),
        (_CHANGE, _PROFILE),
    ),
}
