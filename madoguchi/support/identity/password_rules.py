"""What the list beside a new password says: from the same source as the server's check."""

from madoguchi.accounts import passwords


def shown(*, second_factor: bool = False) -> dict[str, object]:
    """For the template ``identity/password_rules.html``."""
    return {
        "rules": passwords.profile(second_factor=second_factor).rules,
        "refused": [passwords.NOT_YOURS, passwords.NOT_COMMON],
    }
