"""What the operator's systems tell and are told about customers and contracts, as types."""

from datetime import date
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

MOST_ROWS = 1000

CustomerNumber = Annotated[str, StringConstraints(pattern=r"^N[0-9]{9}$")]
ContractNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]([A-Z0-9-]{0,18}[A-Z0-9])?$")]
Words = Annotated[str, StringConstraints(max_length=120, min_length=1)]
Telephone = Annotated[str, StringConstraints(max_length=30, min_length=1)]
Address = Annotated[str, StringConstraints(max_length=254, min_length=3)]
Role = Literal["holder", "colleague"]
UsageKind = Literal["internet", "optical", "phone", "mobile", "ip050"]


class Told(Schema):
    """A misspelt name is an error, not something left out."""

    model_config = ConfigDict(extra="forbid")


class CustomerIn(Told):
    name: Words
    name_kana: Annotated[str, StringConstraints(max_length=120)] = ""


class ContractIn(Told):
    customer: CustomerNumber
    service: Words = Field(description="The slug of the catalogue.")
    plan: Annotated[str, StringConstraints(max_length=100)] = ""
    plan_en: Annotated[str, StringConstraints(max_length=100)] = Field("", description="The plan in English.")
    usage_kind: UsageKind
    contact_phone: Telephone = Field(description="E.164, or as dialled in Japan.")
    started_on: date
    ended_on: date | None = Field(None, description="Its last day.")


class NumberIn(Told):
    number: Telephone = Field(description="E.164, or as dialled in Japan.")
    started_on: date
    ended_on: date | None = Field(None, description="The last day the contract has it.")


class RoleIn(Told):
    email: Address = Field(description="The mail address of a customer ID.")
    role: Role
    contracts: Annotated[list[ContractNumber], Field(max_length=MOST_ROWS)] = Field(
        default_factory=list, description="What a colleague sees; empty for a holder, who sees all."
    )


class CustomerRow(CustomerIn):
    number: CustomerNumber


class ContractRow(ContractIn):
    number: ContractNumber


class NumberRow(NumberIn):
    contract: ContractNumber


class RoleRow(RoleIn):
    customer: CustomerNumber


class BatchIn(Told):
    """Up to 1,000 rows of each kind."""

    customers: Annotated[list[CustomerRow], Field(max_length=MOST_ROWS)] = Field(default_factory=list)
    contracts: Annotated[list[ContractRow], Field(max_length=MOST_ROWS)] = Field(default_factory=list)
    numbers: Annotated[list[NumberRow], Field(max_length=MOST_ROWS)] = Field(default_factory=list)
    roles: Annotated[list[RoleRow], Field(max_length=MOST_ROWS)] = Field(default_factory=list)
    only_check: bool = Field(False, description="Say what would become of it, and store nothing.")


class Counts(Schema):
    new: int
    changed: int
    same: int


class BatchOut(Schema):
    stored: bool
    customers: Counts
    contracts: Counts
    numbers: Counts
    roles: Counts


class CustomerOut(Schema):
    number: str
    name: str
    name_kana: str


class NumberOut(Schema):
    number: str = Field(description="E.164.")
    started_on: date
    ended_on: date | None


class ContractOut(Schema):
    number: str
    customer: str
    service: str
    plan: str
    plan_en: str
    usage_kind: UsageKind
    contact_phone: str = Field(description="E.164.")
    started_on: date
    ended_on: date | None
    numbers: list[NumberOut] = Field(description="Held now, before and later.")


class RoleOut(Schema):
    email: str
    role: Role
    contracts: list[str]
