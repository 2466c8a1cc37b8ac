"""Which letters leave in ISO-2022-JP, by the operator's choice: the table of ``docs/delivery.md``, "Bodies"."""

from collections.abc import Collection

from madoguchi.delivery.engine.pacing import GROUPS, OPERATORS, group_of

# What the setting may say beside the names of groups.
NONE, ALL = "off", "short"


def groups(text: str) -> frozenset[str]:
    """The groups of addresses in ``off``, ``short`` (every one) or ``docomo au example.jp``. Raises ValueError."""
    words = text.lower().split()
    if words in ([NONE], [ALL]):
        return frozenset(words) - {NONE}
    for word in words:
        if not (word in OPERATORS or "." in word):
            raise ValueError(f"{word} is no group and no domain")
    return frozenset(GROUPS.get(word, word) for word in words)


def is_old(chosen: Collection[str], *, language: str, format: str, address: str) -> bool:
    """Whether the letter leaves in ISO-2022-JP, not in UTF-8. ``chosen`` is what :func:`groups` made."""
    if not chosen or format != "short" or language != "ja":
        return False
    return ALL in chosen or group_of(address) in chosen
