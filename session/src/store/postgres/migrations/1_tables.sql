-- Ordinary commits leave every indexed column as it is, and find room on the row's own page: they are HOT updates.
CREATE TABLE "{prefix}s" (
    id bytea PRIMARY KEY,
    token bytea NOT NULL,
    created bigint NOT NULL,
    rotated bigint,
    seen bigint NOT NULL,
    expires bigint NOT NULL,
    idle bigint NOT NULL,
    ends bigint NOT NULL,
    -- Bytes, as keys and values are: text can hold no NUL, and only what the database's encoding knows.
    label bytea,
    revision bigint NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX "{prefix}s_expires" ON "{prefix}s" (expires);

CREATE TABLE "{prefix}_values" (
    session bytea NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (session, key)
) WITH (fillfactor = 90);

CREATE TABLE "{prefix}_index" (
    session bytea NOT NULL,
    key bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (session, key)
);

CREATE INDEX "{prefix}_index_hash" ON "{prefix}_index" (hash, session);
