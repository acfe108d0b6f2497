// Tests of lazybird_security_vulnerabilities_total.

/*test
name   = "vulnerabilities are added up by severity; negative ones do not count"
expect = '''
lazybird_security_vulnerabilities_total{severity="critical"} 1
lazybird_security_vulnerabilities_total{severity="high"} 3
lazybird_security_vulnerabilities_total{severity="medium"} 0
lazybird_security_vulnerabilities_total{severity="low"} 0
'''
*/
CREATE (:Step {system: 'lazybird', kind: 'evaluation', vuln_critical: 1, vuln_high: 1, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'evaluation', vuln_high: 2, vuln_low: -4, timestamp: datetime()});
