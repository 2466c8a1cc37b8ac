-- The job of bench.rate as one DuckDB script. $folder: where ranges.parquet is and results go; $calls: the calls.
-- The tariff comes flattened, as the kernel has it, so that the longest prefix is one ASOF join.
CREATE TEMP TABLE ranges AS SELECT * FROM read_parquet('$folder/ranges.parquet');

COPY (
    SELECT
        call, contract, outgoing, other, talk_seconds, month, started_at,
        tariff, prefix, kind, tax, carried,
        CASE WHEN paid THEN blocks ELSE 0 END AS blocks,
        block_seconds, price, setup,
        CASE WHEN paid THEN setup + blocks * price ELSE 0 END AS charge
    FROM (
        SELECT
            c.*, r.* EXCLUDE (start),
            c.outgoing AND c.talk_seconds > 0 AND r.carried AS paid,
            (c.talk_seconds::BIGINT + r.block_seconds - 1) // r.block_seconds AS blocks
        FROM read_parquet('$calls') c ASOF JOIN ranges r ON c.other >= r.start
    )
) TO '$folder/rated.parquet' (FORMAT parquet, COMPRESSION snappy);

-- The discount reduces domestic charges, all of one tax class; international charges are outside the tax base.
COPY (
    SELECT
        contract, month, lines, discount, (taxable - discount) // 10000 AS tax_yen,
        (lines - discount) // 1000 + (taxable - discount) // 10000 AS total
    FROM (
        SELECT *, least(earned_seconds // 60 * 500, taxable) AS discount
        FROM (
            SELECT
                contract, month,
                sum(charge)::BIGINT AS lines,
                coalesce(sum(charge) FILTER (WHERE tax = 'standard'), 0)::BIGINT AS taxable,
                coalesce(sum(talk_seconds) FILTER (WHERE NOT outgoing AND kind IN ('fixed', 'mobile')), 0)::BIGINT
                    AS earned_seconds
            FROM read_parquet('$folder/rated.parquet')
            GROUP BY contract, month
        )
    )
    ORDER BY contract, month
) TO '$folder/totals.parquet' (FORMAT parquet);
