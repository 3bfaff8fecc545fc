-- The row of part 0 is the record of a session. Rows with higher parts contain older pieces of its value log, and have
-- no other values than `id`, `part` and `log`. Each statement here creates one object, and each line of a table one
-- column. Times are in milliseconds. All text is a BLOB: TEXT would be compared by collation and would end at a NUL.
--
-- With a rowid, a row can fill a leaf page. WITHOUT ROWID, content over a quarter of a page goes to overflow pages.
CREATE TABLE "{prefix}s" (
    id BLOB NOT NULL,
    part INTEGER NOT NULL,
    created INTEGER,
    idle_timeout INTEGER,
    absolute_end INTEGER,
    rotated INTEGER,
    login_rotated INTEGER,
    -- The hash of the token's secret.
    token BLOB,
    expires INTEGER,
    revision INTEGER,
    last_seen INTEGER,
    -- The length of `log` in all higher parts.
    parts_bytes INTEGER,
    -- The length of the whole value log after its last compaction.
    compacted_bytes INTEGER,
    label BLOB,
    -- The newest entries first: the first entry of a key counts. A piece may end within an entry.
    log BLOB NOT NULL,
    PRIMARY KEY (id, part)
);

CREATE INDEX "{prefix}s_expires" ON "{prefix}s" (expires) WHERE part = 0;

-- The indexed values of a session. They are found by their hash.
CREATE TABLE "{prefix}_index" (
    session BLOB NOT NULL,
    indexed_key BLOB NOT NULL,
    -- NULL: the entry was removed.
    hash BLOB,
    -- Sorts the sessions of one hash.
    session_created INTEGER NOT NULL,
    PRIMARY KEY (session, indexed_key)
) WITHOUT ROWID;

CREATE INDEX "{prefix}_index_hash" ON "{prefix}_index" (hash, session_created, session);

-- The applied versions of this file.
CREATE TABLE "{prefix}_migrations" (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);

INSERT INTO "{prefix}_migrations" VALUES (1);
