"""Customers and their contracts, who may see them, and what proves the phone of a contract."""

from .budgets import BudgetAlarm
from .customers import Contract, Customer, CustomerLink, TelephoneNumber, UsageKind
from .dispatches import Dispatch
from .passcodes import Passcode
from .phone_changes import PhoneChange
from .proofs import PhoneEntry, PhoneProof, RetiredSecret, TrustedDevice, TrustedPhone

__all__ = [
    "BudgetAlarm",
    "Contract",
    "Customer",
    "CustomerLink",
    "Dispatch",
    "Passcode",
    "PhoneChange",
    "PhoneEntry",
    "PhoneProof",
    "RetiredSecret",
    "TelephoneNumber",
    "TrustedDevice",
    "TrustedPhone",
    "UsageKind",
]
