-- Numbers of rows that were not sent, as they are served as they came.
CREATE TEMPORARY TABLE held (_row bigint, _feature bigint, _fid bigint, _hash bigint)
