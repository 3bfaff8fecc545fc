-- A block of `shorten_log.sql`: compacts a log without further parts, which is much faster than `compact_parts.sql`. It
-- collects the offsets of all entries. Then it reads the entries from the last to the first, and keeps the first one of
-- each key.
BEGIN
    DECLARE v_offsets, v_names, v_folded_log LONGBLOB DEFAULT '';
    DECLARE v_at, v_name_length, v_length, v_turn BIGINT DEFAULT 1;
    DECLARE v_name LONGBLOB;

    WHILE v_at <= LENGTH(v_held) DO
        SET v_offsets = CONCAT(LPAD(v_at, 10, '0'), v_offsets);
        SET v_name_length = CAST(SUBSTRING(v_held, v_at + 1, 4) AS SIGNED);
        SET v_length = CAST(SUBSTRING(v_held, v_at + 5, 10) AS SIGNED);
        SET v_at = v_at + 15 + v_name_length + v_length;
    END WHILE;
    WHILE v_turn < LENGTH(v_offsets) DO
        SET v_at = CAST(SUBSTRING(v_offsets, v_turn, 10) AS SIGNED);
        SET v_name_length = CAST(SUBSTRING(v_held, v_at + 1, 4) AS SIGNED);
        SET v_name = CONCAT('<', HEX(SUBSTRING(v_held, v_at + 15, v_name_length)), '>');
        IF LOCATE(v_name, v_names) = 0 THEN
            SET v_names = CONCAT(v_names, v_name);
            IF SUBSTRING(v_held, v_at, 1) = '+' THEN
                SET v_length = CAST(SUBSTRING(v_held, v_at + 5, 10) AS SIGNED);
                SET v_folded_log = CONCAT(v_folded_log, SUBSTRING(v_held, v_at, 15 + v_name_length + v_length));
            END IF;
        END IF;
        SET v_turn = v_turn + 10;
    END WHILE;
    SET v_held = v_folded_log;
END;
