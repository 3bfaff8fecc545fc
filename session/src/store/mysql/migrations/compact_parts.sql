-- A block of `shorten_log.sql`: compacts all parts. It collects the last entry of each key in `{p}_folding`, and writes
-- them to new parts. The entries of the last part are stored in the row if they fit.
BEGIN
    DECLARE v_log, v_entry LONGBLOB;
    DECLARE v_at, v_name_length, v_length BIGINT;
    DECLARE v_name VARBINARY(1024);
    DECLARE v_more BOOLEAN DEFAULT TRUE;
    DECLARE logs CURSOR FOR SELECT held FROM `{p}s` WHERE id = p_id AND part > 0 ORDER BY part;
    DECLARE entries CURSOR FOR SELECT entry FROM `{p}_folding` WHERE session = p_id ORDER BY name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_more = FALSE;

    OPEN logs;
    FETCH logs INTO v_log;
    WHILE v_more DO
        SET v_at = 1;
        WHILE v_at <= LENGTH(v_log) DO
            SET v_name_length = CAST(SUBSTRING(v_log, v_at + 1, 4) AS SIGNED);
            SET v_length = 15 + v_name_length + CAST(SUBSTRING(v_log, v_at + 5, 10) AS SIGNED);
            SET v_name = SUBSTRING(v_log, v_at + 15, v_name_length);
            IF SUBSTRING(v_log, v_at, 1) = '-' THEN
                DELETE FROM `{p}_folding` WHERE session = p_id AND name = v_name;
            ELSE
                SET v_entry = SUBSTRING(v_log, v_at, v_length);
                INSERT INTO `{p}_folding` (session, name, entry) VALUES (p_id, v_name, v_entry)
                    ON DUPLICATE KEY UPDATE entry = v_entry;
            END IF;
            SET v_at = v_at + v_length;
        END WHILE;
        FETCH logs INTO v_log;
    END WHILE;
    CLOSE logs;
    DELETE FROM `{p}s` WHERE id = p_id AND part > 0;

    SET v_part = 1;
    SET v_apart = 0;
    SET v_more = TRUE;
    OPEN entries;
    FETCH entries INTO v_entry;
    WHILE v_more DO
        -- A part exceeds the limit only with a single entry: `max_allowed_packet` also limits the length of one value.
        IF LENGTH(v_held) > 0 AND LENGTH(v_held) + LENGTH(v_entry) > {max_part_bytes} THEN
            INSERT INTO `{p}s` (id, part, held) VALUES (p_id, v_part, v_held);
            SET v_part = v_part + 1;
            SET v_apart = v_apart + LENGTH(v_held);
            SET v_held = '';
        END IF;
        SET v_held = CONCAT(v_held, v_entry);
        FETCH entries INTO v_entry;
    END WHILE;
    CLOSE entries;
    DELETE FROM `{p}_folding` WHERE session = p_id;
    IF LENGTH(v_held) > {row_spill_bytes} THEN
        INSERT INTO `{p}s` (id, part, held) VALUES (p_id, v_part, v_held);
        SET v_apart = v_apart + LENGTH(v_held);
        SET v_held = '';
    END IF;
END;
