-- Each statement of a function sees what was committed before it began, and the first one waits for the row's lock. One
-- statement with parts would not do: all of its parts see what was committed before that wait.
--
-- The number in a name is the function's version. A later release brings another function beside this one, so that
-- servers of both releases can run at once.

CREATE FUNCTION "{prefix}_commit_1"(
    session_id bytea,
    used bigint,
    expected_token bytea,
    expected_revision bigint,
    step bigint,
    clears boolean,
    unset_keys bytea[],
    set_keys bytea[],
    set_values bytea[],
    next_token bytea,
    next_idle bigint,
    next_ends bigint,
    next_expires bigint,
    next_label bytea,
    extend_below integer,
    unset_entries bytea[],
    set_entries bytea[],
    set_hashes bytea[],
    OUT outcome text,
    OUT token bytea,
    OUT created bigint,
    OUT rotated bigint,
    OUT seen bigint,
    OUT expires bigint,
    OUT idle bigint,
    OUT ends bigint,
    OUT label bytea,
    OUT revision bigint,
    OUT keys bytea[],
    OUT texts bytea[]
) LANGUAGE plpgsql AS $function$
#variable_conflict use_column
BEGIN
    LOOP
        -- numeric: the far future and a lifetime without end add up to more than a bigint holds.
        UPDATE "{prefix}s" SET
            token = coalesce(next_token, token),
            rotated = CASE WHEN next_token IS NULL THEN rotated ELSE used END,
            seen = CASE WHEN extend_below IS NULL THEN seen ELSE used END,
            expires = CASE
                WHEN next_expires IS NOT NULL THEN next_expires
                -- least() passes over what is NULL.
                WHEN extend_below IS NOT NULL AND expires < least(used + div(idle::numeric * extend_below, 1000), ends)
                    THEN least(used + idle::numeric, ends)::bigint
                ELSE expires
            END,
            idle = coalesce(next_idle, idle),
            ends = coalesce(next_ends, ends),
            label = coalesce(next_label, label),
            revision = revision + step
        WHERE id = session_id AND expires > used
            AND (expected_token IS NULL OR token = expected_token)
            AND (expected_revision IS NULL OR revision = expected_revision)
        RETURNING revision, expires INTO revision, expires;
        EXIT WHEN FOUND;

        SELECT token, created, rotated, seen, expires, idle, ends, label, revision, held.keys, held.texts
        INTO token, created, rotated, seen, expires, idle, ends, label, revision, keys, texts
        FROM "{prefix}s", LATERAL (
            SELECT array_agg(key) AS keys, array_agg(value) AS texts FROM "{prefix}_values"
            WHERE session = id AND (expected_token IS NULL OR token = expected_token)
        ) AS held
        WHERE id = session_id AND expires > used;
        IF NOT FOUND THEN
            outcome := 'missing';
            RETURN;
        ELSIF token <> expected_token THEN
            outcome := 'replaced';
            RETURN;
        ELSIF revision <> expected_revision THEN
            outcome := 'conflict';
            RETURN;
        END IF;
        -- What stood in the way is gone since.
    END LOOP;

    IF clears THEN
        DELETE FROM "{prefix}_values" WHERE session = session_id;
    ELSIF cardinality(unset_keys) > 0 THEN
        DELETE FROM "{prefix}_values" WHERE session = session_id AND key = ANY (unset_keys);
    END IF;
    IF cardinality(set_keys) > 0 THEN
        INSERT INTO "{prefix}_values" (session, key, value)
        SELECT session_id, new.key, new.value FROM unnest(set_keys, set_values) AS new (key, value)
        ON CONFLICT (session, key) DO UPDATE SET value = excluded.value;
    END IF;
    IF cardinality(unset_entries) > 0 THEN
        DELETE FROM "{prefix}_index" WHERE session = session_id AND key = ANY (unset_entries);
    END IF;
    IF cardinality(set_entries) > 0 THEN
        INSERT INTO "{prefix}_index" (session, key, hash)
        SELECT session_id, new.key, new.hash FROM unnest(set_entries, set_hashes) AS new (key, hash)
        ON CONFLICT (session, key) DO UPDATE SET hash = excluded.hash;
    END IF;
    outcome := 'done';
END
$function$;

CREATE FUNCTION "{prefix}_delete_1"(
    session_id bytea,
    used bigint,
    expected_token bytea,
    expected_entry bytea,
    OUT outcome text,
    OUT rotated bigint
) LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    current_token bytea;
BEGIN
    SELECT token, rotated INTO current_token, rotated FROM "{prefix}s"
    WHERE id = session_id AND expires > used FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'missing';
    ELSIF current_token <> expected_token THEN
        outcome := 'replaced';
    ELSIF expected_entry IS NOT NULL
        AND NOT EXISTS (SELECT FROM "{prefix}_index" WHERE hash = expected_entry AND session = session_id) THEN
        outcome := 'missing';
    ELSE
        DELETE FROM "{prefix}_values" WHERE session = session_id;
        DELETE FROM "{prefix}_index" WHERE session = session_id;
        DELETE FROM "{prefix}s" WHERE id = session_id;
        outcome := 'done';
    END IF;
END
$function$;

CREATE FUNCTION "{prefix}_sweep_1"(used bigint, batch bigint, OUT swept bigint) LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    gone bytea[];
BEGIN
    -- A session that some request holds is left to the next sweep.
    gone := ARRAY(
        SELECT id FROM "{prefix}s" WHERE expires <= used ORDER BY expires LIMIT batch FOR UPDATE SKIP LOCKED
    );
    DELETE FROM "{prefix}_values" WHERE session = ANY (gone);
    DELETE FROM "{prefix}_index" WHERE session = ANY (gone);
    DELETE FROM "{prefix}s" WHERE id = ANY (gone);
    swept := cardinality(gone);
END
$function$;
