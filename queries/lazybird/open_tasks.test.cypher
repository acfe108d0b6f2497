// Tests of lazybird_task_queue_depth and lazybird_active_tasks_count.

/*test
name   = "queued and running tasks"
expect = '''
lazybird_task_queue_depth 1
lazybird_active_tasks_count 2
'''
*/
CREATE (:Task {system: 'lazybird', status: 'queued'}),
       (:Task {system: 'lazybird', status: 'running'}),
       (:Task {system: 'lazybird', status: 'running'}),
       (:Task {system: 'lazybird', status: 'success'});

/*test
name   = "an empty graph has none"
expect = '''
lazybird_task_queue_depth 0
lazybird_active_tasks_count 0
'''
*/
