"""Registration numbers of issuers of qualified invoices (登録番号): T and the 13 digits of a corporate number.

The first digit checks the other twelve: nine less the remainder that the sum of the digits leaves divided by nine, each
second digit from the right counted twice. Source: the rule for corporate numbers (法人番号の指定等に関する省令 第2条).
"""

import re


def checked(typed: str) -> str:
    """``typed`` as it is printed, ``T1234567890123``. Raises :class:`ValueError` for what cannot be a number."""
    number = typed.replace("-", "").replace(" ", "").upper()
    if not re.fullmatch(r"T[0-9]{13}", number):
        raise ValueError("T and 13 digits")
    if int(number[1]) != check_digit(number[2:]):
        raise ValueError("the check digit is another one")
    return number


def check_digit(digits: str) -> int:
    """Of twelve digits."""
    counted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return 9 - counted % 9
