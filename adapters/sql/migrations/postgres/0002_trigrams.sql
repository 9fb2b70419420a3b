-- Indexes for `__icontains` and `search`, for needles of three characters and more, where the server has the
-- extension pg_trgm and lets the owner of the database have it (it is a trusted one since PostgreSQL 13). Without
-- it everything works all the same: rows are looked at one by one. Who gets the extension later can run this file
-- again.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX IF NOT EXISTS customers_by_trigrams ON customers USING gin (
        code gin_trgm_ops, first_name_folded gin_trgm_ops, second_name_folded gin_trgm_ops, phone gin_trgm_ops
    );
    CREATE INDEX IF NOT EXISTS items_by_trigrams ON items USING gin (name_folded gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS orders_by_trigrams ON orders USING gin (item_folded gin_trgm_ops);
EXCEPTION
    WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
        RAISE NOTICE 'searching goes without indexes: %', SQLERRM;
END
$$;
