"""The words of the mails that :mod:`.telling` sends, and of those that go to a new address."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from madoguchi.accounts.models import Account, AddressChange
from madoguchi.delivery.notes import Note, draft, note, page
from madoguchi.delivery.renderers import Draft, register, slot


def _facts() -> tuple[tuple[str, str], ...]:
    return (
        (_("When"), slot("at")),
        (_("Device"), slot("device")),
        (_("Network address"), slot("network")),
    )


def _contact() -> str:
    """Where the operator can be told."""
    return page("/contact/")


def _watched(name: str) -> Callable[[Callable[[], Note]], Callable[[], Note]]:
    """Register the note, which says what was done with the ID, with what to do if it was somebody else: under ``name``
    for an ID with a password of its own, under ``name.elsewhere`` for one whose password is a mailbox's or a business
    account's (:func:`.telling.tell_of` chooses)."""

    def decorate(make: Callable[[], Note]) -> Callable[[], Note]:
        note(name)(lambda: _with_new_password(make()))
        note(f"{name}.elsewhere")(lambda: _with_devices(make()))
        return make

    return decorate


def _with_new_password(done: Note) -> Note:
    return replace(
        done,
        button=_("Set a new password"),
        link=page("/id/password/forgot/"),
        foot=_(
            "If it was not you, somebody else may know your password: set a new one at once with the link above. All "
            "devices are then logged out."
        ),
    )


def _with_devices(done: Note) -> Note:
    return replace(
        done,
        button=_("Log out other devices"),
        link=page("/id/sessions/"),
        foot=_(
            "If it was not you, somebody else may know the password of your mailbox or business account: change it at "
            "once where you got it, then log out the other devices with the link above."
        ),
    )


@_watched("accounts.new_device")
def new_device() -> Note:
    return Note(
        subject=_("A login from a new device"),
        paragraphs=(
            _("Your customer ID was used to log in on a device we had not seen before. If it was you, there is nothing "
              "to do."),
        ),
        facts=_facts(),
        foot="",
    )  # fmt: skip


@note("accounts.told.email_changed")
def email_changed() -> Note:
    """To the old address, which can no longer reset the password: so it leads to the operator."""
    return Note(
        subject=_("The email address of your customer ID was changed"),
        paragraphs=(
            _("Your customer ID has another email address now. Mail about it goes there from now on, and that address "
              "is what to log in with. This one gets this last email."),
        ),
        facts=_facts(),
        button=_("Tell us it was not me"),
        link=_contact(),
        foot=_("If it was not you, please tell us at once with the link above. Do not delete this email: it shows "
               "that the ID was yours."),
    )  # fmt: skip


def _profile(what: str) -> Note:
    return Note(
        subject=_("Your customer ID was changed"),
        paragraphs=(what, _("If it was you, there is nothing to do.")),
        facts=_facts(),
        foot="",
    )


@_watched("accounts.told.profile_changed.name")
def name_changed() -> Note:
    return _profile(_("The name of your customer ID was changed."))


@_watched("accounts.told.profile_changed.birth_date")
def birth_date_changed() -> Note:
    return _profile(_("The date of birth of your customer ID was changed."))


@_watched("accounts.told.profile_changed.language")
def language_changed() -> Note:
    return _profile(_("The language of your customer ID was changed. Emails are in English from now on."))


@_watched("accounts.told.profile_changed.time_zone")
def time_zone_changed() -> Note:
    return _profile(_("The time zone of your customer ID was changed. Your delivery hours go by its clock."))


@_watched("accounts.told.business_linked")
def business_linked() -> Note:
    return _profile(_("A business account was connected to your customer ID. Whoever logs in with it opens the ID."))


@_watched("accounts.told.business_unlinked")
def business_unlinked() -> Note:
    return _profile(_("A business account was disconnected from your customer ID."))


@_watched("accounts.told.exported")
def exported() -> Note:
    return Note(
        subject=_("Your data was downloaded"),
        paragraphs=(
            _("Everything we keep about you was downloaded with your customer ID. If it was you, there is nothing to "
              "do."),
        ),
        facts=_facts(),
        foot="",
    )  # fmt: skip


@note("accounts.told.closed")
def closed() -> Note:
    return Note(
        subject=_("Your customer ID is closed"),
        paragraphs=(
            _("Your customer ID is closed, and what it held about you is deleted. Your contracts go on as before."),
            _("You can register a new customer ID with this address at any time."),
        ),
        facts=_facts(),
        button=_("Register a customer ID"),
        link=page("/id/register/"),
        foot=_("If it was not you, please tell us at once: %(contact)s") % {"contact": _contact()},
    )


def _new_address() -> Note:
    return Note(
        subject=_("Confirm your new email address"),
        paragraphs=(
            _("Please open this link within 30 minutes and press the button there. Until then your customer ID keeps "
              "its present address. The link works once, and only while you are logged in."),
        ),
        button=_("Confirm this address"),
        link=slot("link"),
        copyable=True,
        foot=_("If you asked for no change, someone may have mistyped an address. Please do nothing: without you "
               "nothing is changed."),
    )  # fmt: skip


def _own_address() -> Note:
    return Note(
        subject=_("Check that email reaches you again"),
        paragraphs=(
            _("Email to this address, the one of your customer ID, had come back. Please open this link within 30 "
              "minutes and press the button there; then we write to it again. The link works once, and only while you "
              "are logged in."),
        ),
        button=_("Email arrives here"),
        link=slot("link"),
        copyable=True,
        foot=_("If you did not ask for this, please do nothing."),
    )  # fmt: skip


def _address_taken() -> Note:
    return Note(
        subject=_("This address already has a customer ID"),
        paragraphs=(
            _("Someone, probably you, wanted to use this address for another customer ID. It belongs to a customer ID "
              "already, and an address can have only one. Nothing was changed."),
            _("If both IDs are yours, log in with this address, or choose another address for the other ID."),
        ),
        button=_("Go to the login page"),
        link=page("/id/login/"),
        foot=_("If it was not you, please do nothing: your customer ID and its password stay as they are."),
    )  # fmt: skip


def new_address(reference: str, language: str, format: str) -> Draft:
    """To the address of the change ``reference``: the link, or the word that another ID has the address.

    The ID's own address is asked to prove that mail reaches it again.
    """
    email, owner = AddressChange.objects.values_list("email", "account_id").get(pk=reference)
    taken = bool(email) and Account.objects.filter(email=email).exclude(pk=owner).exists()
    own = bool(email) and Account.objects.filter(email=email, pk=owner).exists()
    return draft(_own_address if own else _address_taken if taken else _new_address, language, format)


register("accounts.new_address", new_address)
