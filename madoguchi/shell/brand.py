"""The operator's colours: one setting in, a few custom properties out, readable whatever the setting says."""

import re

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# WCAG 2.2, 1.4.3: the least contrast of text with its background.
READABLE = 4.5
# For links where the operator's own colour is too light to read on white.
_PLAIN_LINK = "var(--color-primitive-blue-900)"


class WrongColour(ValueError):
    """Not of the form ``#rrggbb``; the text goes into a stylesheet and is never taken as it comes."""


def luminance(colour: str) -> float:
    """Relative luminance from 0 (black) to 1 (white) of ``#rrggbb``, as WCAG 2.2 defines it."""
    if not _COLOUR.fullmatch(colour):
        raise WrongColour("MADOGUCHI_OPERATOR_COLOUR cannot be used: a colour as #rrggbb is needed")
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def properties(colour: str) -> str:
    """CSS that re-brands the pages with ``colour`` (``#rrggbb``); raises WrongColour for anything else."""
    readable = contrast(colour, "#ffffff") >= READABLE
    return (
        ":root {\n"
        f"  --brand: {colour};\n"
        f"  --on-brand: {'#ffffff' if readable else '#000000'};\n"
        f"  --link: {colour if readable else _PLAIN_LINK};\n"
        "}\n"
    )
