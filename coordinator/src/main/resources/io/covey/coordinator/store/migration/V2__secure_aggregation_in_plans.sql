-- Plans made before secure aggregation take its standard assumptions, and the smallest cohort that it can serve.
-- StoredJson wrote them: without blanks, the members always in the same order. Runs on H2 and on PostgreSQL.

UPDATE training_job SET plan = REPLACE(plan, '"cohortSize":1,', '"cohortSize":4,');
UPDATE training_job SET plan = REPLACE(plan, '"cohortSize":2,', '"cohortSize":4,');
UPDATE training_job SET plan = REPLACE(plan, '"cohortSize":3,', '"cohortSize":4,');
UPDATE training_job SET plan = REPLACE(plan, '"minimumReports":1,', '"minimumReports":3,');
UPDATE training_job SET plan = REPLACE(plan, '"minimumReports":2,', '"minimumReports":3,');

UPDATE training_job SET plan = SUBSTRING(plan, 1, CHAR_LENGTH(plan) - 1) ||
  ',"aggregation":{"adversary":"SEMI_MALICIOUS","corruptFraction":0.1,"dropoutFraction":0.1,' ||
  '"privacyBits":40,"correctnessBits":30,"stepPeriod":"PT30S"}}';

-- Two reasons to drop an agent exist no more, since masked updates cannot be looked into. Rounds that have them count
-- them under new ones, which no such round can have beside them.
UPDATE training_round SET dropped = REPLACE(dropped, '"OUT_OF_RANGE":', '"WRONG_CONTEXT":');
UPDATE training_round SET dropped = REPLACE(dropped, '"IN_FLIGHT_LIMIT":', '"UPLOAD_STALLED":');
