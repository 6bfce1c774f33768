-- Versions as they travel, encrypted, and the keys to them. Runs on H2 and on PostgreSQL.
-- Whoever reads these keys can open every model: the plain files lie in the artifact store all the same.

ALTER TABLE model_version ADD COLUMN sealed_files CHAR(64);

-- The sealed files of a version, in their order. The graph may be sealed with the key of an earlier version.
CREATE TABLE sealed_artifact (
  model           VARCHAR(64) NOT NULL,
  version         INTEGER     NOT NULL,
  ordinal         INTEGER     NOT NULL,
  role            VARCHAR(32) NOT NULL,
  digest          CHAR(64)    NOT NULL,
  length_bytes    BIGINT      NOT NULL,
  plaintext       CHAR(64)    NOT NULL,
  plaintext_bytes BIGINT      NOT NULL,
  key_version     INTEGER     NOT NULL CHECK (key_version >= 1),
  PRIMARY KEY (model, version, ordinal),
  UNIQUE (model, version, role),
  FOREIGN KEY (model, version) REFERENCES model_version (model, version)
);

-- Without a reference to the version, which is stored after its key.
CREATE TABLE content_key (
  model   VARCHAR(64) NOT NULL,
  version INTEGER     NOT NULL,
  files   CHAR(64)    NOT NULL,
  secret  BYTEA       NOT NULL,
  PRIMARY KEY (model, version, files)
);

-- One row: the present epoch of the key that all members have.
CREATE TABLE fleet_epoch (
  epoch  BIGINT PRIMARY KEY CHECK (epoch >= 1),
  secret BYTEA  NOT NULL
);

CREATE TABLE fleet_member (
  agent       VARCHAR(64) PRIMARY KEY,
  certificate BYTEA       NOT NULL
);
