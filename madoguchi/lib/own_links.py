"""The operator's own links for My page, written as JSON: applications, changes of plan, payment and the like."""

import json
from dataclasses import dataclass

MOST = 12


@dataclass(frozen=True, slots=True)
class OwnLink:
    """What it is called in both languages, and where it leads: a path of this site, or an address with https."""

    name_ja: str
    name_en: str
    href: str

    @property
    def elsewhere(self) -> bool:
        return not self.href.startswith("/")


def read(text: str) -> tuple[OwnLink, ...]:
    """``[{"ja": "お申し込み", "en": "Apply", "href": "https://…"}]``. Raises :class:`ValueError`."""
    try:
        rows = json.loads(text)
        links = tuple(OwnLink(str(row["ja"]).strip(), str(row["en"]).strip(), str(row["href"])) for row in rows)
    except (TypeError, KeyError) as error:
        raise ValueError("a list of objects with ja, en and href") from error
    if len(links) > MOST:
        raise ValueError(f"at most {MOST}")
    for link in links:
        safe = link.href.startswith("https://") or (link.href.startswith("/") and not link.href.startswith("//"))
        if not (link.name_ja and link.name_en and safe):
            raise ValueError("each needs ja, en, and an href that begins with / or https://")
    return links
