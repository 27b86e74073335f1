-- Whether a layer serves nothing and never did.
SELECT NOT EXISTS (SELECT FROM {served}) AND NOT EXISTS (SELECT FROM {history})
