"""``{% load identity %}``: the ledger in words."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from madoguchi.accounts import agents
from madoguchi.accounts.history import Entry
from madoguchi.accounts.models import AuthEvent
from madoguchi.statements.reading import look_words

register = template.Library()

_M = AuthEvent.Method
Words = dict[str, str | Promise]

HOW: Words = {
    _M.PASSWORD: gettext_lazy("password"),
    _M.MAILBOX: gettext_lazy("mailbox"),
    _M.BUSINESS: gettext_lazy("business account"),
    _M.PASSKEY: gettext_lazy("passkey"),
    _M.REGISTRATION: gettext_lazy("registration"),
    _M.TOTP: gettext_lazy("one-time code"),
    _M.RECOVERY_CODE: gettext_lazy("recovery code"),
}
WHAT: Words = {
    "login": gettext_lazy("Login"),
    "again": gettext_lazy("Confirmed again"),
    _M.LOGOUT: gettext_lazy("Logout"),
    _M.SESSION_ENDED: gettext_lazy("Other devices logged out"),
    _M.DEVICE_FORGOTTEN: gettext_lazy("Remembered device forgotten"),
    _M.CALL_RECORDS: gettext_lazy("Call records looked at"),
    _M.CONTACT_PHONE: gettext_lazy("Contact phone"),
    _M.PASSWORD_CHANGED: gettext_lazy("Password changed"),
    _M.PASSWORD_RESET: gettext_lazy("New password set by email"),
    _M.EMAIL_CHANGED: gettext_lazy("Email address changed"),
    _M.PROFILE_CHANGED: gettext_lazy("Profile changed"),
    _M.TOTP_ON: gettext_lazy("One-time password set up"),
    _M.TOTP_OFF: gettext_lazy("One-time password switched off"),
    _M.PASSKEY_ADDED: gettext_lazy("Passkey added"),
    _M.PASSKEY_REMOVED: gettext_lazy("Passkey removed"),
    _M.RECOVERY_CODES: gettext_lazy("New recovery codes"),
    _M.CONTACT_PHONE_CHANGED: gettext_lazy("Contact phone of a contract changed"),
    _M.CONTRACT_LINKED: gettext_lazy("Contract linked"),
    _M.CONTRACT_UNLINKED: gettext_lazy("Contract unlinked"),
    _M.BUSINESS_LINKED: gettext_lazy("Business account connected"),
    _M.BUSINESS_UNLINKED: gettext_lazy("Business account disconnected"),
    _M.SITE_CONNECTED: gettext_lazy("Site connected"),
    _M.SITE_DISCONNECTED: gettext_lazy("Site disconnected"),
    _M.TERMS_ACCEPTED: gettext_lazy("Terms agreed to"),
    _M.EXPORTED: gettext_lazy("Data downloaded"),
    _M.UNLOCKED: gettext_lazy("Unlocked by the operator"),
    _M.CLOSED: gettext_lazy("Customer ID closed"),
}
# What a PROFILE_CHANGED event says in its detail.
PROFILE: Words = {
    "name": gettext_lazy("name"),
    "birth_date": gettext_lazy("date of birth"),
    "language": gettext_lazy("language"),
    "time_zone": gettext_lazy("time zone"),
}
# What a CONTACT_PHONE event says in its detail.
PHONE: Words = {
    "sms": gettext_lazy("code by text message"),
    "voice": gettext_lazy("code by call"),
    "ip_phone": gettext_lazy("code by call to an IP phone"),
    "device": gettext_lazy("remembered device"),
    "ip_phone_device": gettext_lazy("remembered device"),
    "wrong_phone": gettext_lazy("another telephone number"),
    "wrong_code": gettext_lazy("wrong code"),
    "device_reused": gettext_lazy("copy of a remembered device"),
}
# What an UNLOCKED event says in its detail.
LOCKS: Words = {
    "login": gettext_lazy("after wrong passwords"),
    "login_code": gettext_lazy("after wrong one-time codes"),
    "wrong_phones": gettext_lazy("after other telephone numbers"),
    "wrong_codes": gettext_lazy("after wrong codes from the contact phone"),
    "codes_sent": gettext_lazy("after many codes to the contact phone"),
    "linking": gettext_lazy("for customer numbers to link"),
    "new_phones": gettext_lazy("for new contact phones"),
}
# Who did it, where it was somebody else.
BY: Words = {
    "staff": gettext_lazy("by the operator"),
    "by_another": gettext_lazy("by the holder of the contract"),
}
_DETAILS: dict[str, Words] = {
    _M.PROFILE_CHANGED: PROFILE,
    _M.CONTACT_PHONE: PHONE,
    _M.UNLOCKED: LOCKS,
    _M.SESSION_ENDED: BY,
    _M.CONTRACT_UNLINKED: BY,
}


@register.filter
def device_in_words(agent: str) -> str:
    return agents.in_words(agent)


@register.filter
def device_icon(agent: str) -> str:
    return "smartphone" if agents.is_handheld(agent) else "pc"


@register.filter
def what_in_words(entry: Entry) -> str:
    if entry.event.method == _M.SESSION_ENDED and entry.event.detail == "staff":
        return _("Every device logged out")
    return str(WHAT.get(entry.what, entry.what))


@register.filter
def more_in_words(entry: Entry) -> str:
    """How, of what, or by whom: the line below what was done; may be empty."""
    if entry.how:
        plus = str(pgettext_lazy("between two factors of a login", " + "))
        return plus.join(str(HOW[method]) for method in entry.how)
    event = entry.event
    more = str(_DETAILS.get(event.method, {}).get(event.detail, ""))
    if event.method == _M.CALL_RECORDS:
        more = look_words.words(event.detail)
    if event.contract_number:
        contract = _("contract %(number)s") % {"number": event.contract_number}
        return str(pgettext_lazy("between two facts", ", ")).join(filter(None, (contract, more)))
    return more


@register.filter
def outcome_in_words(entry: Entry) -> str:
    if entry.unfinished:
        return _("Not completed")
    return _("Success") if entry.event.succeeded else _("Failure")
