// What is asked of Neo4j and of the embedded engine alike: a statement a line, by topic.

// Numbers.
RETURN 7 / 2 AS v
RETURN 7.0 / 2 AS v
RETURN -7 / 2 AS v
RETURN 7 % 3 AS v
RETURN -7 % 3 AS v
RETURN 5 % -3 AS v
RETURN 2 ^ 3 AS v
RETURN 2 ^ 0.5 AS v
RETURN 1 + 2 * 3 AS v
RETURN -(2) ^ 2 AS v
RETURN 1 / 0 AS v
RETURN 7 % 0 AS v
RETURN 9223372036854775807 + 1 AS v
RETURN -9223372036854775808 - 1 AS v
RETURN 3000000000 * 4000000000 AS v

// Functions of numbers.
RETURN abs(-3) AS v
RETURN abs(-2.5) AS v
RETURN sign(-2) AS v
RETURN ceil(1.2) AS v
RETURN floor(-1.2) AS v
RETURN round(2.5) AS v
RETURN round(1.5) AS v
RETURN round(0.5) AS v
RETURN round(3.14159, 2) AS v
RETURN round(1.25, 1) AS v
RETURN sqrt(2) AS v
RETURN exp(1) AS v
RETURN log(10) AS v
RETURN log10(1000) AS v
RETURN pi() AS v
RETURN sin(1) AS v
RETURN atan2(1, 2) AS v
RETURN degrees(pi()) AS v
RETURN radians(180) AS v

// Conversions.
RETURN toInteger('12') AS v
RETURN toInteger('x') AS v
RETURN toInteger(3.7) AS v
RETURN toInteger(-3.7) AS v
RETURN toInteger('3.7') AS v
RETURN toInteger(true) AS v
RETURN toFloat('1.5') AS v
RETURN toFloat('x') AS v
RETURN toFloat(3) AS v
RETURN toBoolean('true') AS v
RETURN toBoolean('yes') AS v
RETURN toString(1) AS v
RETURN toString(1.0) AS v
RETURN toString(true) AS v
RETURN toString(0.1) AS v
RETURN toString(date('2026-11-21')) AS v
RETURN toString(datetime('2026-11-21T09:08:07Z')) AS v
RETURN toString(duration('P1Y2M3DT4H5M6.7S')) AS v
RETURN toString(duration({hours: 25})) AS v
RETURN toString(duration({minutes: 90})) AS v
RETURN toString(duration({days: 40})) AS v

// Text.
RETURN 'a' + 'b' AS v
RETURN 'a' + 1 AS v
RETURN 1 + 'a' AS v
RETURN 'a' + 1.5 AS v
RETURN 'a' + null AS v
RETURN size('🦀b') AS v
RETURN toUpper('straße') AS v
RETURN toLower('ÄB') AS v
RETURN trim('  a ') AS v
RETURN ltrim(' a') AS v
RETURN rtrim('a ') AS v
RETURN replace('aXbX', 'X', '-') AS v
RETURN substring('hello', 1, 3) AS v
RETURN substring('hello', 2) AS v
RETURN left('hello', 9) AS v
RETURN right('hello', 2) AS v
RETURN reverse('abc') AS v
RETURN split('a,b,,c', ',')[2] AS v
RETURN size(split('', ',')) AS v
RETURN 'hello' STARTS WITH 'he' AS v
RETURN 'hello' ENDS WITH 'lo' AS v
RETURN 'hello' CONTAINS 'ell' AS v
RETURN 'hello' =~ 'h.*o' AS v
RETURN 'hello' =~ 'ell' AS v
RETURN 'Hello' =~ '(?i)hello' AS v
RETURN 'a' < 'b' AS v
RETURN 'B' < 'a' AS v
RETURN 'a' < 1 AS v
RETURN '10' < '9' AS v
RETURN 'a' IN ['a', 'b'] AS v
RETURN null IN [1] AS v
RETURN 1 IN [] AS v
RETURN 1 IN [null, 1] AS v
RETURN 2 IN [null, 1] AS v
RETURN substring('abc', 5) AS v
RETURN '' = null AS v
RETURN 'abc'[0..2] AS v

// Logic, and what is not there.
RETURN null = null AS v
RETURN null <> null AS v
RETURN null IS NULL AS v
RETURN 1 IS NOT NULL AS v
RETURN null AND false AS v
RETURN null AND true AS v
RETURN null OR true AS v
RETURN NOT null AS v
RETURN null XOR true AS v
RETURN true XOR true AS v
RETURN 1 = 1.0 AS v
RETURN 1 = '1' AS v
RETURN [1, 2] = [1, 2] AS v
RETURN [1, null] = [1, null] AS v
RETURN {a: 1} = {a: 1} AS v
RETURN 1 < 2.5 AS v
RETURN 1 <> 2 AS v
RETURN coalesce(null, null, 3) AS v
RETURN coalesce(null) AS v
RETURN CASE WHEN null THEN 1 ELSE 2 END AS v
RETURN CASE 3 WHEN 1 THEN 'a' WHEN 3 THEN 'c' END AS v
RETURN CASE null WHEN null THEN 1 ELSE 2 END AS v
RETURN CASE WHEN false THEN 1 END AS v
RETURN true > false AS v
RETURN [1] < [2] AS v
RETURN 1 = true AS v

// Lists and maps.
RETURN size([1, 2, 3]) AS v
RETURN size([]) AS v
RETURN head([1, 2]) AS v
RETURN last([1, 2]) AS v
RETURN head([]) AS v
RETURN [1, 2, 3][-1] AS v
RETURN [1, 2, 3][5] AS v
RETURN size([1, 2, 3][1..]) AS v
RETURN size([1, 2, 3][..-1]) AS v
RETURN size(tail([1])) AS v
RETURN size(range(1, 10, 3)) AS v
RETURN last(range(5, 1, -2)) AS v
RETURN size(range(2, 1)) AS v
RETURN reduce(s = 0, x IN [1, 2, 3] | s + x) AS v
RETURN size([x IN range(1, 9) WHERE x % 2 = 0]) AS v
RETURN [x IN [1, 2, 3] | x * x][2] AS v
RETURN all(x IN [1, 2] WHERE x > 0) AS v
RETURN any(x IN [] WHERE true) AS v
RETURN none(x IN [1] WHERE x > 1) AS v
RETURN single(x IN [1, 2, 1] WHERE x = 1) AS v
RETURN all(x IN [null] WHERE x > 1) AS v
RETURN size([1, 2] + [3]) AS v
RETURN size([1] + 2) AS v
RETURN reverse([1, 2])[0] AS v
RETURN size(keys({a: 1, b: 2})) AS v
RETURN {a: {b: 7}}.a.b AS v
RETURN {a: 1}.b AS v
RETURN valueType(1) AS v

// Dates.
RETURN date('2026-11-21').year AS v
RETURN date('2026-11-21').week AS v
RETURN date('2027-01-01').week AS v
RETURN date('2027-01-01').weekYear AS v
RETURN date('2026-11-21').dayOfWeek AS v
RETURN date('2026-11-21').ordinalDay AS v
RETURN date('2026-11-21').quarter AS v
RETURN date('20261121') AS v
RETURN date('2026-W47-6') AS v
RETURN date('2026-11') AS v
RETURN date('2026') AS v
RETURN date({year: 2026, month: 2}) AS v
RETURN date({year: 2026, week: 3}) AS v
RETURN date('2026-02-30') AS v
RETURN date('2026-11-21') + duration('P1M') AS v
RETURN date('2026-01-31') + duration('P1M') AS v
RETURN date('2026-03-31') - duration({months: 1}) AS v
RETURN date('2026-11-21') < date('2026-11-22') AS v
RETURN date.truncate('month', date('2026-11-21')) AS v
RETURN date.truncate('week', date('2026-11-21')) AS v
RETURN date.truncate('quarter', date('2026-11-21')) AS v
RETURN date.truncate('year', datetime('2026-11-21T09:08:07Z')) AS v

// Datetimes.
RETURN datetime('2026-11-21T09:08:07Z') AS v
RETURN datetime('2026-11-21T09:08Z') AS v
RETURN datetime('2026-11-21T09:08:07.123456789Z') AS v
RETURN datetime('2026-11-21') AS v
RETURN datetime('2026-11-21T09:08:07').timezone AS v
RETURN datetime('20261121T090807Z') AS v
RETURN datetime('2026-11-21T09:08:07+01:00').epochSeconds AS v
RETURN datetime('2026-11-21T09:08:07.5Z').epochMillis AS v
RETURN datetime('2026-11-21T09:08:07.5Z').millisecond AS v
RETURN datetime('2026-11-21T09:08:07.5Z').nanosecond AS v
RETURN datetime('2026-11-21T09:08:07+01:00').hour AS v
RETURN datetime('2026-11-21T09:08:07+01:00').offset AS v
RETURN datetime('2026-11-21T09:08:07+01:00').offsetSeconds AS v
RETURN datetime({year: 2026, month: 11, day: 21, hour: 9}) AS v
RETURN datetime({year: 2026, timezone: 'Europe/Berlin'}) AS v
RETURN datetime('2026-03-29T02:30:00[Europe/Berlin]') AS v
RETURN datetime('2026-11-21T09:00:00Z') = '2026-11-21T09:00:00Z' AS v
RETURN datetime('2026-11-21T09:00:00Z') < '2027' AS v
RETURN datetime.truncate('hour', datetime('2026-11-21T09:08:07Z')) AS v
RETURN datetime.truncate('week', datetime('2026-11-21T09:08:07Z')) AS v
RETURN datetime.truncate('day', datetime('2026-11-21T09:08:07Z')) + duration({hours: 3}) AS v
RETURN datetime('2026-03-28T12:00:00[Europe/Berlin]') + duration('P1D') AS v
RETURN datetime('2026-03-28T12:00:00[Europe/Berlin]') + duration('PT24H') AS v
RETURN datetime('2026-11-21T09:08:07Z') - duration('P7D') AS v
RETURN datetime('2026-11-21T09:08:07Z') - duration('PT0.5S') AS v
RETURN datetime() > datetime('2026-01-01T00:00:00Z') AS v
RETURN date() = date(datetime()) AS v
RETURN localdatetime('2026-11-21T09:08:07').minute AS v
RETURN localtime('09:08:07').second AS v
RETURN time('09:08:07+01:00').hour AS v
RETURN date(datetime('2026-11-21T23:08:07-05:00')) AS v
RETURN datetime('nonsense') AS v
RETURN datetime(null) AS v
RETURN date(null) IS NULL AS v
RETURN localdatetime(datetime('2026-11-21T09:08:07+01:00')) AS v
RETURN datetime({datetime: datetime('2026-11-21T09:08:07Z'), timezone: '+02:00'}) AS v
RETURN datetime({date: date('2026-11-21'), time: localtime('01:02:03')}) AS v
RETURN $since AS v
RETURN $since + duration($range) AS v

// Durations.
RETURN duration('P7D') AS v
RETURN duration('PT36H') AS v
RETURN duration({days: 1.5}) AS v
RETURN duration({weeks: 2}) AS v
RETURN duration({months: 14}) AS v
RETURN duration('P2W') AS v
RETURN duration('PT1.5H') AS v
RETURN duration('P0.5M') AS v
RETURN duration('P1Y') + duration('P1M') AS v
RETURN duration('P1D') - duration('PT1H') AS v
RETURN duration('P1D') * 2 AS v
RETURN duration('PT90M').hours AS v
RETURN duration('PT90M').minutes AS v
RETURN duration('PT90M').minutesOfHour AS v
RETURN duration('P40D').days AS v
RETURN duration('P40D').weeks AS v
RETURN duration('P14M').years AS v
RETURN duration('P14M').monthsOfYear AS v
RETURN duration('PT1.5S').milliseconds AS v
RETURN duration('PT1.5S').seconds AS v
RETURN duration('P1D') = duration('PT24H') AS v
RETURN duration('P1D') < duration('P2D') AS v
RETURN duration.inDays(date('2026-01-01'), date('2026-03-04')).days AS v
RETURN duration.inMonths(date('2026-01-01'), date('2026-03-04')).months AS v
RETURN duration.inSeconds(datetime('2026-01-01T00:00:00Z'), datetime('2026-01-02T01:00:00Z')).seconds AS v
RETURN duration.inSeconds(datetime('2026-01-02T00:00:00Z'), datetime('2026-01-01T00:00:00Z')).hours AS v
RETURN duration.inSeconds(datetime('2026-01-01T00:00:00Z'), datetime('2026-01-01T00:00:00.250Z')).milliseconds AS v
RETURN duration.inDays(datetime('2026-01-01T12:00:00Z'), datetime('2026-01-03T11:00:00Z')).days AS v
RETURN duration('x') AS v
RETURN duration({seconds: 1795252087}) AS v
RETURN date('2026-11-21') + duration({days: -1}) AS v
RETURN duration('P-1D') AS v

// The small zoo of tests/graph/alike.rs.
MATCH (b:Beast) RETURN count(b) AS v
MATCH (b:Beast) RETURN b.kind AS kind, count(*) AS n, sum(b.weight) AS v
MATCH (b:Beast) RETURN avg(b.weight) AS v, min(b.id) AS a, max(b.born) AS z
MATCH (b:Beast) RETURN b.title AS v, count(*) AS n
MATCH (k:Keeper) RETURN k.name AS v, k.level AS l, k.id AS i, k.type AS t, k.label AS b, k.title AS c
MATCH (k:Keeper) RETURN coalesce(k.name, 'unknown') AS v, coalesce(k.level, 0) AS l
MATCH (k:Keeper) WHERE k.name IS NULL RETURN count(k) AS v
MATCH (b:Beast) WHERE b.kind IN $kinds RETURN count(*) AS v
MATCH (b:Beast) WHERE b.born >= $since RETURN count(*) AS v
MATCH (b:Beast) WHERE b.born > $since AND b.born <= $since + duration($range) RETURN b.id AS v
MATCH (b:Beast) WHERE b.born < datetime() - duration('P7D') RETURN count(*) AS v
MATCH (b:Beast) WHERE NOT b.kind = 'cat' RETURN count(*) AS v
MATCH (b:Beast) WHERE b.title <> 'old' RETURN count(*) AS v
MATCH (b:Beast) WHERE b.weight > 3 XOR b.legs = 2 RETURN count(*) AS v
MATCH (b:Beast) WHERE b.nothing > 3 RETURN count(*) AS v
MATCH (b:Beast {kind: 'cat', legs: 4}) RETURN count(*) AS v
MATCH (b:Beast {nothing: 1}) RETURN count(*) AS v
MATCH (b:Nothing) RETURN count(*) AS v, sum(b.x) AS s, avg(b.x) AS a, collect(b.x) AS c, min(b.x) AS m
MATCH (b:Nothing) RETURN b.kind AS kind, count(*) AS v
MATCH (b:Beast:Caged) RETURN count(*) AS v
MATCH (b:Caged) RETURN count(*) AS v
MATCH (b) WHERE b:Caged OR b:Keeper RETURN count(*) AS v
MATCH (b:Caged|Keeper) RETURN count(*) AS v
MATCH (b:Beast) WHERE NOT b:Caged RETURN count(*) AS v
MATCH (b:Caged) RETURN size(labels(b)) AS v, b.id AS i
MATCH (k:Keeper)-[f:FEEDS]->(b:Beast) RETURN count(*) AS v, sum(f.times) AS s, count(DISTINCT k) AS k
MATCH (k:Keeper)-[f:FEEDS]->(b) RETURN coalesce(k.name, '?') AS name, b.kind AS kind, count(f) AS v
MATCH (k:Keeper)-[f]->(b) RETURN DISTINCT type(f) AS v, f.type AS t
MATCH (k:Keeper)<-[f]-(b) RETURN count(f) AS v
MATCH (k)-[f:FEEDS|LIVES_IN]-(b:Beast) RETURN count(f) AS v
MATCH (k:Keeper)-->(:Beast)-->(c:Cage) RETURN c.name AS v, count(DISTINCT k) AS n
MATCH (k:Keeper)-[*1..2]->(x) RETURN count(*) AS v
MATCH p = (k:Keeper)-[*1..2]->(x) RETURN length(p) AS v, count(*) AS n
MATCH (k:Keeper)-[:FEEDS*0..1]->(x) RETURN count(*) AS v
MATCH p = shortestPath((k:Keeper {name: 'Ann'})-[*..4]-(c:Cage)) RETURN length(p) AS v
MATCH (a:Beast)-[:LIVES_IN]->(c)<-[:LIVES_IN]-(b:Beast) RETURN count(*) AS v
MATCH (a:Beast)-[:LIVES_IN]->(c)<-[:LIVES_IN]-(b:Beast) WHERE a.id < b.id RETURN count(*) AS v
MATCH (a:Keeper), (b:Cage) RETURN count(*) AS v
MATCH (a:Beast), (b:Beast) WHERE a.kind = b.kind AND a <> b RETURN count(*) AS v
OPTIONAL MATCH (n:Nothing) RETURN n.x AS v
MATCH (k:Keeper) OPTIONAL MATCH (k)-[f:FEEDS]->(b:Beast {kind: 'cat'}) RETURN k.name AS v, count(b) AS n, sum(b.weight) AS w
MATCH (b:Beast) OPTIONAL MATCH (b)-[:LIVES_IN]->(c) RETURN c.name AS v, count(*) AS n
MATCH (b:Beast) WHERE EXISTS { (b)-[:LIVES_IN]->(:Cage) } RETURN count(*) AS v
MATCH (b:Beast) WHERE NOT EXISTS { (b)<-[:FEEDS]-() } RETURN count(*) AS v
MATCH (b:Beast) WHERE EXISTS { MATCH (b)<-[f:FEEDS]-(k) WHERE k.level = 3 } RETURN count(*) AS v
MATCH (b:Beast) WHERE (b)-[:LIVES_IN]->() RETURN count(*) AS v
MATCH (b:Beast) RETURN COUNT { (b)<-[:FEEDS]-() } AS v, count(*) AS n
MATCH (k:Keeper) RETURN k.name AS name, COUNT { (k)-[:FEEDS]->(b:Beast) WHERE b.legs = 4 } AS v
MATCH (k:Keeper) RETURN size([(k)-[:FEEDS]->(b) | b.id]) AS v
MATCH (b:Beast) RETURN CASE WHEN b.weight > 9 THEN 'heavy' ELSE 'light' END AS v, count(*) AS n
MATCH (b:Beast) RETURN count(CASE WHEN b.weight > 9 THEN 1 END) AS v, 1.0 * count(CASE WHEN b.legs = 2 THEN 1 END) / count(*) AS r
MATCH (b:Beast) RETURN 100.0 * sum(CASE b.kind WHEN 'cat' THEN 1 ELSE 0 END) / count(b) AS v
MATCH (b:Beast) WITH b.kind AS kind, avg(b.weight) AS mean WHERE mean > 9 RETURN kind, mean AS v
MATCH (b:Beast) WITH b ORDER BY b.weight DESC LIMIT 3 RETURN sum(b.weight) AS v
MATCH (b:Beast) WITH b.kind AS kind, collect(b.weight) AS ws RETURN kind, reduce(s = 0.0, w IN ws | s + w) AS v
MATCH (b:Beast) WITH collect(b) AS bs UNWIND bs AS b RETURN sum(b.id) AS v
MATCH (b:Beast) WITH collect(b)[0..2] AS bs RETURN size(bs) AS v
MATCH (b:Beast) WITH max(b.born) AS newest MATCH (c:Beast) WHERE c.born = newest RETURN c.id AS v
MATCH (b:Beast) WITH DISTINCT b.kind AS kind RETURN count(kind) AS v
MATCH (b:Beast) RETURN count(DISTINCT b.kind) AS v, count(b.title) AS t
MATCH (b:Beast) RETURN DISTINCT b.kind AS v ORDER BY v
MATCH (b:Beast) RETURN b.id AS v ORDER BY b.weight DESC SKIP 2 LIMIT 3
MATCH (b:Beast) RETURN b.kind AS kind, count(*) AS v ORDER BY v DESC, kind LIMIT 2
MATCH (b:Beast) RETURN b.title AS v ORDER BY v, b.id LIMIT 4
MATCH (b:Beast) RETURN b.title AS v ORDER BY v DESC LIMIT 4
MATCH (b:Beast) RETURN percentileCont(b.weight, 0.9) AS v, percentileDisc(b.weight, 0.5) AS w, percentileCont(b.weight, 0) AS x, percentileDisc(b.weight, 1.0) AS y
MATCH (b:Beast) RETURN b.kind AS kind, percentileCont(b.weight, 0.95) AS v
MATCH (b:Beast) RETURN stDev(b.weight) AS v
MATCH (b:Beast {id: 3}) RETURN stDev(b.weight) AS v, stDev(b.nothing) AS w
MATCH (b:Nothing) RETURN stDev(b.weight) AS v, percentileCont(b.weight, 0.5) AS w
MATCH (b:Beast) RETURN date.truncate('week', b.born) AS v, count(*) AS n
MATCH (b:Beast) RETURN b.born.day AS v, date(b.born) AS d
MATCH (b:Beast) RETURN avg(duration.inSeconds(b.born, datetime('2026-02-01T00:00:00Z')).seconds) / 3600 AS v
MATCH (b:Beast) RETURN (datetime('2026-02-01T00:00:00Z').epochSeconds - b.born.epochSeconds) / 86400 AS v
MATCH (b:Beast) RETURN min(b.kind) AS v, max(b.kind) AS w
UNWIND [1, 'a', null, true, 2.5] AS x RETURN min(x) AS v, max(x) AS w
UNWIND [1, 2.5, null] AS x RETURN sum(x) AS v, avg(x) AS w, count(x) AS n
UNWIND ['b', 'a', null] AS x RETURN x AS v ORDER BY x
UNWIND [3, 1, 2] AS x WITH x ORDER BY x RETURN collect(x)[0] AS v
UNWIND [] AS x RETURN count(x) AS v
UNWIND null AS x RETURN x AS v
UNWIND [[1, 2], [3]] AS x UNWIND x AS y RETURN sum(y) AS v
UNWIND $rows AS row RETURN row.a AS v
UNWIND [{id: 1, name: 'a'}, {id: 2}] AS row RETURN row.id AS id, row.name AS v
UNWIND range(1, 3) AS x RETURN x AS v UNION UNWIND [3, 4] AS x RETURN x AS v
UNWIND range(1, 3) AS x RETURN x AS v UNION ALL UNWIND [3, 4] AS x RETURN x AS v
CALL () { MATCH (k:Keeper) RETURN count(k) AS n UNION ALL MATCH (b:Beast) RETURN count(b) AS n } RETURN sum(n) AS v
CALL () { MATCH (k:Keeper) RETURN k.name AS g, count(k) AS n UNION ALL MATCH (b:Nothing) RETURN b.kind AS g, count(b) AS n } RETURN g, sum(n) AS v
MATCH (k:Keeper) CALL (k) { MATCH (k)-[:FEEDS]->(b) RETURN count(b) AS n } RETURN k.name AS name, n AS v
MATCH (k:Keeper) CALL { WITH k MATCH (k)-[:FEEDS]->(b) RETURN max(b.id) AS n } RETURN k.name AS name, n AS v
MATCH (b:Beast) RETURN b {.id, .kind, heavy: b.weight > 9}.heavy AS v
MATCH (b:Beast {id: 1}) WITH b {.*} AS m RETURN m.kind AS v, m.id AS i, m.title AS t
MATCH (b:Beast {id: 1}) RETURN properties(b).id AS v
MATCH (k:Keeper)-[f:FEEDS]->(b {id: 3}) UNWIND keys(f) AS v RETURN v
MATCH (b:Beast) WHERE b['kind'] = 'cat' RETURN count(*) AS v
MATCH (b:Beast) WHERE exists(b.title) RETURN count(*) AS v
MATCH (b:Beast) WHERE b.kind STARTS WITH 'c' AND b.kind =~ '.*t' RETURN count(*) AS v
MATCH (b:Beast) WHERE all(x IN [1, 2] WHERE x < b.id) RETURN count(*) AS v
MATCH (b:Beast) WHERE b.id = 3 OR b.id = 4 OR b.kind = 'owl' RETURN count(*) AS v
MATCH (b:Beast) RETURN b.id % 2 = 0 AS v, count(*) AS n
MATCH (b:Beast) RETURN toUpper(b.kind) + '-' + b.legs AS v, count(*) AS n
MATCH (b:Beast) RETURN sum(b.weight) / count(b) AS v, toInteger(avg(b.weight)) AS w, round(avg(b.weight), 1) AS x
MATCH (b:Beast) WITH count(*) AS total, sum(CASE WHEN b:Caged THEN 1 ELSE 0 END) AS caged RETURN caged * 100 / total AS v
MATCH (b:Beast) RETURN elementId(b) IS NOT NULL AS v, count(*) AS n
MATCH (k:Keeper) RETURN k AS v
MATCH ()-[f:FEEDS]->() RETURN f AS v LIMIT 2
MATCH (a:Beast) WITH a, rand() AS r WHERE r >= 0 RETURN count(*) AS v
MATCH (a:Beast) WHERE a.id = $nope RETURN count(*) AS v
MATCH (a:Beast) RETURN nope(a.id) AS v
MATCH (a:Beast) RETURN b.id AS v
MATCH (a:Beast) WITH a.id AS i RETURN a.id AS v
MATCH (a:Beast) RETURN a.id AS v, count(*) AS v
MATCH (a:Beast RETURN a
MATCH (a:Beast) RETURN a.id AS v LIMIT -1
MATCH (a:Beast) RETURN a.kind + 1 AS v LIMIT 1
MATCH (a:Beast) RETURN count(count(a)) AS v
MATCH (a:Beast) WHERE count(a) > 1 RETURN a.id AS v
MATCH (a:Beast) RETURN count(*)
MATCH (a:Beast) RETURN a.kind, max( a.id )
MATCH (a:Beast)-[r]->(b) WHERE type(r) = 'LIVES_IN' RETURN count(r) AS v
MATCH (a)-[r]->(a) RETURN count(r) AS v
MATCH (a:Beast)--(b)--(c:Beast) RETURN count(*) AS v
MATCH (a:Keeper)-[:FEEDS]->(b), (a)-[:FEEDS]->(c) WHERE b.id < c.id RETURN count(*) AS v
MATCH (a:Keeper) MATCH (a)-[:FEEDS]->(b) MATCH (b)-[:LIVES_IN]->(c) RETURN a.name AS n, count(*) AS v
MATCH (b:Beast) RETURN b.kind AS v, [x IN collect(b.id) WHERE x > 6][0] > 6 AS any
MATCH (b:Beast) RETURN avg(b.id) AS v, toFloat(sum(b.id)) AS w, sum(toFloat(b.id)) AS x
MATCH (b:Beast) WITH b.kind AS kind, b.legs AS legs, count(*) AS n RETURN kind, max(n) AS v
RETURN 1 AS v LIMIT 0
WITH 1 AS x WHERE x > 1 RETURN x AS v
WITH [1, 2, 2] AS l UNWIND l AS x RETURN DISTINCT x AS v
WITH datetime('2026-11-21T09:08:07Z') AS t RETURN t.year AS v, t.epochMillis AS m, t - duration('P1D') AS d
MATCH (b:Beast) WHERE b.born >= datetime({year: 2026, month: 1, day: 5}) RETURN count(*) AS v
MATCH (b:Beast) WHERE date(b.born) = date('2026-01-05') RETURN b.id AS v
MATCH (b:Beast) WHERE b.born.month = 1 RETURN count(*) AS v
MATCH (b:Beast) WHERE toString(b.born) STARTS WITH '2026-01-0' RETURN count(*) AS v
MATCH (b:Beast) WHERE b.born > '2026' RETURN count(*) AS v
MATCH (b:Beast) WHERE b.kind > b.born RETURN count(*) AS v
UNWIND [2, 1, 1] AS m RETURN {k: m}.k AS k, count(*) AS v ORDER BY k LIMIT 1
UNWIND [2, 1, 1] AS m RETURN m, count(*) AS v ORDER BY m LIMIT 1
UNWIND [2, 1, 1] AS m RETURN m AS k, count(*) AS v ORDER BY v DESC, k LIMIT 1
UNWIND [2, 1, 1] AS m WITH m AS k, count(*) AS n ORDER BY k LIMIT 1 RETURN k, n AS v
UNWIND [2, 1, 1] AS m RETURN m % 2 AS k, count(*) AS v ORDER BY toString(k) LIMIT 1
MATCH (b:Beast)-[:LIVES_IN]-(c)-[:LIVES_IN]-(d) RETURN count(DISTINCT d) AS v
MATCH (a)--(b)--(c) RETURN count(*) AS v LIMIT 0
MATCH (k:Keeper)--(b)--(c:Cage)--(d) RETURN count(*) AS v
MATCH (k:Keeper)-[f]-(b)-[g]-(c) RETURN type(f) AS f, type(g) AS g, count(*) AS v
MATCH (k:Keeper)-[:FEEDS]->(b)<-[:FEEDS]-(l:Keeper) RETURN count(*) AS v
MATCH (b:Beast) RETURN b.kind AS kind, count(*) AS v, min(b.id) AS first ORDER BY b.kind LIMIT 2
MATCH (b:Beast) WITH b.kind AS kind, sum(b.weight) AS w ORDER BY w DESC LIMIT 1 RETURN kind AS v
MATCH (b:Beast) RETURN max(b.weight) - min(b.weight) AS v, max(b.born) > min(b.born) AS w
MATCH (b:Beast) OPTIONAL MATCH (b)<-[f:FEEDS]-(k:Keeper) WITH b, count(f) AS n RETURN n, count(b) AS v
MATCH (b:Beast) WHERE NOT (b)-[:LIVES_IN]->() AND b.weight > 9 RETURN count(*) AS v
MATCH (c:Cage)<-[:LIVES_IN]-(b) WITH c, count(b) AS n WHERE n > 3 RETURN c.name AS name, n AS v
MATCH (b:Beast) WITH datetime.truncate('day', b.born) AS day, count(*) AS n RETURN day, n AS v
MATCH (b:Beast) WHERE b.born > $since RETURN b.kind AS kind, sum(b.legs) AS v
MATCH (b:Beast) WHERE b.id IN [1, 2, 3] OR b.kind = 'owl' AND b.legs = 2 RETURN count(*) AS v
MATCH (b:Beast) WHERE b.name IS NULL AND b.title IS NOT NULL RETURN count(*) AS v
MATCH (b) WHERE b.level IS NOT NULL RETURN labels(b)[0] AS v, count(*) AS n
MATCH (b:Keeper) RETURN count(b.name) AS v, count(b.level) AS w, count(DISTINCT b.name) AS x
MATCH (b:Keeper) WITH b ORDER BY b.level RETURN collect(b.level)[0] AS v
MATCH (k:Keeper) RETURN exists { (k)-[:FEEDS]->(:Beast {kind: 'cat'}) } AS v, count(*) AS n
MATCH (k:Keeper) WITH k, [(k)-[:FEEDS]->(b) WHERE b.weight > 6 | b.weight] AS ws RETURN k.name AS n, size(ws) AS v
MATCH (b:Nothing) WITH count(b) AS n, sum(b.x) AS x RETURN CASE WHEN n = 0 THEN 0.0 ELSE 1.0 * x / n END AS v
MATCH (b:Beast) RETURN coalesce(avg(b.nothing), 0) AS v, count(*) > 0 AS w, toString(count(*)) AS x, {n: count(*)}.n AS y
MATCH (b:Beast) RETURN b.kind AS kind, 1 - toFloat(count(b.title)) / count(*) AS v, abs(-count(*)) AS n
MATCH (b:Beast) RETURN sum(b.weight) / sum(b.legs) AS v, size(collect(DISTINCT b.kind)) AS n, count(b) * 2 + 1 AS m
MATCH (b:Beast) RETURN CASE WHEN b.legs = 2 THEN 'two' ELSE 'four' END AS legs, count(*) AS v, count(CASE WHEN NOT b:Caged AND b.id > 3 THEN 1 END) AS w
MATCH (b:Nothing) RETURN max(b.born).epochMillis AS v, count(*) = 0 AS w, coalesce(sum(b.x), 1) AS x, count(*) ^ 2 AS y
MATCH (b:Beast) WHERE b.id > 3 AND NOT b:Caged WITH collect(b.id) AS ids, count(*) AS n WHERE n > 1 AND n < 99 RETURN any(i IN ids WHERE i > 3) AS v
MATCH (b:Beast) RETURN datetime('2026-02-01T00:00:00Z').epochSeconds - max(b.born).epochSeconds AS v, date(min(b.born)) AS w

// Between moments with offsets and zones.
RETURN duration.inSeconds(datetime('2026-01-01T00:00+02:00'), datetime('2026-01-01T00:00Z')).seconds AS v
RETURN duration.inSeconds(datetime('2026-03-28T12:00:00[Europe/Berlin]'), datetime('2026-03-29T12:00:00[Europe/Berlin]')).hours AS v
RETURN duration.inSeconds(date('2026-01-01'), datetime('2026-01-02T00:00+02:00')).seconds AS v
RETURN duration.inSeconds(datetime('2026-01-02T00:00+02:00'), localdatetime('2026-01-01T00:00')).seconds AS v
RETURN duration.inSeconds(date('2026-01-01'), date('2026-01-02')).seconds AS v, duration.inSeconds(null, datetime()) AS w
RETURN duration.inDays(datetime('2026-01-01T00:00Z'), datetime('2026-01-02T00:30+02:00')).days AS v
RETURN duration.inDays(datetime('2026-03-28T12:00:00[Europe/Berlin]'), datetime('2026-03-29T12:00:00[Europe/Berlin]')).days AS v
RETURN duration.inDays(datetime('2026-03-28T12:00:00[Europe/Berlin]'), datetime('2026-03-29T10:00:00Z')).days AS v
RETURN duration.inDays(date('2026-01-01'), datetime('2026-01-02T00:30+02:00')).days AS v
RETURN duration.inMonths(datetime('2026-01-31T23:00-02:00'), datetime('2026-03-01T00:30+02:00')).months AS v
RETURN duration.inMonths(datetime('2026-01-01T00:00+02:00'), datetime('2026-03-31T23:30Z')).months AS v
MATCH (b:Nothing) RETURN duration.inSeconds(max(b.born), datetime()).seconds AS v, count(*) AS n
MATCH (b:Beast) RETURN b.kind AS kind, duration.inSeconds(min(b.born), max(b.born)).days AS v, count(*) AS n
MATCH (b:Beast) RETURN duration.inDays(b.born, datetime('2026-01-06T00:00+05:00')).days AS v, count(*) AS n
MATCH (b:Beast) WITH b AS two RETURN max(duration.inSeconds(two.born, duration.inSeconds(two.born, two.born) + two.born).seconds) AS v

// Keys and map projections.
MATCH (:Keeper)-[r:FEEDS]->() WITH r {.times, .type, x: 1} AS m RETURN count(m.times) AS v, sum(m.x) AS w, min(m.type) AS t
MATCH (:Keeper)-[r:FEEDS]->() WITH r {.*} AS m RETURN count(m.times) AS v, min(m.type) AS t
WITH {a: 1, id: 2} AS m RETURN m {.a, .id, .b, c: 3}.c AS v, m {.id}.id AS i, m {.*}.id AS j, m {.b}.b AS b
WITH null AS m RETURN m {.a} AS v, m {.*} AS w
OPTIONAL MATCH (n:Nothing) RETURN n {.a, b: 1} AS v, n {.*} AS w, n {.*, b: 1} AS x
MATCH (b:Beast {id: 1}) RETURN b {.*, id: 7}.id AS v, b {.*, x: 1}.kind AS k
MATCH (b:Beast) WITH b.kind AS kind, collect(b {.id, .weight}) AS bs RETURN kind, reduce(s = 0.0, x IN bs | s + x.weight * x.id) AS v
MATCH (b:Beast) RETURN b {.kind}.kind AS kind, count(*) AS v
MATCH (b:Beast) WITH b.kind AS kind, b.weight AS weight WITH collect({kind: kind}) AS ms, count(weight) AS n UNWIND ms AS m RETURN m {.kind, n}.n AS v, count(*) AS c
MATCH (k:Keeper {name: 'Bob'}) RETURN size(keys(k)) AS v, keys(k)[0] AS w
MATCH (b:Beast) UNWIND keys(b) AS key RETURN key, count(*) AS v
MATCH (b:Beast {id: 12}) UNWIND keys(b) AS key WITH b, key WHERE b[key] IS NOT NULL AND key <> 'title' RETURN key AS v
MATCH (b:Beast) WHERE 'id' IN keys(b) RETURN count(*) AS v, count(CASE WHEN 'type' IN keys(b) THEN 1 END) AS w
UNWIND keys({id: 1, b: 2}) AS v RETURN v
RETURN keys(null) AS v
MATCH (b:Beast) WHERE b['id'] = 3 RETURN count(*) AS v
MATCH (b:Beast) WITH b, 'i' + 'd' AS key WHERE b[key] = 3 RETURN count(*) AS v
MATCH (k:Keeper) RETURN properties(k)['name'] AS v, k {.*}['name'] AS w, k['na' + 'me'] AS x, k["name"] AS y
MATCH (b:Beast) WITH b ORDER BY b.id WITH collect(b.id) AS ids, 2 AS i RETURN ids[i] AS v, ids[i - 1] AS w, ids[-1] AS x, ids[1..i][0] AS y, ids[size(ids) - 1] AS z
MATCH (k:Keeper) RETURN [key IN ['name', 'level'] | k[key]][0] AS v
WITH {id: 1, a: {name: 2}} AS m RETURN m['id'] AS v, m['a']['name'] AS w, m[head(keys(m))] IS NOT NULL AS x

// What looks like a phrase that the engine does not read.
MATCH (b:Beast) WHERE EXISTS { (b)<-[f:FEEDS]-(k) WHERE k.name STARTS WITH 'A' AND f.times > 1 } RETURN count(*) AS v
MATCH (b:Beast) RETURN [x IN [b] WHERE x:Caged | x.id][0] AS v
MATCH (b:Beast) WHERE (b.id < 3 OR b.id > 10) AND all(x IN [b.id] WHERE x > 1) RETURN count(*) AS v
MATCH (b:Beast) RETURN CASE b.kind WHEN coalesce(null, 'cat') THEN 1 WHEN 'dog' THEN 2 END AS v, count(*) AS n
MATCH (b:Beast) RETURN CASE WHEN b.kind IN ['cat', 'owl'] THEN 1 ELSE 2 END AS v, count(*) AS n
MATCH (b:Beast) WHERE b.id <-1 OR b.id < - b.legs OR 3 < b.id RETURN count(*) AS v
MATCH (b:Beast) WHERE any(x IN [1] WHERE (b:Caged|Keeper)) RETURN count(*) AS v
RETURN 'a' =~ '(' AS v
RETURN 1 AS v UNION ALL RETURN 2 AS v UNION RETURN 2 AS v
RETURN 1 AS v UNION ALL RETURN 2 AS v UNION ALL CALL () { RETURN 3 AS v UNION RETURN 3 AS v } RETURN v
RETURN round(max([1.25, 2][0]), 1) AS v
RETURN split([',a,'][0], ',')[1] AS v
