-- Signed releases. A row comes with its version, in one transaction; the documents are made from the rows. Runs on H2 and on PostgreSQL.

CREATE TABLE model_release (
  model    VARCHAR(64) NOT NULL,
  counter  BIGINT      NOT NULL CHECK (counter >= 1),
  version  INTEGER     NOT NULL,
  restores INTEGER,    -- The version whose files it has, when it goes back on purpose.
  PRIMARY KEY (model, counter),
  UNIQUE (model, version),
  FOREIGN KEY (model, version) REFERENCES model_version (model, version)
);

-- The newest signed documents by the path of their topic, in base64.
CREATE TABLE release_document (
  path     VARCHAR(128) PRIMARY KEY,
  document VARCHAR      NOT NULL
);

INSERT INTO model_release (model, counter, version)
  SELECT model, version, version FROM model_version WHERE released;
