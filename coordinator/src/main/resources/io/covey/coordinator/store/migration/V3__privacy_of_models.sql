-- What models may cost in privacy, and what their rounds have cost. Runs on H2 and on PostgreSQL.

CREATE TABLE model_privacy (
  model                VARCHAR(64)      PRIMARY KEY REFERENCES model (name),
  epsilon              DOUBLE PRECISION CHECK (epsilon > 0),
  delta                DOUBLE PRECISION CHECK (delta > 0 AND delta < 1),
  observer             VARCHAR(32),
  rounds_without_noise BIGINT           NOT NULL CHECK (rounds_without_noise >= 0),
  clip_norm            REAL,
  CHECK ((epsilon IS NULL) = (delta IS NULL)),
  CHECK ((epsilon IS NULL) = (observer IS NULL))
);

-- Rounds of one cost are counted, not listed.
CREATE TABLE privacy_cost (
  model            VARCHAR(64)      NOT NULL REFERENCES model (name),
  noise_multiplier DOUBLE PRECISION NOT NULL,
  sampling_rate    DOUBLE PRECISION NOT NULL,
  distance         DOUBLE PRECISION NOT NULL,
  rounds           BIGINT           NOT NULL CHECK (rounds >= 1),
  PRIMARY KEY (model, noise_multiplier, sampling_rate, distance)
);

-- Whatever the rounds so far reported had no noise.
INSERT INTO model_privacy (model, rounds_without_noise)
  SELECT model, COUNT(*) FROM training_round WHERE reported > 0 GROUP BY model;

-- StoredJson wrote the plans: without blanks, the members always in the same order.
UPDATE training_job SET plan = SUBSTRING(plan, 1, CHAR_LENGTH(plan) - 1) || ',"privacy":null}';
