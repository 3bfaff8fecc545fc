-- Binary columns throughout: no collation folds a key, and no character set rewrites a value.
--
-- The values of a session are one log, in three places: the parts in `{p}_values`, then `held`, then `recent`, which
-- has the changes of one commit. It begins with their length in four digits and their key, if it is only one, and ends in
-- spaces: it is as long at any time, so that writing there rewrites nothing else. `apart` is the length of all parts,
-- `folded` that of the log when no key was in it twice.
CREATE TABLE IF NOT EXISTS `{p}s` (
    id BINARY(16) NOT NULL,
    token BINARY(32) NOT NULL,
    created BIGINT NOT NULL,
    rotated BIGINT,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    idle BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    apart BIGINT NOT NULL,
    folded BIGINT NOT NULL,
    recent VARBINARY({column}) NOT NULL,
    label LONGBLOB,
    held LONGBLOB NOT NULL,
    PRIMARY KEY (id),
    KEY `{p}s_expires` (expires)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- What the row of the session has no room for. Only a log that is being folded has names: its entries, in part -1,
-- which no other transaction ever sees.
CREATE TABLE IF NOT EXISTS `{p}_values` (
    session BINARY(16) NOT NULL,
    part BIGINT NOT NULL,
    name VARBINARY(1024) NOT NULL,
    log LONGBLOB NOT NULL,
    PRIMARY KEY (session, part, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS `{p}_index` (
    session BINARY(16) NOT NULL,
    name VARBINARY(1024) NOT NULL,
    hash BINARY(32) NOT NULL,
    PRIMARY KEY (session, name),
    KEY `{p}_index_hash` (hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
