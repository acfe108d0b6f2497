//! Events that arrive while the exporter runs.

use crate::events::{Writer, Written, by_kind, counter, histogram, sizes, until_lines};
use crate::support::exporter::Setup;
use crate::support::neo4j::shared;

#[tokio::test]
async fn every_event_of_several_writers_is_counted_once() {
    let Some(neo4j) = shared() else { return };
    let exporter = Setup::on("live", neo4j)
        .kpi("kinds", &counter("live_kinds_total"), &by_kind("Live"))
        .kpi("sizes", &histogram("live_sizes"), &sizes("Live"))
        .start();
    let writers: Vec<_> = (0..4)
        .map(|seed| {
            let mut writer = Writer::new(neo4j, "Live", seed);
            tokio::spawn(async move {
                for _ in 0..60 {
                    writer.write().await;
                }
                writer.written
            })
        })
        .collect();
    let mut written = Written::default();
    for writer in writers {
        written.join(writer.await.unwrap());
    }
    until_lines(&exporter, "live/kinds", "live_kinds", &written.counter("live_kinds_total"));
    until_lines(&exporter, "live/sizes", "live_sizes", &written.histogram("live_sizes"));
    let metrics = exporter.metrics();
    for kpi in ["live/kinds", "live/sizes"] {
        assert_eq!(metrics.own("up", kpi), Some(1.0));
        assert!(metrics.own("runs_total", kpi).unwrap() > 5.0, "the events came in one window");
    }
    println!("{} events in {} windows", written.count(), metrics.own("runs_total", "live/kinds").unwrap());
}
