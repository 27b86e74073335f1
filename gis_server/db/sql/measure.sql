-- How far corners are from sides, of areas that were served before anybody measured: the table is written once more, without gaps.
ALTER TABLE {served} ADD COLUMN IF NOT EXISTS clearance real;
ALTER TABLE {served} ALTER COLUMN clearance TYPE real USING {measured};
