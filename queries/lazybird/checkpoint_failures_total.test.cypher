// Tests of lazybird_checkpoint_failures_total.

/*test
name   = "failures count by checkpoint; the others are 0"
expect = '''
lazybird_checkpoint_failures_total{checkpoint="1"} 0
lazybird_checkpoint_failures_total{checkpoint="2"} 2
lazybird_checkpoint_failures_total{checkpoint="3"} 0
'''
*/
CREATE (:Step {system: 'lazybird', kind: 'checkpoint', status: 'fail', ordinal: 2, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'checkpoint', status: 'FAIL', ordinal: 2.0, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'checkpoint', status: 'pass', ordinal: 1, timestamp: datetime()});
