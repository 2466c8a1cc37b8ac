"""Who sees the other party's number whole: it is theirs, not the customer's."""

from django.conf import settings

from madoguchi.accounts.models import Account
from madoguchi.contracts.models import Contract, CustomerLink


def sees_whole_numbers(account: Account, contract: Contract) -> bool:
    """Where the operator lets the holder of the contract see them; a colleague never does."""
    return (
        settings.WHOLE_NUMBERS == "holder"
        and contract.customer.links.filter(account=account, role=CustomerLink.Role.HOLDER).exists()
    )


def starred(written: str) -> str:
    """A number as people write it, its last four digits hidden wherever it is grouped: 0120-27*-***."""
    hidden = [place for place, sign in enumerate(written) if sign.isdigit()][-4:]
    return "".join("*" if place in hidden else sign for place, sign in enumerate(written))


def masked(number: str) -> str:
    """``number`` (E.164) without its last four digits; a special number (117) as it is."""
    return f"{number[:-4]}****" if number.startswith("+") else number
