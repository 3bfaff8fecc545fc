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
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;

    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    BEGIN
        -- Duplicate entry.
        DECLARE CONTINUE HANDLER FOR 1062 SET v_is_new = FALSE;
        INSERT INTO `{p}s` (id, token, created, rotated, seen, expires, idle, ends, label, revision)
            VALUES (p_id, p_token, p_created, p_rotated, p_seen, p_expires, p_idle, p_ends, p_label, p_revision);
    END;
    IF v_is_new THEN
        {write}
    END IF;
    COMMIT;
    SELECT v_is_new AS is_new;
END
