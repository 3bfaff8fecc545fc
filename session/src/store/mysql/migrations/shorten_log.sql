-- A block of `commit.sql`, under the lock of the session's row. If the log is longer than twice its compacted length,
-- it is compacted. If the log in the row exceeds its limit, it is moved to a new part.
BEGIN
    DECLARE v_held LONGBLOB;
    DECLARE v_apart, v_folded, v_part BIGINT;
    DECLARE v_fills_packet BOOLEAN;

    SELECT held, apart, folded INTO v_held, v_apart, v_folded FROM `{p}s` WHERE id = p_id AND part = 0;
    IF v_apart = 0 AND LENGTH(v_held) > 2 * v_folded + {compaction_slack_bytes} AND LENGTH(v_held) <= 2 * {row_spill_bytes} THEN
        {compact_row}
        SET v_folded = LENGTH(v_held);
    END IF;
    IF LENGTH(v_held) > {row_spill_bytes} OR v_apart + LENGTH(v_held) > 2 * v_folded + {compaction_slack_bytes} THEN
        -- A load prepends a head to each part. If the result exceeds `max_allowed_packet`, the server returns NULL. A
        -- compacted log has no such part, since each entry was received in a packet with at least as many other bytes.
        SET v_fills_packet = LENGTH(v_held) + {row_spill_bytes} > @@max_allowed_packet;
        SELECT MAX(part) + 1 INTO v_part FROM `{p}s` WHERE id = p_id;
        INSERT INTO `{p}s` (id, part, held) VALUES (p_id, v_part, v_held);
        SET v_apart = v_apart + LENGTH(v_held);
        SET v_held = '';
        IF v_apart > 2 * v_folded + {compaction_slack_bytes} OR v_fills_packet THEN
            {compact_parts}
            SET v_folded = v_apart + LENGTH(v_held);
        END IF;
    END IF;
    UPDATE `{p}s` SET held = v_held, apart = v_apart, folded = v_folded WHERE id = p_id AND part = 0;
END;
