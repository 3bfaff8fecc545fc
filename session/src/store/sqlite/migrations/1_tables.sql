CREATE TABLE {prefix}s (
    id BLOB PRIMARY KEY,
    token BLOB NOT NULL,
    created INTEGER NOT NULL,
    rotated INTEGER,
    seen INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    idle INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    label TEXT,
    revision INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX {prefix}s_expires ON {prefix}s (expires);

-- Keys are BLOBs: a TEXT key would be compared by collation and would end at a NUL.
CREATE TABLE {prefix}_values (
    session BLOB NOT NULL,
    key BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session, key)
) WITHOUT ROWID;

CREATE TABLE {prefix}_index (
    session BLOB NOT NULL,
    key BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (session, key)
) WITHOUT ROWID;

CREATE INDEX {prefix}_index_hash ON {prefix}_index (hash, session);
