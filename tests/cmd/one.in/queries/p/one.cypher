// One.
RETURN 1 AS value
