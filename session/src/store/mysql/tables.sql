-- Binary columns throughout: no collation folds a key, and no character set rewrites a value.
CREATE TABLE IF NOT EXISTS `{p}s` (
    id BINARY(16) NOT NULL,
    token BINARY(32) NOT NULL,
    created BIGINT NOT NULL,
    rotated BIGINT,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    idle BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    label LONGBLOB,
    revision BIGINT NOT NULL,
    PRIMARY KEY (id),
    KEY `{p}s_expires` (expires)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS `{p}_values` (
    session BINARY(16) NOT NULL,
    name VARBINARY(1024) NOT NULL,
    value LONGBLOB NOT NULL,
    PRIMARY KEY (session, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS `{p}_index` (
    session BINARY(16) NOT NULL,
    name VARBINARY(1024) NOT NULL,
    hash BINARY(32) NOT NULL,
    PRIMARY KEY (session, name),
    KEY `{p}_index_hash` (hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
