-- Row hashes are made of the text of values, so their text must not hang on a server's or a person's settings.
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL extra_float_digits = 1;
