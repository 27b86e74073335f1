-- Numbers of rows that were not sent, as they are served as they came; what is asked of them must be of one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
CREATE TEMPORARY TABLE held (_row bigint, _feature bigint, _fid bigint, _hash bigint) ON COMMIT DROP
