-- All columns are binary, so that no collation merges two keys and no character set changes a value.
--
-- The row of part 0 contains the record. The value log consists of `held` in the rows of parts 1 and higher, then
-- `held` of part 0, then the entries in `recent`. Further parts exist only for large sessions; one range scan reads all
-- rows. `recent` contains the entries of the last commit: their length in four digits, their key if there is only one,
-- the entries, and spaces. Its length is constant, so that an update of it does not move the rest of the row. `apart`
-- is the length of all further parts. `folded` is the length of the log after the last compaction.
CREATE TABLE IF NOT EXISTS `{p}s` (
    id BINARY(16) NOT NULL,
    part BIGINT NOT NULL,
    token BINARY(32) NOT NULL DEFAULT '',
    created BIGINT NOT NULL DEFAULT 0,
    rotated BIGINT,
    seen BIGINT NOT NULL DEFAULT 0,
    -- The maximum in the rows of further parts, so that the sweep ignores them.
    expires BIGINT NOT NULL DEFAULT 9223372036854775807,
    idle BIGINT NOT NULL DEFAULT 0,
    ends BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 0,
    apart BIGINT NOT NULL DEFAULT 0,
    folded BIGINT NOT NULL DEFAULT 0,
    recent VARBINARY({recent_column_bytes}) NOT NULL DEFAULT '',
    label LONGBLOB,
    held LONGBLOB NOT NULL,
    PRIMARY KEY (id, part),
    KEY `{p}s_expires` (expires)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- Temporary entries of a compaction. Other transactions never see a row, since it is deleted in the same transaction.
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
    session_created BIGINT NOT NULL,
    PRIMARY KEY (session, name),
    KEY `{p}_index_hash` (hash, session_created, session)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
