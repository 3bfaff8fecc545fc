-- Binary columns throughout: no collation folds a key, and no character set rewrites a value.
--
-- A session is the row of part 0. Its values are one log: what is held in rows of further parts, which hardly any
-- session has, and are behind it so that one look finds them; then what its own row holds; and then `recent`, which has
-- the changes of one commit. That begins with their length in four digits and their key, if it is only one, and ends in
-- spaces: it is as long at any time, so that writing there rewrites nothing else. `apart` is the length of all further
-- parts, `folded` that of the log when no key was in it twice.
CREATE TABLE IF NOT EXISTS `{p}s` (
    id BINARY(16) NOT NULL,
    part BIGINT NOT NULL,
    token BINARY(32) NOT NULL DEFAULT '',
    created BIGINT NOT NULL DEFAULT 0,
    rotated BIGINT,
    seen BIGINT NOT NULL DEFAULT 0,
    -- Of a further part: never.
    expires BIGINT NOT NULL DEFAULT 9223372036854775807,
    idle BIGINT NOT NULL DEFAULT 0,
    ends BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 0,
    apart BIGINT NOT NULL DEFAULT 0,
    folded BIGINT NOT NULL DEFAULT 0,
    recent VARBINARY({column}) NOT NULL DEFAULT '',
    label LONGBLOB,
    held LONGBLOB NOT NULL,
    PRIMARY KEY (id, part),
    KEY `{p}s_expires` (expires)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- The entries of a log of several parts while it is being folded: no other transaction ever sees one.
CREATE TABLE IF NOT EXISTS `{p}_folding` (
    session BINARY(16) NOT NULL,
    name VARBINARY(1024) NOT NULL,
    entry LONGBLOB NOT NULL,
    PRIMARY KEY (session, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS `{p}_index` (
    session BINARY(16) NOT NULL,
    name VARBINARY(1024) NOT NULL,
    hash BINARY(32) NOT NULL,
    PRIMARY KEY (session, name),
    KEY `{p}_index_hash` (hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
