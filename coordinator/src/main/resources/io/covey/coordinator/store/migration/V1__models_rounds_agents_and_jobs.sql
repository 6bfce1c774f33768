-- Runs unchanged on H2 (MODE=PostgreSQL) and on PostgreSQL.
-- Identifiers are plain ASCII and checked before they get here; their lengths are those of io.covey.protocols.id.

CREATE TABLE model (
  name             VARCHAR(64)                 PRIMARY KEY,
  description      VARCHAR                     NOT NULL,
  created_at       TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  evaluation_csv   CHAR(64),
  evaluation_label VARCHAR,
  evaluation_scale REAL,
  CHECK ((evaluation_csv IS NULL) = (evaluation_label IS NULL)),
  CHECK ((evaluation_csv IS NULL) = (evaluation_scale IS NULL))
);

CREATE TABLE model_version (
  model              VARCHAR(64)                 NOT NULL REFERENCES model (name),
  version            INTEGER                     NOT NULL CHECK (version >= 1),
  created_at         TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  round              VARCHAR(96),
  optimizer_state    CHAR(64),
  held_out_loss      DOUBLE PRECISION,
  held_out_accuracy  DOUBLE PRECISION,
  held_out_examples  BIGINT,
  PRIMARY KEY (model, version),
  CHECK ((held_out_loss IS NULL) = (held_out_examples IS NULL)),
  CHECK ((held_out_accuracy IS NULL) = (held_out_examples IS NULL))
);

-- The artifacts of a version, in their order.
CREATE TABLE version_artifact (
  model            VARCHAR(64) NOT NULL,
  version          INTEGER     NOT NULL,
  ordinal          INTEGER     NOT NULL,
  role             VARCHAR(32) NOT NULL,
  digest           CHAR(64)    NOT NULL,
  length_bytes     BIGINT      NOT NULL,
  chunk_size_bytes INTEGER     NOT NULL,
  PRIMARY KEY (model, version, ordinal),
  UNIQUE (model, version, role),
  FOREIGN KEY (model, version) REFERENCES model_version (model, version)
);

CREATE TABLE training_round (
  id                VARCHAR(96)                 PRIMARY KEY,
  model             VARCHAR(64)                 NOT NULL REFERENCES model (name),
  ordinal           INTEGER                     NOT NULL CHECK (ordinal >= 1),
  base_version      INTEGER                     NOT NULL,
  state             VARCHAR(16)                 NOT NULL,
  failure           VARCHAR(64),
  committed_version INTEGER,
  cohort            INTEGER                     NOT NULL,
  reported          INTEGER                     NOT NULL,
  dropped           VARCHAR                     NOT NULL, -- JSON: reason -> count
  training_loss     DOUBLE PRECISION,
  training_accuracy DOUBLE PRECISION,
  held_out_loss     DOUBLE PRECISION,
  held_out_accuracy DOUBLE PRECISION,
  bytes_down        BIGINT                      NOT NULL,
  bytes_up          BIGINT                      NOT NULL,
  started_at        TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  ended_at          TIMESTAMP(6) WITH TIME ZONE,
  UNIQUE (model, ordinal),
  CHECK ((state = 'FAILED') = (failure IS NOT NULL)),
  CHECK ((state = 'COMMITTED') = (committed_version IS NOT NULL))
);

CREATE INDEX training_round_state ON training_round (state);

CREATE TABLE agent (
  id                VARCHAR(64)                 PRIMARY KEY,
  online            BOOLEAN                     NOT NULL,
  software_version  VARCHAR                     NOT NULL,
  boot_id           VARCHAR                     NOT NULL,
  message_sequence  BIGINT                      NOT NULL,
  desired_revision  BIGINT                      NOT NULL,
  reported_revision BIGINT                      NOT NULL,
  models            VARCHAR                     NOT NULL, -- JSON: list of model states
  can_train         BOOLEAN                     NOT NULL,
  first_seen        TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  last_seen         TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

CREATE TABLE training_job (
  model            VARCHAR(64)                 PRIMARY KEY REFERENCES model (name),
  plan             VARCHAR                     NOT NULL, -- JSON: the training plan
  rounds_wanted    INTEGER                     NOT NULL,
  rounds_committed INTEGER                     NOT NULL,
  rounds_failed    INTEGER                     NOT NULL,
  state            VARCHAR(16)                 NOT NULL,
  detail           VARCHAR                     NOT NULL,
  started_at       TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
