"""The statement that chooses the due destinations of a report and says what becomes of each: ``docs/notices.md``.

It is asked for a range of customer IDs at a time, and serves reminders and withdrawals as well. Parameters: ``after``
and ``upto`` (the range), and what :mod:`madoguchi.notices.audience` computes once a mailing.
"""

# Asked of every table there is, so that no more of any is read than the range needs, whatever the planner does.
_IN_RANGE = "BETWEEN %(after)s + 1 AND %(upto)s"

# The contracts that the notice touches, of the IDs that may see them: those it names, or, where it names none, those of
# its services. Of one ID each is there once: it is linked once with a customer, and a contract has one.
_TOUCHED = """
            FROM contracts_customerlink link
            JOIN contracts_contract contract ON contract.customer_id = link.customer_id
            WHERE (link.role = 'holder' OR EXISTS (
                    SELECT FROM contracts_customerlink_contracts shown
                    WHERE shown.customerlink_id = link.id AND shown.contract_id = contract.id))
              AND (contract.ended_on IS NULL OR contract.ended_on >= %(today)s)
              AND CASE WHEN %(everybody)s THEN contract.service_id = ANY(%(services)s::bigint[])
                       ELSE EXISTS (
                            SELECT FROM notices_affectedcontract affected
                            WHERE affected.notice_id = %(notice)s AND affected.contract_number = contract.number)
                  END
"""

# Who wants it: subscriptions to one of the notice's services for its kind whose limits match, by customer ID. The own
# contracts are asked for by a subquery of its own for each subscription that is limited to them (LIMIT sees to that):
# few are, and a hash of them all would be built anew for every batch.
_WISH = f"""
    SELECT subscription.account_id, min(subscription.service_id) AS first,
           array_agg(subscription.service_id) AS services, bool_or(subscription.only_my_contracts) AS only_mine
    FROM notices_subscription subscription
    WHERE subscription.account_id {_IN_RANGE}
      AND subscription.service_id = ANY(%(services)s::bigint[])
      AND CASE %(kind)s WHEN 'work' THEN subscription.work ELSE subscription.trouble END
      AND (%(everywhere)s OR subscription.regions = '{{}}' OR subscription.regions && %(regions)s::varchar[])
      AND (NOT subscription.only_my_contracts OR (
            SELECT TRUE {_TOUCHED}
              AND link.account_id = subscription.account_id
              AND (NOT %(everybody)s OR contract.service_id = subscription.service_id)
            LIMIT 1))
    GROUP BY subscription.account_id
"""  # noqa: S608 - put together from constants, as all below

# Of a range of one customer: whether they want it.
IS_WANTED = f"SELECT EXISTS ({_WISH})"

# Which addresses asked to get no more of some of these services. Not joined with the destinations here: the planner
# would take the join for one row, and then look through all of them for every destination.
_SILENCED = f"""
    SELECT opted.account_id, opted.address, array_agg(opted.service_id) AS services
    FROM notices_optout opted
    WHERE opted.account_id {_IN_RANGE} AND opted.service_id = ANY(%(services)s::bigint[])
      AND opted.kind = %(kind)s AND opted.undone_at IS NULL
    GROUP BY opted.account_id, opted.address
"""  # noqa: S608

# The addresses of those who want it, each once, and what becomes of each by its days and hours on its owner's clock at
# the moment of publication. The clock's arithmetic is hours.py's; here it is a table, the bits of that moment in every
# zone in use; who has just moved to another is judged by the operator's. The lowest service that is still wanted at
# the address is the reason given in the mail.
_DUE = f"""
    SELECT destination.id, destination.account_id, destination.address, destination.device, destination.days,
           destination.hours, destination.with_calendar AND %(calendars)s AS calendar, destination.unsubscribe_key,
           destination.box, account.language,
           coalesce(zone.name, %(home)s) AS zone,
           CASE account.language WHEN 'en' THEN zone.there_en ELSE zone.there_ja END AS there,
           destination.state = 'paused' AS paused,
           EXISTS (
               SELECT FROM delivery_suppression withheld
               WHERE withheld.address = destination.address AND withheld.until IS NULL
                 AND withheld.reason = ANY(%(withholding)s)
           ) AS withheld,
           CASE WHEN silenced.services IS NULL THEN wish.first
                ELSE (SELECT min(one) FROM unnest(wish.services) one WHERE one <> ALL (silenced.services))
           END AS service_id,
           coalesce(zone.day, %(home_day)s) & destination.days <> 0
             AND coalesce(zone.hour, %(home_hour)s) & destination.hours <> 0
             OR destination.critical_always AND %(critical)s AS at_once,
           destination.outside = 'hold' AS hold, wish.only_mine
    FROM wish
    JOIN accounts_account account ON account.id = wish.account_id AND account.id {_IN_RANGE} AND account.is_active
    JOIN notices_destination destination ON destination.account_id = wish.account_id
     AND destination.account_id {_IN_RANGE} AND destination.state IN ('verified', 'paused')
    LEFT JOIN silenced ON silenced.account_id = destination.account_id AND silenced.address = destination.address
    LEFT JOIN unnest(%(zones)s::text[], %(zone_days)s::int[], %(zone_hours)s::int[], %(there_ja)s::text[],
                     %(there_en)s::text[]) AS zone (name, day, hour, there_ja, there_en)
      ON zone.name = account.time_zone
    WHERE NOT %(only_told)s OR EXISTS (
        SELECT FROM delivery_letter told
        WHERE told.recipient_key = 'destination:' || destination.id AND told.mailing_id = ANY(%(earlier)s::bigint[])
          -- Of what was taken back only letters on the wire are still queued.
          AND (told.state IN ('queued', 'sent') OR told.reason = 'digest'))
"""  # noqa: S608

# When the shut ones among them open next: asked once for all that have the same days and hours.
_OPENING = """
    SELECT shut.zone, shut.days, shut.hours, min(coming.at) AS at
    FROM (SELECT DISTINCT zone, days, hours FROM due WHERE hold AND NOT at_once) shut
    JOIN unnest(%(coming_zones)s::text[], %(coming_at)s::timestamptz[], %(coming_days)s::int[],
                %(coming_hours)s::int[]) AS coming (zone, at, day, hour)
      ON coming.zone = shut.zone AND coming.day & shut.days <> 0 AND coming.hour & shut.hours <> 0
    GROUP BY shut.zone, shut.days, shut.hours
"""

# OFFSET 0: or what becomes of a letter would be asked anew for every column that goes by it.
JUDGED = f"""
    WITH wish AS MATERIALIZED ({_WISH}), silenced AS MATERIALIZED ({_SILENCED}), due AS MATERIALIZED ({_DUE}),
         opening AS ({_OPENING}),
         judged AS (
            SELECT due.*, opening.at AS opens_at,
                   CASE WHEN due.paused OR due.withheld OR due.service_id IS NULL THEN 'suppressed'
                        WHEN due.at_once THEN 'queued'
                        WHEN due.hold AND opening.at IS NOT NULL THEN 'held' ELSE 'skipped' END AS state
            FROM due
            LEFT JOIN opening ON due.hold AND NOT due.at_once
             AND opening.zone = due.zone AND opening.days = due.days AND opening.hours = due.hours
            OFFSET 0
         )
"""  # noqa: S608

# Of a letter that is to bring a calendar: its customers and their contracts that are touched, a line each (attached.py
# reads them), and whether a calendar holds them. Of more than it does, one more than that is counted.
_PARTIES = f"""
    SELECT coalesce(string_agg(party.line, E'\n' ORDER BY party.line), '') AS lines,
           coalesce(sum(party.objects), 0) <= %(most_objects)s AS fit
    FROM (SELECT customer.number || E'\t' || string_agg(one.number, E'\t' ORDER BY one.number) AS line,
                 count(*) AS objects
          FROM (SELECT contract.number, contract.customer_id {_TOUCHED}
                  AND link.account_id = judged.account_id
                ORDER BY contract.number LIMIT %(most_objects)s + 1) one
          JOIN contracts_customer customer ON customer.id = one.customer_id
          GROUP BY customer.number) party
"""  # noqa: S608

# What the mail's slots are filled with, see mail.py: the service that is the reason, the unsubscribe link's token
# (unsubscribe.py reads it), a name for this destination in Message-IDs that says nothing about it, the times on its
# owner's clock where that shows others than the operator's, the numbers of the own contracts where mail is wanted about
# those alone, and the Message-ID of the notice's first mail to it (mailings of a notice are made in the order of its
# reports).
INSERT = f"""
    INSERT INTO delivery_letter (mailing_id, recipient_key, address, language, format, personal, state, reason,
                                 due_at, finished_at)
    {JUDGED}
    SELECT %(mailing)s, 'destination:' || judged.id, judged.address, judged.language,
           CASE WHEN parties.fit THEN 'calendar' WHEN judged.device = 'mobile' THEN 'short' ELSE 'full' END,
           CASE WHEN judged.state IN ('queued', 'held') THEN json_object(
               CASE WHEN parties.fit THEN '{{service,token,box,there,contracts,thread,parties}}'::text[]
                    ELSE '{{service,token,box,there,contracts,thread}}' END,
               ARRAY[
               CASE judged.language WHEN 'en' THEN service.name_en ELSE service.name_ja END,
               judged.id || '-' || judged.service_id || %(kind_in_token)s || encode(substring(sha256(
                   judged.unsubscribe_key || convert_to(
                       judged.id || '-' || judged.service_id || %(kind_in_token)s || judged.address, 'UTF8'
                   )) FOR 16), 'hex'),
               judged.box,
               coalesce(judged.there, ''),
               CASE WHEN judged.only_mine THEN coalesce((
                   SELECT CASE judged.language WHEN 'en' THEN %(contracts_en)s ELSE %(contracts_ja)s END
                          || array_to_string((array_agg(number))[:20], ', ')
                          || CASE WHEN count(*) > 20 THEN ' …' ELSE '' END || E'\n'
                   FROM (SELECT contract.number {_TOUCHED} AND link.account_id = judged.account_id
                         ORDER BY contract.number LIMIT 21) touched
                   HAVING count(*) > 0), '') ELSE '' END,
               CASE WHEN %(is_first)s THEN '' ELSE coalesce((
                   SELECT (%(earlier_ids)s::text[])[
                              array_position(%(earlier)s::bigint[], min(letter.mailing_id))
                          ] || judged.box || %(id_end)s
                   FROM delivery_letter letter
                   WHERE letter.recipient_key = 'destination:' || judged.id
                     AND letter.mailing_id = ANY(%(earlier)s::bigint[])
                     AND (letter.state IN ('queued', 'held', 'sent') OR letter.reason = 'digest')), '') END]
               || CASE WHEN parties.fit THEN ARRAY[parties.lines] END)
           ELSE '{{}}'::json END,
           judged.state,
           CASE judged.state WHEN 'skipped' THEN 'outside_hours'
                WHEN 'suppressed' THEN CASE WHEN judged.paused THEN 'paused' WHEN judged.withheld THEN 'address'
                     ELSE 'opted_out' END ELSE '' END,
           CASE judged.state WHEN 'held' THEN judged.opens_at ELSE %(at)s END,
           CASE WHEN judged.state IN ('skipped', 'suppressed') THEN %(at)s END
    FROM judged
    LEFT JOIN catalog_service service ON service.id = judged.service_id
    LEFT JOIN LATERAL ({_PARTIES}) parties ON judged.calendar AND judged.state IN ('queued', 'held')
"""  # noqa: S608
# For a range that was written before, by whatever chance: what is there stays.
INSERT_MISSING = f"{INSERT} ON CONFLICT (mailing_id, recipient_key) DO NOTHING"

# What COUNT counts, in its order.
COUNTED = ("customers", "addresses", "queued", "held", "skipped", "suppressed")
COUNT = f"""
    {JUDGED}
    SELECT count(DISTINCT account_id), count(*), count(*) FILTER (WHERE state = 'queued'),
           count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state = 'skipped'),
           count(*) FILTER (WHERE state = 'suppressed')
    FROM judged
"""  # noqa: S608

# The customer IDs that end a range: each holds about so many subscriptions to the notice's services. Of many only those
# of every nth ID are counted (as its hash falls): to sort them all took a tenth of the time of writing the letters.
ENDS = """
    SELECT account_id FROM (
        SELECT account_id, row_number() OVER (ORDER BY account_id) AS place
        FROM notices_subscription
        WHERE service_id = ANY(%(services)s::bigint[]) AND account_id > %(after)s
          AND hashint8(account_id) %% %(of)s = 0
    ) follower
    WHERE place %% %(counted)s = 0
    ORDER BY account_id
"""
