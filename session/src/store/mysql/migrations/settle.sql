-- A part of the commit, under the session's lock: when the log has more than twice the length that it was folded to, it
-- is folded again; when the row has too much of it, the row's share becomes a part of its own.
BEGIN
    DECLARE v_held LONGBLOB;
    DECLARE v_apart, v_folded, v_part BIGINT;
    DECLARE v_fills_packet BOOLEAN;

    SELECT held, apart, folded INTO v_held, v_apart, v_folded FROM `{p}s` WHERE id = p_id AND part = 0;
    IF v_apart = 0 AND LENGTH(v_held) > 2 * v_folded + {slack} AND LENGTH(v_held) <= 2 * {row} THEN
        {fold_row}
        SET v_folded = LENGTH(v_held);
    END IF;
    IF LENGTH(v_held) > {row} OR v_apart + LENGTH(v_held) > 2 * v_folded + {slack} THEN
        -- A load writes a head in front of each part, and what is longer than a packet then is nothing to the server. In a
        -- folded log there is no such part: an entry came in a packet that had as much besides.
        SET v_fills_packet = LENGTH(v_held) + {row} > @@max_allowed_packet;
        SELECT MAX(part) + 1 INTO v_part FROM `{p}s` WHERE id = p_id;
        INSERT INTO `{p}s` (id, part, held) VALUES (p_id, v_part, v_held);
        SET v_apart = v_apart + LENGTH(v_held);
        SET v_held = '';
        IF v_apart > 2 * v_folded + {slack} OR v_fills_packet THEN
            {fold}
            SET v_folded = v_apart + LENGTH(v_held);
        END IF;
    END IF;
    UPDATE `{p}s` SET held = v_held, apart = v_apart, folded = v_folded WHERE id = p_id AND part = 0;
END;
