"""Every end a link of the ID can come to has words of its own."""

import pytest

from madoguchi.accounts.models import AddressChange, PasswordReset, Registration
from madoguchi.support.identity import dead_links


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (set(Registration.End), dead_links.REGISTRATION),
        (set(PasswordReset.End) - {PasswordReset.End.ANSWERED}, dead_links.PASSWORD),  # that mail had no link
        (set(AddressChange.End), dead_links.EMAIL),
    ],
)
def test_every_end_of_a_link_is_told(ends, said):
    assert set(said) == {"", *ends}
    assert len({str(dead.words) for dead in said.values()}) == len(said)
