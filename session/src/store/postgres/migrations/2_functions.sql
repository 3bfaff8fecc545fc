-- Each statement of a function sees all transactions that committed before the statement started. The first one waits
-- for the row's lock, so the next ones see the state after that wait. A single statement would see the state before the
-- wait.
--
-- The number in a name is the function's version. A later release adds functions and keeps these, so that servers of
-- both releases can run at the same time.

-- Returns the values of a large session as a value log. STABLE: it uses the snapshot of the calling statement.
CREATE FUNCTION "{prefix}_gather_1"(session_id bytea) RETURNS bytea STABLE LANGUAGE plpgsql AS $function$
BEGIN
    RETURN (SELECT string_agg(entry, '') FROM "{prefix}_values" WHERE session = session_id);
END
$function$;

-- Returns the newest log entry of each key, including entries that unset the key.
CREATE FUNCTION "{prefix}_entries_1"(log bytea) RETURNS TABLE (key bytea, entry bytea) IMMUTABLE ROWS 10
LANGUAGE plpgsql AS $function$
DECLARE
    entry_start integer := 1;
    head text;
    size integer;
    seen bytea[] := '{}';
BEGIN
    WHILE entry_start <= octet_length(log) LOOP
        head := encode(substr(log, entry_start, 15), 'escape');
        size := substr(head, 2, 4)::integer;
        key := substr(log, entry_start + 15, size);
        size := 15 + size + substr(head, 6)::integer;
        IF key <> ALL (seen) THEN
            seen := seen || key;
            entry := substr(log, entry_start, size);
            RETURN NEXT;
        END IF;
        entry_start := entry_start + size;
    END LOOP;
END
$function$;

-- Changes the value rows of a large session. The caller has locked the session's row, so no other transaction changes
-- them. Returns NULL, as a record, because one CASE of the calling statement contains this function and the commit
-- function.
CREATE FUNCTION "{prefix}_put_1"(session_id bytea, changes bytea) RETURNS record LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    head text := encode(substr(changes, 1, 15), 'escape');
    size integer := substr(head, 2, 4)::integer;
BEGIN
    -- Fast path: most commits set one key.
    IF head LIKE '+%' AND octet_length(changes) = 15 + size + substr(head, 6)::integer THEN
        INSERT INTO "{prefix}_values" (session, key, entry) VALUES (session_id, substr(changes, 16, size), changes)
        ON CONFLICT (session, key) DO UPDATE SET entry = excluded.entry;
        RETURN NULL;
    END IF;
    -- Entries that unset a key precede the others.
    IF head LIKE '-%' THEN
        DELETE FROM "{prefix}_values" USING "{prefix}_entries_1"(changes) AS new
        WHERE session = session_id AND "{prefix}_values".key = new.key AND get_byte(new.entry, 0) = ascii('-');
    END IF;
    INSERT INTO "{prefix}_values" (session, key, entry)
    SELECT session_id, new.key, new.entry FROM "{prefix}_entries_1"(changes) AS new
    WHERE get_byte(new.entry, 0) = ascii('+')
    ON CONFLICT (session, key) DO UPDATE SET entry = excluded.entry;
    RETURN NULL;
END
$function$;

-- Applies one commit. The calling statement applies it directly if the log has room, and calls this function otherwise.
CREATE FUNCTION "{prefix}_commit_1"(
    session_id bytea,
    used bigint,
    expected_token bytea,
    step bigint,
    changes bytea,
    renew_below integer,
    clears boolean DEFAULT false,
    expected_revision bigint DEFAULT NULL,
    next_token bytea DEFAULT NULL,
    next_idle bigint DEFAULT NULL,
    next_ends bigint DEFAULT NULL,
    next_expires bigint DEFAULT NULL,
    next_label bytea DEFAULT NULL,
    unset_entries bytea[] DEFAULT NULL,
    set_entries bytea[] DEFAULT NULL,
    set_hashes bytea[] DEFAULT NULL,
    OUT outcome text,
    OUT revision bigint,
    OUT expires bigint,
    OUT rotated bigint,
    OUT token bytea,
    OUT created bigint,
    OUT seen bigint,
    OUT idle bigint,
    OUT ends bigint,
    OUT label bytea,
    OUT log bytea
) LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    -- The compacted log. NULL if the log is not compacted.
    compacted bytea;
    -- True if the log entries were moved to value rows.
    moved boolean := false;
BEGIN
    LOOP
        -- The sum may exceed a bigint, so it is numeric. The check uses float8, which is faster, does not overflow, and
        -- is exact for centuries.
        UPDATE "{prefix}s" SET
            token = coalesce(next_token, token),
            rotated = CASE WHEN next_token IS NULL THEN rotated ELSE used END,
            seen = CASE WHEN renew_below IS NULL THEN seen ELSE used END,
            expires = CASE
                WHEN next_expires IS NOT NULL THEN next_expires
                -- least() ignores NULL.
                WHEN renew_below IS NOT NULL AND expires < least(used + floor(idle::float8 * renew_below / 1000), ends)
                    THEN least(used + idle::numeric, ends)::bigint
                ELSE expires
            END,
            idle = coalesce(next_idle, idle),
            ends = coalesce(next_ends, ends),
            label = coalesce(next_label, label),
            revision = revision + step,
            log = CASE
                WHEN clears THEN CASE WHEN octet_length(changes) <= 1000 THEN changes END
                WHEN moved THEN NULL
                ELSE coalesce(compacted, changes || log)
            END
        WHERE id = session_id AND expires > used
            AND (expected_token IS NULL OR token = expected_token)
            AND (expected_revision IS NULL OR revision = expected_revision)
            AND (clears OR moved OR compacted IS NOT NULL OR log IS NULL
                OR octet_length(log) + octet_length(changes) <= 1500)
        RETURNING revision, expires, log INTO revision, expires, log;
        EXIT WHEN FOUND;

        SELECT revision, expires, rotated, token, created, seen, idle, ends, label,
            CASE WHEN log IS NULL AND revision <> expected_revision THEN "{prefix}_gather_1"(id) ELSE log END
        INTO revision, expires, rotated, token, created, seen, idle, ends, label, log
        FROM "{prefix}s" WHERE id = session_id AND expires > used;
        IF NOT FOUND THEN
            outcome := 'missing';
            RETURN;
        ELSIF token <> expected_token THEN
            outcome := 'replaced';
            log := NULL;
            RETURN;
        ELSIF revision <> expected_revision THEN
            outcome := 'conflict';
            RETURN;
        END IF;
        -- The log has no room, or the row has changed since the update.
        SELECT log INTO log FROM "{prefix}s"
        WHERE id = session_id AND expires > used
            AND (expected_token IS NULL OR token = expected_token)
            AND (expected_revision IS NULL OR revision = expected_revision)
        FOR NO KEY UPDATE;
        CONTINUE WHEN NOT FOUND OR log IS NULL;
        -- The row is locked: no other transaction changes it from here on.
        compacted := (
            SELECT coalesce(string_agg(entry, ''), '') FROM "{prefix}_entries_1"(changes || log)
            WHERE get_byte(entry, 0) = ascii('+')
        );
        IF octet_length(compacted) > 1000 THEN
            compacted := NULL;
            moved := true;
            INSERT INTO "{prefix}_values" (session, key, entry)
            SELECT session_id, key, entry FROM "{prefix}_entries_1"(log) WHERE get_byte(entry, 0) = ascii('+');
        END IF;
    END LOOP;

    IF clears THEN
        DELETE FROM "{prefix}_values" WHERE session = session_id;
    END IF;
    IF log IS NULL AND changes <> '' THEN
        PERFORM "{prefix}_put_1"(session_id, changes);
    END IF;
    IF cardinality(unset_entries) > 0 THEN
        DELETE FROM "{prefix}_index" WHERE session = session_id AND key = ANY (unset_entries);
    END IF;
    IF cardinality(set_entries) > 0 THEN
        INSERT INTO "{prefix}_index" (session, key, hash, session_created)
        SELECT id, new.key, new.hash, created
        FROM "{prefix}s", unnest(set_entries, set_hashes) AS new (key, hash) WHERE id = session_id
        ON CONFLICT (session, key) DO UPDATE SET hash = excluded.hash;
    END IF;
    outcome := 'done';
    log := NULL;
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
    has_rows boolean;
BEGIN
    SELECT token, rotated, log IS NULL INTO current_token, rotated, has_rows FROM "{prefix}s"
    WHERE id = session_id AND expires > used FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'missing';
    ELSIF current_token <> expected_token THEN
        outcome := 'replaced';
    ELSIF expected_entry IS NOT NULL
        AND NOT EXISTS (SELECT FROM "{prefix}_index" WHERE hash = expected_entry AND session = session_id) THEN
        outcome := 'missing';
    ELSE
        IF has_rows THEN
            DELETE FROM "{prefix}_values" WHERE session = session_id;
        END IF;
        DELETE FROM "{prefix}_index" WHERE session = session_id;
        DELETE FROM "{prefix}s" WHERE id = session_id;
        outcome := 'done';
    END IF;
END
$function$;

CREATE FUNCTION "{prefix}_sweep_1"(used bigint, batch bigint, OUT swept bigint) LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    expired_ids bytea[];
BEGIN
    -- Sessions that are locked by a commit are left to the next call.
    expired_ids := ARRAY(
        SELECT id FROM "{prefix}s" WHERE expires <= used ORDER BY expires LIMIT batch FOR UPDATE SKIP LOCKED
    );
    DELETE FROM "{prefix}_values" WHERE session = ANY (expired_ids);
    DELETE FROM "{prefix}_index" WHERE session = ANY (expired_ids);
    DELETE FROM "{prefix}s" WHERE id = ANY (expired_ids);
    swept := cardinality(expired_ids);
END
$function$;
