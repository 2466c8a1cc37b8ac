"""Where a number is, by its first digits, in Japanese and English.

The areas of Japan stand in ``data/japan-areas.csv``, taken from libphonenumber's geocoding data (Apache-2.0) by
``python -m madoguchi.statements.areas``: that library loads every country's places, seconds of work and hundreds of
megabytes, to tell them. Countries come from the Unicode CLDR by way of Babel; codes of no country
are named here, after what ITU-T E.164 assigns them to.
"""

import csv
from functools import lru_cache
from pathlib import Path

import phonenumbers
from babel import Locale

FILE = Path(__file__).parent / "data" / "japan-areas.csv"

# Country codes that belong to no country, which the CLDR knows as “world” alone: names in Japanese and English.
OF_NO_COUNTRY = {
    800: ("国際フリーフォン", "International toll-free numbers"),
    808: ("国際分担課金番号", "International shared-cost numbers"),
    870: ("インマルサット衛星電話", "Inmarsat satellite phones"),
    878: ("国際パーソナル番号", "Universal personal numbers"),
    881: ("衛星電話", "Satellite phones"),
    882: ("国際ネットワーク", "International networks"),
    883: ("国際ネットワーク", "International networks"),
    888: ("災害救援", "Disaster relief"),
    979: ("国際情報料課金番号", "International premium-rate numbers"),
}


@lru_cache(maxsize=1)
def japan() -> dict[str, tuple[str, str]]:
    """Areas of Japan's fixed lines by prefix (digits with the country code): names in Japanese and English."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["prefix"]: (row["ja"], row["en"]) for row in csv.DictReader(file)}


@lru_cache(maxsize=50_000)
def area(e164: str) -> tuple[str, str]:
    """An area of Japan's fixed lines, a country, what a code of no country is for, or two empty strings; ja and en."""
    if e164.startswith("+81"):
        areas = japan()
        return next((areas[e164[1:n]] for n in range(len(e164), 3, -1) if e164[1:n] in areas), ("", ""))
    number = phonenumbers.parse(e164)
    if number.country_code in OF_NO_COUNTRY:
        return OF_NO_COUNTRY[number.country_code]
    code = phonenumbers.region_code_for_number(number)
    japanese, english = (Locale(language).territories.get(code or "", "") for language in ("ja", "en"))
    return japanese, english


def extract() -> None:
    """Write the file anew from the installed library."""
    from phonenumbers.geodata import GEOCODE_DATA

    rows = sorted((prefix, names) for prefix, names in GEOCODE_DATA.items() if prefix.startswith("81"))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["prefix", "ja", "en"])
        writer.writerows((prefix, *_both(names)) for prefix, names in rows)


def _both(names: dict[str, str]) -> tuple[str, str]:
    any_name = next(iter(names.values()))
    return names.get("ja", any_name), names.get("en", any_name)


if __name__ == "__main__":
    extract()
