// One.
RETURN 1 AS vlaue
