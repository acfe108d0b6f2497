//! A scrape of readings that have not changed allocates next to nothing, however many series there
//! are.

use cypher_exporter::http::Settings;
use stats_alloc::Region;
use test_support::serving::scraper::{GZIP, Scraper};
use test_support::serving::{Served, gauges, refresh, site};

use crate::{Alone, COUNTING};

const SCRAPES: usize = 20;

/// The most that one scrape may ask the allocator for, in times and in bytes: it is spent on the
/// histograms of the scrapes themselves, which are new each time.
const MOST: (usize, usize) = (250, 64 * 1024);

/// What one scrape costs, in allocations and bytes, once its form has been asked for before.
async fn cost(kpis: usize, series_each: usize, headers: &'static str) -> (usize, usize) {
    let served = Served::start(site(
        gauges(kpis, series_each),
        Settings::default(),
        refresh(None),
    ))
    .await;
    let address = served.address;
    let scrapes = move || {
        let mut scraper = Scraper::connect(address, headers);
        for _ in 0..3 {
            scraper.scrape();
        }
        let region = Region::new(COUNTING);
        for _ in 0..SCRAPES {
            scraper.scrape();
        }
        let spent = region.change();
        (
            (spent.allocations + spent.reallocations) / SCRAPES,
            spent.bytes_allocated / SCRAPES,
        )
    };
    tokio::task::spawn_blocking(scrapes).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_of_unchanged_readings_allocates_next_to_nothing() {
    let _alone = Alone::wait();
    for headers in ["", GZIP, "Accept: application/openmetrics-text\r\n"] {
        let few = cost(1, 1, headers).await;
        let many = cost(20, 5_000, headers).await;
        let kpis = cost(1_000, 1, headers).await;
        println!(
            "{headers:?}: {few:?}, with 100 000 series {many:?}, with 1 000 KPIs {kpis:?} (allocations, bytes)"
        );
        for (count, bytes) in [few, many, kpis] {
            assert!(
                count < MOST.0 && bytes < MOST.1,
                "{headers:?}: {count} allocations, {bytes} bytes"
            );
        }
    }
}
