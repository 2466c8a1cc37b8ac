"""The kinds of contract whose usage is calls: there charges come in with each record, and can be told of."""

from madoguchi.contracts.models import UsageKind

VOICE = (UsageKind.IP050, UsageKind.OPTICAL, UsageKind.PHONE)
