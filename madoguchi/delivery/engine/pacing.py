"""Which groups of addresses are being left in peace. The rules are in ``docs/delivery.md``; no clock, no database."""

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
STRIKES = 5
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0


def group_of(address: str) -> str:
    """The group of an address: the operator behind its domain, or the domain itself."""
    domain = address.rpartition("@")[2].lower()
    return GROUPS.get(domain, domain)


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

    paused: dict[str, Pause] = field(default_factory=dict)

    def struck(self, address: str, now: float, *, at_once: bool = False) -> None:
        self.paused.setdefault(group_of(address), Pause()).strike(now, at_once=at_once)

    def accepted(self, address: str) -> None:
        if self.paused:
            self.paused.pop(group_of(address), None)

    def left(self, address: str, now: float) -> float:
        """Seconds to leave the group of ``address`` in peace."""
        if not self.paused:
            return 0.0
        pause = self.paused.get(group_of(address))
        return pause.left(now) if pause else 0.0
