"""The archive of a closed month: its calls, what was put right on it, and its bills as Parquet, with a manifest."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection, transaction

from .models import BillingMonth, MonthArchive

BATCH = 32 << 20  # bytes of CSV written as one row group, some 200,000 calls

# What the archive holds, by file. All of it in the order of contracts, so that one contract is a few row groups.
TABLES = {
    "calls": (
        "SELECT contract.number AS contract, customer.number AS customer, call.* FROM statements_call call "
        "JOIN contracts_contract contract ON contract.id = call.contract_id "
        "JOIN contracts_customer customer ON customer.id = contract.customer_id "
        "WHERE call.month = %(month)s ORDER BY contract.number, call.started_at, call.key, call.outgoing"
    ),
    "usage": (
        "SELECT contract.number AS contract, customer.number AS customer, line.* FROM statements_usageline line "
        "JOIN contracts_contract contract ON contract.id = line.contract_id "
        "JOIN contracts_customer customer ON customer.id = contract.customer_id "
        "WHERE line.month = %(month)s ORDER BY contract.number, line.records, line.started_at, line.key, line.outgoing"
    ),
    "adjustments": (
        "SELECT contract.number AS contract, a.month, a.for_month, a.key, a.outgoing, a.records, a.reason, "
        "a.old, a.new, a.made_at "
        "FROM statements_adjustment a JOIN contracts_contract contract ON contract.id = a.contract_id "
        "WHERE a.month = %(month)s ORDER BY contract.number, a.id"
    ),
    "bills": (
        "SELECT contract.number AS contract, customer.number AS customer, bill.number, bill.month, bill.due_on, "
        "bill.lines, bill.discount, bill.fees, bill.adjustments, bill.brought, bill.carried, bill.tax, bill.cut, "
        "bill.total FROM statements_bill bill JOIN contracts_contract contract ON contract.id = bill.contract_id "
        "JOIN contracts_customer customer ON customer.id = bill.customer_id "
        "WHERE bill.month = %(month)s AND bill.number <> '' ORDER BY contract.number"
    ),
    "bill_items": (
        "SELECT contract.number AS contract, bill.number AS bill, item.ordinal, item.kind, item.code, item.name_ja, "
        "item.name_en, item.month, item.tax_class, item.rate, item.count, item.seconds, item.bytes, item.each, "
        "item.amount, item.tax_yen FROM statements_billitem item JOIN statements_bill bill ON bill.id = item.bill_id "
        "JOIN contracts_contract contract ON contract.id = bill.contract_id "
        "WHERE bill.month = %(month)s AND bill.number <> '' ORDER BY contract.number, item.ordinal"
    ),
}
_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "int2": pl.Int32,
    "int4": pl.Int32,
    "int8": pl.Int64,
    "bool": pl.Boolean,
    "date": pl.Date,
    "timestamptz": pl.Datetime("us", "UTC"),
}


class NotArchived(Exception):
    """There is no archive of the month, or it is not what was written: the words say which file."""


def folder(month: date) -> Path:
    return Path(settings.ARCHIVE) / f"{month:%Y-%m}"


def archive(month: date, *, now: datetime) -> MonthArchive:
    """Write the files of a closed month, once; what is there already is checked and left.

    Files are written beside their place and moved there whole: a kill leaves no half archive. Raises
    :class:`NotArchived` where the month is not closed, or what is there is damaged.
    """
    state = BillingMonth.objects.filter(month=month).first()
    if not (state and state.closed_at):
        raise NotArchived(f"{month:%Y-%m} is not closed")
    if made := MonthArchive.objects.filter(month=month).first():
        verify(month)
        return made
    place = folder(month)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True, mode=0o700)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('statements_archive'))")
        if made := MonthArchive.objects.filter(month=month).first():
            shutil.rmtree(beside)
            return made
        files = [_write(beside / f"{name}.parquet", query, month) for name, query in TABLES.items()]
        manifest = {"month": f"{month:%Y-%m}", "made_at": now.isoformat(), "files": files}
        text = json.dumps(manifest, indent=2).encode()
        _private(beside / "manifest.json").write_bytes(text)
        shutil.rmtree(place, ignore_errors=True)  # of a run that was killed before its row was there
        beside.rename(place)
        return MonthArchive.objects.create(
            month=month,
            made_at=now,
            calls=files[0]["rows"],
            size=sum(file["size"] for file in files) + len(text),
            digest=hashlib.sha256(text).hexdigest(),
        )


def verify(month: date) -> dict[str, Any]:
    """The manifest of a month's archive, once every file is as it was written. Raises :class:`NotArchived`."""
    made = MonthArchive.objects.filter(month=month).first()
    if made is None:
        raise NotArchived(f"{month:%Y-%m} is not archived")
    try:
        text = (folder(month) / "manifest.json").read_bytes()
        if hashlib.sha256(text).hexdigest() != made.digest:
            raise NotArchived(f"{month:%Y-%m}: manifest.json is not the one written")
        manifest: dict[str, Any] = json.loads(text)
        for file in manifest["files"]:
            if _digest(folder(month) / file["name"]) != file["sha256"]:
                raise NotArchived(f"{month:%Y-%m}: {file['name']} is not the one written")
    except OSError as error:
        raise NotArchived(f"{month:%Y-%m}: {error.filename} cannot be read") from error
    return manifest


def read(month: date, name: str, *columns: str) -> pl.DataFrame:
    """A table of the archive: ``calls``, ``usage``, ``adjustments``, ``bills`` or ``bill_items``."""
    return pl.read_parquet(folder(month) / f"{name}.parquet", columns=list(columns) or None)


def has_lines_of(month: date, import_id: int) -> bool:
    """Whether lines of an import are in the archive; also where it cannot be read, since then they may be."""
    try:
        return any(import_id in read(month, name, "usage_import_id")["usage_import_id"] for name in ("calls", "usage"))
    except OSError:
        return True


def _write(path: Path, query: str, month: date) -> dict[str, Any]:
    schema = _schema(query, month)
    rows = 0
    empty = pl.DataFrame(schema=schema).to_arrow()
    with _private(path).open("wb") as file, pq.ParquetWriter(file, empty.schema, compression="zstd") as writer:
        for frame in _frames(query, month, schema):
            writer.write_table(frame.to_arrow().cast(empty.schema))
            rows += frame.height
        if not rows:
            writer.write_table(empty)
    return {"name": path.name, "rows": rows, "size": path.stat().st_size, "sha256": _digest(path)}


def _private(path: Path) -> Path:
    """Call records are nobody else's business on this machine."""
    path.touch(mode=0o600)
    return path


def _schema(query: str, month: date) -> dict[str, pl.DataType | type[pl.DataType]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT 0", {"month": month})
        described = [(column.name, column.type_code) for column in cursor.description]
        cursor.execute("SELECT oid, typname FROM pg_type WHERE oid = ANY(%s)", [[oid for _name, oid in described]])
        names = dict(cursor.fetchall())
    return {name: _TYPES.get(names[oid], pl.String) for name, oid in described}


def _frames(query: str, month: date, schema: dict[str, pl.DataType | type[pl.DataType]]) -> Iterator[pl.DataFrame]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", {"month": month}) as copy:
            buffer = BytesIO()
            for block in copy:  # a block ends with its row
                buffer.write(block)
                if buffer.tell() >= BATCH:
                    yield _frame(buffer.getvalue(), schema)
                    buffer = BytesIO()
        if buffer.tell():
            yield _frame(buffer.getvalue(), schema)


def _frame(rows: bytes, schema: dict[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    text = {
        name: pl.String if dtype == pl.Boolean or isinstance(dtype, pl.Datetime) else dtype
        for name, dtype in schema.items()
    }
    read = pl.read_csv(rows, has_header=False, schema=text)
    moments = [name for name, dtype in schema.items() if isinstance(dtype, pl.Datetime)]
    flags = [name for name, dtype in schema.items() if dtype == pl.Boolean]
    return read.with_columns(
        pl.col(flags) == "t",
        pl.col(moments).str.to_datetime("%Y-%m-%d %H:%M:%S%.f%#z", time_unit="us").dt.convert_time_zone("UTC"),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
