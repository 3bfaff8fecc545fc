-- Each statement of a function sees what was committed before it began, and the first one waits for the row's lock. One
-- statement with parts would not do: all of its parts see what was committed before that wait.
--
-- The number in a name is the function's version. A later release brings another function beside this one, so that
-- servers of both releases can run at once.

-- What a session of much holds, as a log. It is STABLE: it sees what the statement sees that calls it.
CREATE FUNCTION "{prefix}_gather_1"(session_id bytea) RETURNS bytea STABLE LANGUAGE plpgsql AS $function$
BEGIN
    RETURN (SELECT string_agg(entry, '') FROM "{prefix}_values" WHERE session = session_id);
END
$function$;

-- The entries of a log that count, those that drop a key among them.
CREATE FUNCTION "{prefix}_entries_1"(log bytea) RETURNS TABLE (key bytea, entry bytea) IMMUTABLE ROWS 10
LANGUAGE plpgsql AS $function$
DECLARE
    place integer := 1;
    head text;
    size integer;
    seen bytea[] := '{}';
BEGIN
    WHILE place <= octet_length(log) LOOP
        head := encode(substr(log, place, 15), 'escape');
        size := substr(head, 2, 4)::integer;
        key := substr(log, place + 15, size);
        size := 15 + size + substr(head, 6)::integer;
        IF key <> ALL (seen) THEN
            seen := seen || key;
            entry := substr(log, place, size);
            RETURN NEXT;
        END IF;
        place := place + size;
    END LOOP;
END
$function$;

-- Changes the rows of a session of much, whose own row the caller has locked: nobody else changes them. It returns what
-- the statement's other function does, so that both can stand in one CASE, and nothing in it.
CREATE FUNCTION "{prefix}_put_1"(session_id bytea, changes bytea) RETURNS record LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    head text := encode(substr(changes, 1, 15), 'escape');
    size integer := substr(head, 2, 4)::integer;
BEGIN
    -- One key that is set: most commits are no more than that.
    IF head LIKE '+%' AND octet_length(changes) = 15 + size + substr(head, 6)::integer THEN
        INSERT INTO "{prefix}_values" (session, key, entry) VALUES (session_id, substr(changes, 16, size), changes)
        ON CONFLICT (session, key) DO UPDATE SET entry = excluded.entry;
        RETURN NULL;
    END IF;
    -- What drops a key comes first.
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

-- Carries out one commit. It is asked for what the statement that it stands in did not do: that one commits where the
-- log has room.
CREATE FUNCTION "{prefix}_commit_1"(
    session_id bytea,
    used bigint,
    expected_token bytea,
    step bigint,
    changes bytea,
    extend_below integer,
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
    -- The whole log, if it had to be written anew.
    folded bytea;
    -- Whether what it held has been given rows.
    moved boolean := false;
BEGIN
    LOOP
        -- numeric: the far future and a lifetime without end add up to more than a bigint holds. float8 is quicker, has
        -- no such bound either, and is exact for centuries.
        UPDATE "{prefix}s" SET
            token = coalesce(next_token, token),
            rotated = CASE WHEN next_token IS NULL THEN rotated ELSE used END,
            seen = CASE WHEN extend_below IS NULL THEN seen ELSE used END,
            expires = CASE
                WHEN next_expires IS NOT NULL THEN next_expires
                -- least() passes over what is NULL.
                WHEN extend_below IS NOT NULL AND expires < least(used + floor(idle::float8 * extend_below / 1000), ends)
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
                ELSE coalesce(folded, changes || log)
            END
        WHERE id = session_id AND expires > used
            AND (expected_token IS NULL OR token = expected_token)
            AND (expected_revision IS NULL OR revision = expected_revision)
            AND (clears OR moved OR folded IS NOT NULL OR log IS NULL
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
        -- The log has no room, or what stood in the way is gone since.
        SELECT log INTO log FROM "{prefix}s"
        WHERE id = session_id AND expires > used
            AND (expected_token IS NULL OR token = expected_token)
            AND (expected_revision IS NULL OR revision = expected_revision)
        FOR NO KEY UPDATE;
        CONTINUE WHEN NOT FOUND OR log IS NULL;
        -- From here on nobody else changes the row.
        folded := (
            SELECT coalesce(string_agg(entry, ''), '') FROM "{prefix}_entries_1"(changes || log)
            WHERE get_byte(entry, 0) = ascii('+')
        );
        IF octet_length(folded) > 1000 THEN
            folded := NULL;
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
        INSERT INTO "{prefix}_index" (session, key, hash)
        SELECT session_id, new.key, new.hash FROM unnest(set_entries, set_hashes) AS new (key, hash)
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
