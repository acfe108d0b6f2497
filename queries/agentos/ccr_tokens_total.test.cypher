// Tests of ccr_tokens_total.

/*test
name   = "tokens are added up by direction; negative ones do not count"
expect = '''
ccr_tokens_total{provider="local",direction="input"} 30
ccr_tokens_total{provider="local",direction="output"} 5
'''
*/
CREATE (:Call {system: 'agentos', kind: 'ccr', target: 'local', tokens_in: 10, tokens_out: 5, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'ccr', target: 'local', tokens_in: 20, tokens_out: -7, timestamp: datetime()});
