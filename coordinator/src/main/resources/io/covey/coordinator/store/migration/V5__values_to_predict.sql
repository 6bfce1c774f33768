-- Held-out examples may have values that are to be predicted instead of classes. Runs on H2 and on PostgreSQL.

ALTER TABLE model ADD COLUMN evaluation_label_kind VARCHAR DEFAULT 'NUMBERS' NOT NULL;
