"""Contact phones: what somebody typed, what kind of number it is, how a code can reach it, how much of it to show.

The kinds and their ways are the table in ``docs/verification.md``; a test reads it.
"""

import re
import unicodedata
from enum import StrEnum

import phonenumbers
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType

HOME = "JP"
_HOME_CODE = "+81"


class Channel(models.TextChoices):
    """How a code reaches a phone."""

    SMS = "sms", _("Text message (SMS)")
    VOICE = "voice", _("Voice call")


class PhoneKind(StrEnum):
    MOBILE = "mobile"
    FIXED = "fixed"
    IP_PHONE = "ip_phone"  # 050
    FREE_DIAL = "free_dial"
    PREMIUM = "premium"  # the caller, here the operator, would pay somebody's rate
    MACHINE = "machine"  # 020, 0200: pagers and machines
    SPECIAL = "special"  # three digits: emergency and services
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


_CHANNELS: dict[PhoneKind, tuple[Channel, ...]] = {
    PhoneKind.MOBILE: (Channel.SMS, Channel.VOICE),
    PhoneKind.FIXED: (Channel.VOICE,),
    PhoneKind.IP_PHONE: (Channel.VOICE,),
}
_KINDS = {
    PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.FIXED_LINE: PhoneKind.FIXED,
    PhoneNumberType.VOIP: PhoneKind.IP_PHONE,
    PhoneNumberType.TOLL_FREE: PhoneKind.FREE_DIAL,
    PhoneNumberType.PREMIUM_RATE: PhoneKind.PREMIUM,
    PhoneNumberType.UAN: PhoneKind.PREMIUM,  # 0570
    PhoneNumberType.PAGER: PhoneKind.MACHINE,
}
_IP_PHONE = re.compile(r"50\d{8}")
# phonenumbers knows the blocks assigned when it was released. For one it does not know, the national numbering
# plan's prefix decides (digits after the 0); first match wins.
_BY_PREFIX = (
    (re.compile(r"180\d{6}"), PhoneKind.PREMIUM),
    (re.compile(r"200\d{8}"), PhoneKind.MACHINE),
    (re.compile(r"20\d{8}"), PhoneKind.MACHINE),
    (re.compile(r"[6789]0\d{8}"), PhoneKind.MOBILE),
    (re.compile(r"[1-9]\d{8}"), PhoneKind.FIXED),
    (re.compile(r"1\d{2}"), PhoneKind.SPECIAL),
)
_DASHES = re.compile(r"[\s\-‐-―−ー－()（）.]")


def normalised(typed: str) -> str | None:
    """The E.164 form of a number typed in Japan, or None when it is no such number.

    Full-width digits, hyphens, spaces and parentheses are taken away first; ``+81`` counts as the leading 0.
    """
    digits = _DASHES.sub("", unicodedata.normalize("NFKC", typed))
    if digits.startswith(_HOME_CODE):
        digits = "0" + digits.removeprefix(_HOME_CODE).removeprefix("0")
    if not re.fullmatch(r"0[0-9]{9,10}", digits):
        return None
    return _HOME_CODE + digits[1:]


def national_digits(typed: str) -> str:
    """The digits of a part of a number as it is found in E.164: 050-0000-01 → 50000001; empty where there are none."""
    digits = _DASHES.sub("", unicodedata.normalize("NFKC", typed)).removeprefix(_HOME_CODE)
    return digits.removeprefix("0") if re.fullmatch(r"[0-9]{2,15}", digits) else ""


def kind(phone: str) -> PhoneKind:
    """What ``phone`` (E.164) is."""
    if not phone.startswith(_HOME_CODE):
        return PhoneKind.FOREIGN
    national = phone.removeprefix(_HOME_CODE)
    if _IP_PHONE.fullmatch(national):  # the plan alone: what confirms a 050 number is worth less elsewhere
        return PhoneKind.IP_PHONE
    by_library = _KINDS.get(phonenumbers.number_type(_parsed(phone)))
    if by_library:
        return by_library
    return next((found for pattern, found in _BY_PREFIX if pattern.fullmatch(national)), PhoneKind.UNKNOWN)


def accepted(kind: PhoneKind) -> bool:
    """Whether the operator takes a number of this kind as a proof; of those a code can reach, 050 is its choice."""
    return kind in _CHANNELS and (kind != PhoneKind.IP_PHONE or settings.ACCEPT_IP_PHONE)


def channels(phone: str) -> tuple[Channel, ...]:
    """The ways a code can reach ``phone`` (E.164); none means that only the operator can help."""
    found = kind(phone)
    return _CHANNELS[found] if accepted(found) else ()


def hint(phone: str) -> str:
    """The last three digits, by which the holder knows which phone is meant."""
    return phone[-3:]


def masked(phone: str) -> str:
    """As shown where the phone is not proven: ``********001``, as many stars as the typed number has digits."""
    return "*" * (len(phone) - len(_HOME_CODE) + 1 - 3) + hint(phone)


def display(phone: str) -> str:
    """As people write it at home: 090-0000-0001; foreign numbers in the international form."""
    if not phone.startswith(_HOME_CODE):
        return phonenumbers.format_number(_parsed(phone), PhoneNumberFormat.INTERNATIONAL)
    return phonenumbers.format_number(_parsed(phone), PhoneNumberFormat.NATIONAL)


def budget_prefix(phone: str) -> str:
    """The part of the numbering plan whose budget a code to ``phone`` is counted against: ``+8190``."""
    return phone[:5]


def prefix_display(prefix: str) -> str:
    """How numbers with a budget's prefix begin at home: ``090``."""
    return f"0{prefix.removeprefix(_HOME_CODE)}" if prefix.startswith(_HOME_CODE) else prefix


def _parsed(phone: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.parse(phone, HOME)
