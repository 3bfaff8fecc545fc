-- A session of little lies in its row: what it holds is a log, the newest entry first, and of the entries of one key the
-- first one counts. An entry is `+` or `-`, the length of the key in 4 digits, the length of the value in 10, the key and
-- the value; `-` drops the key. A session of much has a row for each key instead, and its log is NULL.
--
-- Ordinary commits leave every indexed column as it is, and find room on the row's own page: they are HOT updates. The
-- write-ahead log has of them what lies between the parts of the row that stay: so what changes lies side by side, and
-- the old entries stay where they are, at the end of the row.
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
    -- Bytes, as keys and values are: text can hold no NUL, and only what the database's encoding knows.
    label bytea,
    log bytea
) WITH (fillfactor = 80);

-- Never compressed and never moved elsewhere: it is short, and its length is asked for by every commit.
ALTER TABLE "{prefix}s" ALTER log SET STORAGE PLAIN;

CREATE INDEX "{prefix}s_expires" ON "{prefix}s" (expires);

-- An entry is what it would be in a log.
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
    PRIMARY KEY (session, key)
);

CREATE INDEX "{prefix}_index_hash" ON "{prefix}_index" (hash, session);
