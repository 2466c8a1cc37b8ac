"""What goes out, and what comes back."""

from madoguchi.delivery.models.callbacks import SeenCallback
from madoguchi.delivery.models.counts import DayCount, DomainCount, Reading
from madoguchi.delivery.models.letters import LANES, Letter, Mailing
from madoguchi.delivery.models.returns import DomainHold, Refusal, Return, ReturnTally, Suppression
from madoguchi.delivery.models.state import GroupPause, RelayState

__all__ = [
    "LANES",
    "DayCount",
    "DomainCount",
    "DomainHold",
    "GroupPause",
    "Letter",
    "Mailing",
    "Reading",
    "Refusal",
    "RelayState",
    "Return",
    "ReturnTally",
    "SeenCallback",
    "Suppression",
]
