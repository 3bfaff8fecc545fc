CREATE TABLE "{prefix}s" (
    created bigint,
    idle_timeout bigint,
    absolute_end bigint,
    rotated bigint,
    login_rotated bigint,
    id bytea NOT NULL,
    part bigint NOT NULL,
    token bytea,
    expires bigint,
    revision bigint,
    last_seen bigint,
    parts_bytes bigint,
    compacted_bytes bigint,
    label bytea,
    log bytea NOT NULL,
    PRIMARY KEY (id, part)
) WITH (fillfactor = 80);

ALTER TABLE "{prefix}s" ALTER log SET STORAGE PLAIN;

CREATE INDEX "{prefix}s_expires" ON "{prefix}s" (expires) WHERE part = 0;

CREATE TABLE "{prefix}_index" (
    session bytea NOT NULL,
    indexed_key bytea NOT NULL,
    hash bytea,
    session_created bigint NOT NULL,
    PRIMARY KEY (session, indexed_key)
);

CREATE INDEX "{prefix}_index_hash" ON "{prefix}_index" (hash, session_created, session);
