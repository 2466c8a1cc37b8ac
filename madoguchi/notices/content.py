"""What staff write, as values: the part that stays for a notice's life, and what each report says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from madoguchi.catalog.models import Service


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A window of planned work; both ends aware. ``ValueError`` when it does not end after it starts."""

    starts_at: datetime
    ends_at: datetime
    spare: bool = False

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise ValueError("a window ends before it starts")

    def to_json(self) -> dict[str, str | bool]:
        return {"starts_at": _utc(self.starts_at), "ends_at": _utc(self.ends_at), "spare": self.spare}

    @classmethod
    def from_json(cls, kept: dict[str, str | bool]) -> "Period":
        return cls(
            starts_at=datetime.fromisoformat(str(kept["starts_at"])),
            ends_at=datetime.fromisoformat(str(kept["ends_at"])),
            spare=bool(kept["spare"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeContent:
    """Fixed at first publication: mail subjects, numbers and audiences hang on it.

    ``regions`` are prefecture codes, "00" nationwide, "99" abroad; empty is everywhere.
    ``contract_numbers`` empty means everybody on the services.
    """

    title_ja: str
    title_en: str = ""
    services: Sequence[Service] = ()
    regions: Sequence[str] = ()
    contract_numbers: Sequence[str] = ()
    external_reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportContent:
    """What one report says; every time is aware. ``state_after``, ``impact`` and ``severity`` are Notice's values."""

    state_after: str
    body_ja: str
    body_en: str = ""
    impact: str
    severity: str = "normal"
    emergency_calls_ja: str = ""
    emergency_calls_en: str = ""
    alternatives_ja: str = ""
    alternatives_en: str = ""
    started_at: datetime | None = None
    expected_end: datetime | None = None
    ended_at: datetime | None = None
    windows: Sequence[Period] = ()
    notify: bool = True
    next_report_due: datetime | None = None
    # Work: whether it moves by itself at the begin of its first main window and at the end of its last, whether those
    # reports are mailed, and how many hours before the begin reminders go out.
    starts_itself: bool = False
    ends_itself: bool = False
    notify_start: bool = True
    notify_end: bool = True
    remind_hours: Sequence[int] = ()
