"""What goes out, and what comes back."""

from madoguchi.delivery.models.callbacks import SeenCallback
from madoguchi.delivery.models.letters import LANES, Letter, Mailing
from madoguchi.delivery.models.returns import Return, ReturnTally, Suppression

__all__ = ["LANES", "Letter", "Mailing", "Return", "ReturnTally", "SeenCallback", "Suppression"]
