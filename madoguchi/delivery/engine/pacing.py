"""How fast letters may go, and which groups of addresses are left in peace.

The rules are in ``docs/delivery.md``; no clock, no database.
"""

from dataclasses import dataclass, field

# Domains whose mail is taken by the same servers back off together.
GROUPS = {
    "docomo.ne.jp": "docomo",
    "ezweb.ne.jp": "au",
    "au.com": "au",
    "biz.au.com": "au",
    "uqmobile.jp": "au",
    "softbank.ne.jp": "softbank",
    "i.softbank.jp": "softbank",
    "vodafone.ne.jp": "softbank",
    "ymobile.ne.jp": "softbank",
    "rakumail.jp": "rakuten",
    "gmail.com": "google",
    "googlemail.com": "google",
    "outlook.com": "microsoft",
    "outlook.jp": "microsoft",
    "hotmail.com": "microsoft",
    "hotmail.co.jp": "microsoft",
    "live.jp": "microsoft",
    "icloud.com": "apple",
    "me.com": "apple",
    "yahoo.co.jp": "yahoo-japan",
    "ymail.ne.jp": "yahoo-japan",
    "yahoo.com": "yahoo",
}
OPERATORS = frozenset(GROUPS.values())
STRIKES = 5
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0


def group_of(address: str) -> str:
    """The group of an address: the operator behind its domain, or the domain itself."""
    domain = address.rpartition("@")[2].lower()
    return GROUPS.get(domain, domain)


@dataclass(slots=True)
class Rate:
    """So many a second, evenly; after a rest a tenth of a second's worth at once. Times are of one steady clock."""

    per_second: float
    next_at: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until one more may go; 0 when it may now."""
        at_once = max(1.0, self.per_second / 10)
        return max(0.0, self.next_at - now - (at_once - 1) / self.per_second)

    def take(self, now: float) -> None:
        """One goes. Whoever goes without asking (a code) is counted all the same: the others wait for it."""
        self.next_at = max(self.next_at, now) + 1 / self.per_second


@dataclass(frozen=True, slots=True)
class Limit:
    """What a group of addresses is sent at most by one worker; ``None`` means as much as comes."""

    rate: float | None = None  # letters a second
    connections: int | None = None  # letters on the way at a time


def limits(text: str) -> dict[str, Limit]:
    """The limits in ``docomo=rate:50,connections:2 example.jp=rate:1``, by group. Raises :class:`ValueError`."""
    found: dict[str, Limit] = {}
    for word in text.split():
        name, equals, rest = word.partition("=")
        group = name.lower()
        if not equals or not (group in OPERATORS or "." in group):
            raise ValueError(f"{name} is no group and no domain")
        pairs = dict(pair.split(":", 1) for pair in rest.split(",") if ":" in pair)
        if not pairs or set(pairs) - {"rate", "connections"} or len(pairs) != rest.count(",") + 1:
            raise ValueError(f"the limits of {name} are rate:… and connections:…")
        rate = float(pairs["rate"]) if "rate" in pairs else None
        connections = int(pairs["connections"]) if "connections" in pairs else None
        if (rate is not None and not rate > 0) or (connections is not None and connections < 1):
            raise ValueError(f"a limit of {name} is too small")
        found[GROUPS.get(group, group)] = Limit(rate, connections)
    return found


@dataclass
class Pause:
    """Growing pauses after repeated trouble, forgotten at the first success. Times are seconds of one steady clock."""

    strikes_allowed: int = STRIKES
    first: float = FIRST_PAUSE
    longest: float = LONGEST_PAUSE
    strikes: int = 0
    pauses: int = 0
    until: float = 0.0

    def strike(self, now: float, *, at_once: bool = False) -> None:
        """Note a temporary failure. Enough of them in a row, or one that says "go away", begin a pause."""
        if now < self.until:
            return  # it was on its way before the pause began
        self.strikes += 1
        # After a pause one failure is enough: nothing has become better.
        if at_once or self.pauses or self.strikes >= self.strikes_allowed:
            self.until = now + min(self.first * 2**self.pauses, self.longest)
            self.pauses += 1
            self.strikes = 0

    def left(self, now: float) -> float:
        """Seconds until the pause ends; 0 when there is none."""
        return max(0.0, self.until - now)


@dataclass
class Pacing:
    """The pauses of all groups that gave trouble lately; the others cost nothing."""

    first: float = FIRST_PAUSE
    paused: dict[str, Pause] = field(default_factory=dict)

    def struck(self, address: str, now: float, *, at_once: bool = False) -> None:
        self.paused.setdefault(group_of(address), Pause(first=self.first)).strike(now, at_once=at_once)

    def accepted(self, address: str) -> None:
        if self.paused:
            self.paused.pop(group_of(address), None)

    def pauses(self, now: float) -> dict[str, float]:
        """The groups in a pause, and seconds until it ends."""
        return {group: pause.left(now) for group, pause in self.paused.items() if pause.left(now)}

    def left(self, address: str, now: float) -> float:
        """Seconds to leave the group of ``address`` in peace."""
        if not self.paused:
            return 0.0
        pause = self.paused.get(group_of(address))
        return pause.left(now) if pause else 0.0
