// What AgentOS runs: its version, the protocols that it speaks and the name of its service. The value is always 1.
/*kpi
type  = "info"
panel = false
*/
MATCH (s:System)
WHERE s.system = 'agentos' AND s.name = 'AgentOS'
RETURN DISTINCT coalesce(s.version, 'unknown') AS version,
                coalesce(s.protocols, 'unknown') AS protocols,
                coalesce(s.service, 'unknown') AS service
