-- The row of part 0 is the record of a session. Rows with higher parts contain older pieces of its value log, and have
-- no other values than `id`, `part` and `log`. Each statement here creates one object, and each line of a table one
-- column. Times are in milliseconds. All text is binary, so that no collation merges two keys and no character set
-- changes a value.
CREATE TABLE `{prefix}s` (
    id BINARY(16) NOT NULL,
    part BIGINT NOT NULL,
    created BIGINT,
    idle_timeout BIGINT,
    absolute_end BIGINT,
    rotated BIGINT,
    login_rotated BIGINT,
    -- The hash of the token's secret.
    token BINARY(32),
    expires BIGINT,
    revision BIGINT,
    last_seen BIGINT,
    -- The length of `log` in all higher parts.
    parts_bytes BIGINT,
    -- The length of the whole value log after its last compaction.
    compacted_bytes BIGINT,
    label LONGBLOB,
    -- The newest entries first: the first entry of a key counts. A piece may end within an entry.
    log LONGBLOB NOT NULL,
    PRIMARY KEY (id, part)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- NULL in higher parts, so that a sweep ignores them.
CREATE INDEX `{prefix}s_expires` ON `{prefix}s` (expires);

-- The indexed values of a session. They are found by their hash.
CREATE TABLE `{prefix}_index` (
    session BINARY(16) NOT NULL,
    indexed_key VARBINARY(1024) NOT NULL,
    -- NULL: the entry was removed.
    hash BINARY(32),
    -- Sorts the sessions of one hash.
    session_created BIGINT NOT NULL,
    PRIMARY KEY (session, indexed_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE INDEX `{prefix}_index_hash` ON `{prefix}_index` (hash, session_created, session);

-- The applied versions of this file.
CREATE TABLE `{prefix}_migrations` (
    version BIGINT NOT NULL,
    PRIMARY KEY (version)
) ENGINE = InnoDB;

INSERT INTO `{prefix}_migrations` VALUES (1);
