-- A small session stores its values in its own row, as a value log with the newest entry first: the first entry of a
-- key counts. An entry is `+` or `-`, the length of the key in 4 digits, the length of the value in 10 digits, the key
-- and the value. `-` unsets the key. A large session has one value row per key, and its log is NULL.
--
-- An ordinary commit changes no indexed column, and the page has free space for the new row version: it is a HOT
-- update. The write-ahead log contains all bytes between the first and the last change of the row. Therefore the
-- changed columns are neighbors, and old log entries stay at the end of the row.
CREATE TABLE "{prefix}s" (
    created bigint NOT NULL,
    idle bigint NOT NULL,
    ends bigint NOT NULL,
    rotated bigint,
    id bytea PRIMARY KEY,
    token bytea NOT NULL,
    expires bigint NOT NULL,
    revision bigint NOT NULL,
    seen bigint NOT NULL,
    -- bytea, as for keys and values: text cannot contain NUL, or characters outside of the database's encoding.
    label bytea,
    log bytea
) WITH (fillfactor = 80);

-- Never compressed or moved out of line: the log is short, and every commit reads its length.
ALTER TABLE "{prefix}s" ALTER log SET STORAGE PLAIN;

CREATE INDEX "{prefix}s_expires" ON "{prefix}s" (expires);

-- The column `entry` has the format of a log entry.
CREATE TABLE "{prefix}_values" (
    session bytea NOT NULL,
    key bytea NOT NULL,
    entry bytea NOT NULL,
    PRIMARY KEY (session, key)
) WITH (fillfactor = 90);

CREATE TABLE "{prefix}_index" (
    session bytea NOT NULL,
    key bytea NOT NULL,
    hash bytea NOT NULL,
    session_created bigint NOT NULL,
    PRIMARY KEY (session, key)
);

CREATE INDEX "{prefix}_index_hash" ON "{prefix}_index" (hash, session_created, session);
