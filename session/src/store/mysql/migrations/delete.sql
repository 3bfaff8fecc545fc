CREATE PROCEDURE `{p}_delete_1`(p_id BINARY(16), p_now BIGINT, p_token BINARY(32), p_entry BINARY(32))
    MODIFIES SQL DATA
    SQL SECURITY INVOKER
BEGIN
    DECLARE v_token BINARY(32);
    DECLARE v_rotated BIGINT;
    DECLARE v_outcome VARCHAR(8) DEFAULT 'done';
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;

    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    SELECT token, rotated INTO v_token, v_rotated FROM `{p}s` WHERE id = p_id AND part = 0 AND expires > p_now FOR UPDATE;

    IF v_token IS NULL THEN
        SET v_outcome = 'missing';
    ELSEIF v_token <> p_token THEN
        SET v_outcome = 'replaced';
    ELSEIF p_entry IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM `{p}_index` WHERE session = p_id AND hash = p_entry) THEN
        SET v_outcome = 'missing';
    ELSE
        DELETE FROM `{p}_index` WHERE session = p_id;
        DELETE FROM `{p}s` WHERE id = p_id;
    END IF;
    COMMIT;
    SELECT v_outcome AS outcome, v_rotated AS rotated;
END
