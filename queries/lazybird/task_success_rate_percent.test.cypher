// Tests of lazybird_task_success_rate_percent.

/*test
name   = "the percentage of the tasks of a day that succeeded"
expect = 'lazybird_task_success_rate_percent 50'
*/
CREATE (:Task {system: 'lazybird', status: 'success', finished_at: datetime()}),
       (:Task {system: 'lazybird', status: 'failed', finished_at: datetime() - duration('P1D')}),
       (:Task {system: 'lazybird', status: 'success', finished_at: datetime() - duration('P1DT1S')});

/*test
name   = "without finished tasks there is no value"
expect = ''
*/
