-- A part of procedures: carries out a list of changes to the values, and one to the index entries. `wire.rs` says what
-- a list looks like. It is no procedure of its own, since calling one from another costs a tenth of a commit.
BEGIN
    DECLARE v_at BIGINT DEFAULT 1;
    DECLARE v_name_length, v_length BIGINT;
    DECLARE v_name VARBINARY(1024);
    DECLARE v_value LONGBLOB;

    WHILE v_at <= LENGTH(p_values) DO
        SET v_name_length = CAST(SUBSTRING(p_values, v_at + 1, 4) AS SIGNED);
        SET v_length = CAST(SUBSTRING(p_values, v_at + 5, 10) AS SIGNED);
        SET v_name = SUBSTRING(p_values, v_at + 15, v_name_length);
        IF SUBSTRING(p_values, v_at, 1) = '-' THEN
            DELETE FROM `{p}_values` WHERE session = p_id AND name = v_name;
        ELSE
            SET v_value = SUBSTRING(p_values, v_at + 15 + v_name_length, v_length);
            INSERT INTO `{p}_values` (session, name, value) VALUES (p_id, v_name, v_value)
                ON DUPLICATE KEY UPDATE value = v_value;
        END IF;
        SET v_at = v_at + 15 + v_name_length + v_length;
    END WHILE;

    SET v_at = 1;
    WHILE v_at <= LENGTH(p_index) DO
        SET v_name_length = CAST(SUBSTRING(p_index, v_at + 1, 4) AS SIGNED);
        SET v_length = CAST(SUBSTRING(p_index, v_at + 5, 10) AS SIGNED);
        SET v_name = SUBSTRING(p_index, v_at + 15, v_name_length);
        IF SUBSTRING(p_index, v_at, 1) = '-' THEN
            DELETE FROM `{p}_index` WHERE session = p_id AND name = v_name;
        ELSE
            SET v_value = SUBSTRING(p_index, v_at + 15 + v_name_length, v_length);
            INSERT INTO `{p}_index` (session, name, hash) VALUES (p_id, v_name, v_value)
                ON DUPLICATE KEY UPDATE hash = v_value;
        END IF;
        SET v_at = v_at + 15 + v_name_length + v_length;
    END WHILE;
END;
