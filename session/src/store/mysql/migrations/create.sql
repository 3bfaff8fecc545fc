CREATE PROCEDURE `{p}_create_1`(
    p_id BINARY(16),
    p_token BINARY(32),
    p_created BIGINT,
    p_rotated BIGINT,
    p_seen BIGINT,
    p_expires BIGINT,
    p_idle BIGINT,
    p_ends BIGINT,
    p_label LONGBLOB,
    p_revision BIGINT,
    p_values LONGBLOB,
    p_index LONGBLOB
)
    MODIFIES SQL DATA
    SQL SECURITY INVOKER
BEGIN
    DECLARE v_is_new BOOLEAN DEFAULT TRUE;
    DECLARE v_fits BOOLEAN DEFAULT COALESCE(LENGTH(p_values), 0) <= {row_spill_bytes};
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;

    -- Some SQL modes of the caller convert an empty text to NULL.
    SET p_values = COALESCE(p_values, '');
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    BEGIN
        -- ER_DUP_ENTRY: the id exists.
        DECLARE CONTINUE HANDLER FOR 1062 SET v_is_new = FALSE;
        INSERT INTO `{p}s` (id, part, token, created, rotated, seen, expires, idle, ends, label, revision,
            held, apart, folded, recent)
            VALUES (p_id, 0, p_token, p_created, p_rotated, p_seen, p_expires, p_idle, p_ends, p_label, p_revision,
            IF(v_fits, p_values, ''), IF(v_fits, 0, LENGTH(p_values)), LENGTH(p_values), RPAD('0000', {recent_column_bytes}, ' '));
    END;
    IF v_is_new THEN
        IF NOT v_fits THEN
            INSERT INTO `{p}s` (id, part, held) VALUES (p_id, 1, p_values);
        END IF;
        {update_index}
    END IF;
    COMMIT;
    SELECT v_is_new AS is_new;
END
