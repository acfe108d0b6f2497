// Tests of active_sessions_total.

/*test
name   = "sessions without an end are active"
expect = 'active_sessions_total 2'
*/
CREATE (:Session {system: 'session_buddy', started_at: datetime()}), (:Session {system: 'session_buddy', started_at: datetime()}),
       (:Session {system: 'session_buddy', started_at: datetime(), ended_at: datetime()}),
       (:Session {system: 'session_buddy'}), (:Session {system: 'x', started_at: datetime()});

/*test
name   = "an empty graph has none"
expect = 'active_sessions_total 0'
*/
