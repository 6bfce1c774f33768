-- Runs unchanged on H2 (MODE=PostgreSQL) and on PostgreSQL.
--
-- Plans made before secure aggregation take its standard assumptions, and the smallest cohort and the fewest reports
-- that it can serve under them: 4 and 3, and two thirds of a cohort of more than 128. Plans begin as StoredJson wrote
-- them, without blanks: {"cohortSize":8,"minimumReports":4,"training":{

UPDATE training_job SET plan =
  '{"cohortSize":' ||
  GREATEST(4, CAST(SUBSTRING(plan, 15, POSITION(',' IN plan) - 15) AS INTEGER)) ||
  ',"minimumReports":' ||
  GREATEST(
    3,
    CAST(
      SUBSTRING(
        plan,
        POSITION('"minimumReports":' IN plan) + 17,
        POSITION(',"training":' IN plan) - POSITION('"minimumReports":' IN plan) - 17)
      AS INTEGER),
    CASE
      WHEN CAST(SUBSTRING(plan, 15, POSITION(',' IN plan) - 15) AS INTEGER) > 128
      THEN (2 * CAST(SUBSTRING(plan, 15, POSITION(',' IN plan) - 15) AS INTEGER) + 2) / 3
      ELSE 3
    END) ||
  SUBSTRING(plan, POSITION(',"training":' IN plan), CHAR_LENGTH(plan) - POSITION(',"training":' IN plan)) ||
  ',"aggregation":{"adversary":"SEMI_MALICIOUS","corruptFraction":0.1,"dropoutFraction":0.1,' ||
  '"privacyBits":40,"correctnessBits":30,"stepPeriod":"PT30S"}}';

-- Two reasons to drop an agent exist no more, since masked updates cannot be looked into. Rounds that have them count
-- them under new ones, which no such round can have beside them.
UPDATE training_round SET dropped = REPLACE(dropped, '"OUT_OF_RANGE":', '"WRONG_CONTEXT":');
UPDATE training_round SET dropped = REPLACE(dropped, '"IN_FLIGHT_LIMIT":', '"UPLOAD_STALLED":');
