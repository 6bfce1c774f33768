-- The difference that leads to a sealed file from one that devices hold, if there is one: sealed with the same key.
ALTER TABLE sealed_artifact ADD COLUMN difference_base            CHAR(64);
ALTER TABLE sealed_artifact ADD COLUMN difference_digest          CHAR(64);
ALTER TABLE sealed_artifact ADD COLUMN difference_bytes           BIGINT;
ALTER TABLE sealed_artifact ADD COLUMN difference_plaintext       CHAR(64);
ALTER TABLE sealed_artifact ADD COLUMN difference_plaintext_bytes BIGINT;
