-- Tasks say what devices try a version on before it serves. Runs on H2 and on PostgreSQL.
-- In JSON, text that holds this name has a backslash before its quotes, so only the component is found.

UPDATE plain_model
  SET task = REPLACE(task, '"minimumAgreement":', '"selfTest":{"samples":0,"tolerance":0.05},"minimumAgreement":');
