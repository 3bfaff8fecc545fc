-- The row of part 0 is the record of a session. Rows with higher parts contain older pieces of its value log, and have
-- no other values than `id`, `part` and `log`. Each statement here creates one object, and each line of a table one
-- column. Times are in milliseconds. All text is bytea: text cannot contain NUL, or characters outside of the
-- database's encoding.
--
-- An ordinary commit changes no indexed column, and the page has free space for the new row version: it is a HOT
-- update. The write-ahead log contains all bytes between the first and the last change of the row. Therefore the
-- changed columns are neighbors, and old log entries stay at the end of the row.
CREATE TABLE "{prefix}s" (
    created bigint,
    idle_timeout bigint,
    absolute_end bigint,
    rotated bigint,
    login_rotated bigint,
    id bytea NOT NULL,
    part bigint NOT NULL,
    -- The hash of the token's secret.
    token bytea,
    expires bigint,
    revision bigint,
    last_seen bigint,
    -- The length of `log` in all higher parts.
    parts_bytes bigint,
    -- The length of the whole value log after its last compaction.
    compacted_bytes bigint,
    label bytea,
    -- The newest entries first: the first entry of a key counts. A piece may end within an entry.
    log bytea NOT NULL,
    PRIMARY KEY (id, part)
) WITH (fillfactor = 80);

-- Never compressed or moved out of line: every commit reads the length of the log.
ALTER TABLE "{prefix}s" ALTER log SET STORAGE PLAIN;

-- Part of the table above. A restore may have omitted it.
ALTER TABLE "{prefix}s" ADD CONSTRAINT "{prefix}s_pkey" PRIMARY KEY (id, part);

CREATE INDEX "{prefix}s_expires" ON "{prefix}s" (expires) WHERE part = 0;

-- The indexed values of a session. They are found by their hash.
CREATE TABLE "{prefix}_index" (
    session bytea NOT NULL,
    indexed_key bytea NOT NULL,
    -- NULL: the entry was removed.
    hash bytea,
    -- Sorts the sessions of one hash.
    session_created bigint NOT NULL,
    PRIMARY KEY (session, indexed_key)
);

ALTER TABLE "{prefix}_index" ADD CONSTRAINT "{prefix}_index_pkey" PRIMARY KEY (session, indexed_key);

CREATE INDEX "{prefix}_index_hash" ON "{prefix}_index" (hash, session_created, session);

-- The applied versions of this file.
CREATE TABLE "{prefix}_migrations" (
    version bigint NOT NULL,
    PRIMARY KEY (version)
);

INSERT INTO "{prefix}_migrations" VALUES (1) ON CONFLICT DO NOTHING;
