-- Who may do what on PostgreSQL; docs/database-rights.md explains it. The tables' owner runs this
-- again after each migration. What a trigger refuses to everybody, no role has the right to.
DO $$
DECLARE
    application CONSTANT text := 'suara_layanan_app';
    reader CONSTANT text := 'suara_layanan_reader';
    -- Published results and their rules, judgements, and the places: no answer, no person.
    readable CONSTANT text[] := ARRAY[
        'institutions', 'units', 'services', 'counters', 'former_names', 'successions', 'periods', 'visits', 'service_visits',
        'instruments', 'schemes', 'assessments', 'current_assessments', 'declarations',
        'publications', 'seals', 'published_counts'
    ];
    refused CONSTANT oid := 'refuse_change'::regproc;
    updating CONSTANT int := 16;  -- bits of pg_trigger.tgtype
    deleting CONSTANT int := 8;
    one record;
BEGIN
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM PUBLIC, %I, %I',
        current_schema(), application, reader);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I, %I', current_schema(), application, reader);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), application);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I',
        current_schema(), application);
    FOR one IN
        SELECT
            oid::regclass AS name,
            (
                SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                AND NOT EXISTS (
                    SELECT FROM pg_trigger
                    WHERE tgrelid = attrelid AND tgfoid = refused AND tgqual IS NULL
                    AND tgtype & updating > 0 AND (tgattr = '' OR attnum = ANY (tgattr))
                )
            ) AS changeable,
            NOT EXISTS (
                SELECT FROM pg_trigger
                JOIN pg_proc ON pg_proc.oid = tgfoid
                WHERE tgrelid = pg_class.oid AND tgtype & deleting > 0
                AND (tgfoid = refused OR proname LIKE 'refuse\_removal%')
            ) AS removable
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('GRANT INSERT ON %s TO %I', one.name, application);
        IF one.changeable IS NOT NULL THEN
            EXECUTE format('GRANT UPDATE (%s) ON %s TO %I', one.changeable, one.name, application);
        END IF;
        IF one.removable THEN
            EXECUTE format('GRANT DELETE ON %s TO %I', one.name, application);
        END IF;
    END LOOP;
    -- Of a batch that is still being stored, and of no other.
    EXECUTE format('GRANT EXECUTE ON FUNCTION remove_unfinished(integer, integer) TO %I', application);
    FOR one IN SELECT unnest(readable) AS name LOOP
        EXECUTE format('GRANT SELECT ON %I TO %I', one.name, reader);
    END LOOP;
END $$;
