-- What was found of rows that were only looked at because they lie near.
DELETE FROM {findings} WHERE row < 0
