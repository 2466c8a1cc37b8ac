"""Customers and their contracts, who may see them, and what proves the phone of a contract."""

from .customers import Contract, Customer, CustomerLink, TelephoneNumber, UsageKind
from .passcodes import Dispatch, Passcode
from .proofs import PhoneEntry, PhoneProof, RetiredSecret, TrustedDevice, TrustedPhone

__all__ = [
    "Contract",
    "Customer",
    "CustomerLink",
    "Dispatch",
    "Passcode",
    "PhoneEntry",
    "PhoneProof",
    "RetiredSecret",
    "TelephoneNumber",
    "TrustedDevice",
    "TrustedPhone",
    "UsageKind",
]
