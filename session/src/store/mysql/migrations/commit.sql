CREATE PROCEDURE `{p}_commit_1`(
    p_id BINARY(16),
    p_now BIGINT,
    p_token BINARY(32),
    p_expected BIGINT,
    p_counts BOOLEAN,
    p_clear BOOLEAN,
    p_values LONGBLOB,
    p_index LONGBLOB,
    p_below BIGINT,
    p_label LONGBLOB,
    p_new_token BINARY(32),
    p_idle BIGINT,
    p_ends BIGINT,
    p_expires BIGINT
)
    MODIFIES SQL DATA
    SQL SECURITY INVOKER
BEGIN
    DECLARE v_token BINARY(32);
    DECLARE v_rotated, v_expires, v_idle, v_ends, v_revision, v_apart BIGINT;
    DECLARE v_outcome VARCHAR(8) DEFAULT 'done';
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;

    -- Some SQL modes of the caller convert an empty text to NULL.
    SET p_values = COALESCE(p_values, '');
    -- Each statement must see all earlier commits, including those before this transaction acquired the lock.
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    SELECT token, rotated, expires, idle, ends, revision, apart
        INTO v_token, v_rotated, v_expires, v_idle, v_ends, v_revision, v_apart
        FROM `{p}s` WHERE id = p_id AND part = 0 AND expires > p_now FOR UPDATE;

    IF v_token IS NULL THEN
        SET v_outcome = 'missing';
    ELSEIF v_token <> p_token THEN
        SET v_outcome = 'replaced';
    ELSEIF v_revision <> p_expected THEN
        SET v_outcome = 'conflict';
        SELECT {record}, v_outcome FROM `{p}s` WHERE id = p_id;
    ELSE
        IF v_expires < LEAST(p_now + v_idle * p_below DIV 1000, v_ends) THEN
            SET v_expires = LEAST(p_now + v_idle, v_ends);
        END IF;
        SET v_expires = COALESCE(p_expires, v_expires), v_revision = v_revision + p_counts;
        UPDATE `{p}s` SET
            rotated = IF(p_new_token IS NULL, rotated, p_now),
            seen = IF(p_below IS NULL, seen, p_now),
            expires = v_expires,
            idle = COALESCE(p_idle, idle),
            ends = COALESCE(p_ends, ends),
            label = COALESCE(p_label, label),
            revision = v_revision,
            held = CONCAT(IF(p_clear, '', {row_log}), p_values),
            apart = IF(p_clear, 0, apart),
            folded = IF(p_clear, LENGTH(p_values), folded),
            recent = RPAD('0000', {recent_column_bytes}, ' '),
            token = COALESCE(p_new_token, token)
            WHERE id = p_id AND part = 0;
        IF p_clear AND v_apart > 0 THEN
            DELETE FROM `{p}s` WHERE id = p_id AND part > 0;
        END IF;
        {shorten_log}
        {update_index}
    END IF;
    COMMIT;
    IF v_outcome <> 'conflict' THEN
        SELECT v_rotated, v_outcome, v_expires, v_revision;
    END IF;
END
