CREATE PROCEDURE `{p}_sweep_1`(p_now BIGINT, p_batch BIGINT)
    MODIFIES SQL DATA
    SQL SECURITY INVOKER
BEGIN
    DECLARE v_id BINARY(16);
    DECLARE v_more BOOLEAN DEFAULT TRUE;
    DECLARE v_dropped BIGINT DEFAULT 0;
    DECLARE expired CURSOR FOR SELECT id FROM `{p}s` WHERE expires <= p_now ORDER BY expires LIMIT p_batch;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_more = FALSE;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;

    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    OPEN expired;
    FETCH expired INTO v_id;
    WHILE v_more DO
        -- Checked again under the row lock: the session may have been extended, or deleted by another sweep.
        DELETE FROM `{p}s` WHERE id = v_id AND part = 0 AND expires <= p_now;
        IF ROW_COUNT() > 0 THEN
            SET v_dropped = v_dropped + 1;
            DELETE FROM `{p}s` WHERE id = v_id;
            DELETE FROM `{p}_index` WHERE session = v_id;
        END IF;
        FETCH expired INTO v_id;
    END WHILE;
    CLOSE expired;
    COMMIT;
    SELECT v_dropped AS dropped;
END
