-- Adds orders up to a million, placed every half a minute before those that are there, a tenth of them pending.
INSERT INTO orders (
    organization_id, id, customer_id, created_by, item, item_folded, item_id, quantity, price_per_unit, currency, status,
    time_closed, time_closed_or_lowest, closed_before_placed, updated_at, version
)
SELECT
    customer.organization_id,
    (
        lpad(to_hex((extract(epoch FROM placed) * 1000)::bigint), 12, '0') || '7000'
        || '8' || lpad(to_hex(number), 15, '0')
    )::uuid,
    customer.id,
    customer.created_by,
    item.name,
    item.name_folded,
    item.id,
    1 + number * 7907 % 1000,
    item.price_per_unit,
    item.currency,
    CASE WHEN number % 10 = 0 THEN 'Pending' ELSE 'Closed' END,
    CASE WHEN number % 10 <> 0 THEN closed END,
    CASE WHEN number % 10 <> 0 THEN closed ELSE '0001-12-31 23:59:59.999+00 BC' END,
    false,
    placed,
    1
FROM generate_series(1, 1000000 - (SELECT count(*) FROM orders)) AS number
CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01 00:00+00' - number * interval '30 seconds' AS placed) AS past
CROSS JOIN LATERAL (SELECT placed + interval '1 day' AS closed) AS later
JOIN (SELECT row_number() OVER () - 1 AS place, * FROM customers) AS customer ON customer.place = number * 7919 % 1000
JOIN (SELECT row_number() OVER () - 1 AS place, * FROM items) AS item ON item.place = number * 7901 % 500;

VACUUM ANALYZE;
