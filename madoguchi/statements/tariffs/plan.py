"""Which numbers there are to have a price: country codes, Japan's ranges, and how long numbers get.

Sources: ITU-T E.164 country codes and lengths from libphonenumber's own data, Japan's ranges from the ministry's
numbering plan (as :mod:`..numbers` reads them), names of countries from the Unicode CLDR.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from madoguchi.shell import languages
from madoguchi.statements import areas
from madoguchi.statements.numbers import LENGTHS, OTHER_LENGTH

JAPAN = 81
SPECIAL = "810"  # special numbers stand after it (docs/rating.md)
LONGEST_SPECIAL = len(SPECIAL) + 4  # #7119

# What is dialled in Japan beside fixed lines: words and the prefixes that make it up.
JAPANESE: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (pgettext_lazy("numbers", "Mobiles beginning with 060"), tuple(f"8160{digit}" for digit in "123456789")),
    (pgettext_lazy("numbers", "Mobiles beginning with 070, 080 and 090"), ("8170", "8180", "8190")),
    (pgettext_lazy("numbers", "Numbers beginning with 050"), ("8150",)),
    (pgettext_lazy("numbers", "Toll-free numbers 0120 and 0800"), ("81120", "81800")),
    (pgettext_lazy("numbers", "0570 numbers"), ("81570",)),
    (pgettext_lazy("numbers", "0180 numbers"), ("81180",)),
    (pgettext_lazy("numbers", "0990 numbers"), ("81990",)),
    (pgettext_lazy("numbers", "020 numbers"), ("8120",)),
    (pgettext_lazy("numbers", "Emergency calls 110, 118 and 119"), ("810110", "810118", "810119")),
    (
        pgettext_lazy("numbers", "Special numbers such as 104, 115, 117, 171, 177, 188 and 189"),
        tuple(SPECIAL + number for number in ("104", "115", "117", "171", "177", "188", "189")),
    ),
    (pgettext_lazy("numbers", "Numbers such as #7119, #7110 and #9110"), ("8107119", "8107110", "8109110")),
)


@dataclass(frozen=True, slots=True)
class Region:
    """A country or territory, and one number of each type it has, as digits with the country code."""

    code: int
    region: str  # ISO 3166, or 001
    examples: tuple[str, ...]


@lru_cache(maxsize=1)
def regions() -> tuple[Region, ...]:
    """Everything abroad that libphonenumber knows, by country code. Takes a second the first time."""
    found = []
    for code, names in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        if code != JAPAN:
            found += [Region(code, name, _examples(code, name)) for name in names]
    return tuple(found)


def _examples(code: int, region: str) -> tuple[str, ...]:
    if region == "001":
        number = phonenumbers.example_number_for_non_geo_entity(code)
        return (f"{code}{phonenumbers.national_significant_number(number)}",) if number else ()
    numbers = (phonenumbers.example_number_for_type(region, kind) for kind in range(11))
    return tuple(sorted({f"{code}{phonenumbers.national_significant_number(number)}" for number in numbers if number}))


def area_name(prefix: str) -> str:
    """An area of Japan's fixed lines in the active language."""
    return _in_language(areas.japan()[prefix])


def _in_language(names: tuple[str, str]) -> str:
    japanese, english = names
    return english if languages.current() == "en" else japanese


def region_name(code: int, region: str) -> str:
    """In the active language; of a code of no country, what it is for."""
    if region == "001":
        return _in_language(areas.OF_NO_COUNTRY.get(code, (str(code), str(code))))
    return str(Locale(languages.current()).territories.get(region, region))


def country_code(prefix: str) -> int | None:
    """The code that all numbers with the prefix have; None where it is shorter than any, or there is none."""
    return next(
        (int(prefix[:n]) for n in (1, 2, 3) if int(prefix[:n] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), None
    )


def begins_a_code(prefix: str) -> bool:
    """Whether some country code begins like it, or it begins with one."""
    if country_code(prefix) is not None:
        return True
    return any(str(code).startswith(prefix) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@lru_cache(maxsize=300)
def _longest_abroad(code: int) -> int:
    national = 0
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        data = (
            phonenumbers.PhoneMetadata.metadata_for_nongeo_region(code)
            if region == "001"
            else phonenumbers.PhoneMetadata.metadata_for_region(region)
        )
        if data and data.general_desc:
            national = max(national, *data.general_desc.possible_length)
    return len(str(code)) + national


def longest(prefix: str) -> int | None:
    """Most digits, country code included, of a number that begins with the prefix; None where no code does."""
    code = country_code(prefix)
    if code is None:
        return None
    if code != JAPAN:
        return min(_longest_abroad(code), 15)
    if prefix.startswith(SPECIAL):
        return LONGEST_SPECIAL
    national = prefix[2:]
    fitting = [
        length
        for length, heads in LENGTHS
        if any(head.startswith(national) or national.startswith(head) for head in heads)
    ]
    return 2 + max([*fitting, OTHER_LENGTH])


def prefixes_meant(text: str) -> list[str]:
    """What somebody looks for among rules: digits of a prefix, a number in Japan from its 0, or words of a country."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = plain.lstrip("+").replace("-", "").replace(" ", "")
    if digits.isascii() and digits.isdigit():
        return [f"{JAPAN}{digits[1:]}" if digits.startswith("0") else digits[:15]]
    wanted = plain.casefold()
    named = ((str(region.code), _names(region.code, region.region)) for region in regions())
    found = {code for code, names in named if any(wanted in name.casefold() for name in names)}
    found |= {prefix for prefix, names in areas.japan().items() if any(wanted in name.casefold() for name in names)}
    if any(wanted in name.casefold() for name in _names(JAPAN, "JP")):
        found.add(str(JAPAN))
    return sorted(found)


def _names(code: int, region: str) -> list[str]:
    if region == "001":
        return list(areas.OF_NO_COUNTRY.get(code, ()))
    return [region, *(Locale(language).territories.get(region, "") for language in ("ja", "en"))]


def where(prefix: str) -> str:
    """The country, or the area of Japan, that a prefix lies in; empty where it says none."""
    code = country_code(prefix)
    if code is None:
        return ""
    if code == JAPAN:
        area = next((prefix[:n] for n in range(len(prefix), 2, -1) if prefix[:n] in areas.japan()), "")
        return area_name(area) if area else region_name(JAPAN, "JP")
    names = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    return region_name(code, names[0]) + (" …" if names[1:] else "")
