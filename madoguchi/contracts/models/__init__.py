"""Customers and their contracts, who may see them, and what proves the phone of a contract."""

from .budgets import BudgetAlarm
from .customers import Contract, Customer, CustomerLink, TelephoneNumber, UsageKind
from .dispatches import Dispatch
from .labels import NumberLabel
from .operator_tokens import OperatorToken, TokenAct
from .passcodes import Passcode
from .phone_changes import PhoneChange
from .proofs import PhoneEntry, PhoneProof, RetiredSecret, TrustedDevice, TrustedPhone
from .uploads import Upload, UploadFile

__all__ = [
    "BudgetAlarm",
    "Contract",
    "Customer",
    "CustomerLink",
    "Dispatch",
    "NumberLabel",
    "OperatorToken",
    "Passcode",
    "PhoneChange",
    "PhoneEntry",
    "PhoneProof",
    "RetiredSecret",
    "TelephoneNumber",
    "TokenAct",
    "TrustedDevice",
    "TrustedPhone",
    "Upload",
    "UploadFile",
    "UsageKind",
]
