-- Replaces the row per key by a value log, and sorts the sessions of an index entry by their creation.
-- The tables are copied, because a rename would also check the application's own schema.
CREATE TABLE {prefix}s_before AS SELECT * FROM {prefix}s;

-- The number consists of a leading 1 (removed again), the length of the key in 4 digits and that of the value in 10.
CREATE TABLE {prefix}_values_before AS SELECT session, CAST(group_concat(
    '+' || substr(100000000000000 + 10000000000 * length(key) + length(CAST(value AS BLOB)), 2) || key || value, ''
) AS BLOB) AS entries FROM {prefix}_values GROUP BY session;

CREATE TABLE {prefix}_index_before AS
    SELECT session, key, hash, created AS session_created FROM {prefix}_index JOIN {prefix}s ON id = session;

DROP TABLE {prefix}s;
DROP TABLE {prefix}_values;
DROP TABLE {prefix}_index;

CREATE TABLE {prefix}_index (
    session BLOB NOT NULL,
    key BLOB NOT NULL,
    hash BLOB NOT NULL,
    session_created INTEGER NOT NULL,
    PRIMARY KEY (session, key)
) WITHOUT ROWID;

CREATE INDEX {prefix}_index_hash ON {prefix}_index (hash, session_created, session);

INSERT INTO {prefix}_index SELECT * FROM {prefix}_index_before;
DROP TABLE {prefix}_index_before;

-- With a rowid, a row can fill a leaf page. WITHOUT ROWID, content over a quarter of a page goes to overflow pages.
--
-- `log`: the newest entries of the value log. `size`: the length of all parts in `{prefix}_values`, which precede
-- `log`. `folded`: the length of the parts after the last compaction.
CREATE TABLE {prefix}s (
    id BLOB PRIMARY KEY NOT NULL,
    token BLOB NOT NULL,
    created INTEGER NOT NULL,
    rotated INTEGER,
    seen INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    idle INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    label TEXT,
    revision INTEGER NOT NULL,
    size INTEGER NOT NULL,
    folded INTEGER NOT NULL,
    log BLOB NOT NULL
);

CREATE INDEX {prefix}s_expires ON {prefix}s (expires);

CREATE TABLE {prefix}_values (
    session BLOB NOT NULL,
    part INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (session, part)
) WITHOUT ROWID;

INSERT INTO {prefix}_values SELECT session, 0, entries FROM {prefix}_values_before;
INSERT INTO {prefix}s SELECT before.*, coalesce(length(entries), 0), coalesce(length(entries), 0), x''
    FROM {prefix}s_before AS before LEFT JOIN {prefix}_values ON session = id;

DROP TABLE {prefix}s_before;
DROP TABLE {prefix}_values_before;
