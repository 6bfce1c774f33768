-- Models that were uploaded as plain inference graphs, and what came of serving their versions. Runs on H2 and on
-- PostgreSQL.

CREATE TABLE plain_model (
  model        VARCHAR(64) PRIMARY KEY REFERENCES model (name),
  file         CHAR(64)    NOT NULL,
  task         VARCHAR     NOT NULL, -- JSON: the model's task
  samples      CHAR(64),
  labels       CHAR(64),
  sample_count INTEGER CHECK (sample_count >= 1),
  CHECK ((samples IS NULL) = (sample_count IS NULL)),
  CHECK (labels IS NULL OR samples IS NOT NULL)
);

-- Versions of models that were uploaded as trainable have no report, and are released.
ALTER TABLE model_version ADD COLUMN released BOOLEAN DEFAULT TRUE NOT NULL;
ALTER TABLE model_version ADD COLUMN serving_report VARCHAR; -- JSON
