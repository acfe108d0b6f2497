// A small BMAD graph for a first look: six agents, two projects, a few weeks of work.
// Every statement merges on a key and times are relative to now, so running it again refreshes the graph.

UNWIND [
  {name: 'Jay', role: 'Analyst'}, {name: 'Winston', role: 'Architect'}, {name: 'Brooks', role: 'Developer'},
  {name: 'Dutch', role: 'PM'}, {name: 'Troy', role: 'TEA'}, {name: 'Bob', role: 'Scrum Master'}
] AS agent
MERGE (a:AIAgent {name: agent.name})
SET a.role = agent.role, a.status = 'active';

MERGE (b:Brain {name: 'Global Coding Skills', group_id: 'global-coding-skills'})
SET b.scope = 'global';

// Bob gets no brain, so that one agent is orphaned.
MATCH (b:Brain {name: 'Global Coding Skills'}), (a:AIAgent)
WHERE a.name IN ['Jay', 'Winston', 'Brooks', 'Dutch', 'Troy']
MERGE (a)-[:HAS_MEMORY_IN]->(b);

UNWIND [
  {id: 'p1', name: 'Repository Pattern', category: 'architectural', rate: 0.94, used: 62},
  {id: 'p2', name: 'Circuit Breaker', category: 'architectural', rate: 0.88, used: 31},
  {id: 'p3', name: 'Test Data Builder', category: 'testing', rate: 0.91, used: 54},
  {id: 'p4', name: 'Contract Test', category: 'testing', rate: 0.79, used: 12},
  {id: 'p5', name: 'Cursor Pagination', category: 'api', rate: 0.83, used: 27},
  {id: 'p6', name: 'Idempotency Key', category: 'api', rate: 0.72, used: 4},
  {id: 'p7', name: 'Big Rewrite', category: 'architectural', rate: 0.35, used: 9}
] AS pattern
MERGE (p:Pattern {pattern_id: pattern.id})
SET p.name = pattern.name, p.category = pattern.category, p.success_rate = pattern.rate, p.times_used = pattern.used,
    p.scope = 'global', p.group_id = 'global-coding-skills';

MERGE (p:Pattern {pattern_id: 'p8'})
SET p.name = 'Menu Cache', p.category = 'database', p.success_rate = 0.66, p.times_used = 8,
    p.scope = 'project', p.group_id = 'faith-meats';

// An event every five hours in each project.
UNWIND ['faith-meats', 'diff-driven-saas'] AS project
UNWIND range(1, 60) AS n
MERGE (e:Event {event_id: project + '-' + n})
SET e.group_id = project, e.timestamp = datetime() - duration({hours: 5 * n}),
    e.event_type = ['code_implementation', 'testing', 'review', 'planning', 'architecture_decision', 'deployment'][n % 6];

// The newest event of each project is still running, so it has no outcome.
UNWIND ['faith-meats', 'diff-driven-saas'] AS project
UNWIND range(2, 60) AS n
MATCH (e:Event {event_id: project + '-' + n})
MERGE (o:Outcome {outcome_id: project + '-' + n})
SET o.group_id = project, o.status = CASE WHEN n % 5 = 0 THEN 'Failed' ELSE 'Success' END
MERGE (e)-[:HAS_OUTCOME]->(o);

UNWIND range(1, 60) AS n
MATCH (a:AIAgent {name: ['Winston', 'Brooks', 'Troy'][n % 3]}), (e:Event)
WHERE e.event_id ENDS WITH '-' + n
MERGE (a)-[:PERFORMED]->(e);

// One project uses patterns in two of three events, the other in two of five.
UNWIND range(1, 60) AS n
MATCH (e:Event {event_id: 'faith-meats-' + n}), (p:Pattern {pattern_id: 'p' + (1 + n % 8)})
WHERE n % 3 > 0
MERGE (e)-[:USED_PATTERN]->(p);

UNWIND range(1, 60) AS n
MATCH (e:Event {event_id: 'diff-driven-saas-' + n}), (p:Pattern {pattern_id: 'p' + (1 + n % 7)})
WHERE n % 5 < 2
MERGE (e)-[:USED_PATTERN]->(p);

// Archived events of earlier months.
UNWIND ['faith-meats', 'diff-driven-saas'] AS project
UNWIND [{kind: 'code_implementation', count: 412}, {kind: 'testing', count: 305}, {kind: 'review', count: 118}] AS archived
MERGE (s:EventSummary {group_id: project, event_type: archived.kind, period: 'archived'})
SET s.count = archived.count, s.first_event = datetime() - duration('P120D'), s.last_event = datetime() - duration('P30D');

UNWIND ['faith-meats', 'diff-driven-saas'] AS project
UNWIND range(1, 24) AS n
MERGE (i:Insight {insight_id: project + '-' + n})
SET i.group_id = project, i.status = 'active',
    i.applies_to = ['python', 'javascript', 'testing', 'deployment'][n % 4],
    i.rule = 'Lesson ' + n + ' of ' + project,
    i.created_at = datetime() - duration({hours: CASE project WHEN 'faith-meats' THEN 8 * n ELSE 20 * n END}),
    i.confidence_score = CASE WHEN n % 8 = 0 THEN 0.2 WHEN n % 5 = 0 THEN 0.55 ELSE 0.75 + 0.01 * (n % 20) END,
    i.times_applied = n % 7,
    i.success_rate = CASE WHEN n % 6 = 0 THEN 0.5 ELSE 0.95 END;

UNWIND range(1, 24) AS n
MATCH (a:AIAgent {name: ['Winston', 'Brooks', 'Troy'][n % 3]}), (i:Insight {insight_id: 'faith-meats-' + n})
MERGE (a)-[:LEARNED]->(i);

// Every third insight is shared, the first ones within the last 30 days.
UNWIND range(1, 24) AS n
MATCH (a:AIAgent {name: ['Dutch', 'Jay', 'Brooks', 'Winston'][n % 4]}), (i:Insight {insight_id: 'faith-meats-' + n})
WHERE n % 3 = 1
MERGE (a)-[shared:CAN_APPLY]->(i)
SET shared.shared_at = datetime() - duration({days: 2 * n});
