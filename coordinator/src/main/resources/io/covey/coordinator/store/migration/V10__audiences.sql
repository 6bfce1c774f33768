-- Which devices a model is for. A model without a row is for all. Runs on H2 and on PostgreSQL.

CREATE TABLE model_audience (
  model    VARCHAR(64) PRIMARY KEY REFERENCES model (name),
  audience VARCHAR     NOT NULL
);
