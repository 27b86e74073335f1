-- Whether the layer serves nothing, and whether it never did: a key that was served before must get its fid back.
SELECT NOT EXISTS (SELECT FROM {served}), NOT EXISTS (SELECT FROM {history})
