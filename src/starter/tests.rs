//! Packs for graphs of several kinds: which files there are, and that each of them is a KPI.

use std::time::Duration;

use super::*;
use crate::kpi::{Defaults, Source, load};

fn property(key: &str, kind: Kind, distinct: u64) -> Property {
    Property {
        key: key.to_owned(),
        present: 100,
        kind,
        distinct,
        longest: 8,
        numbers: Some(Numbers {
            least: 1.0,
            median: 20.0,
            p99: 900.0,
            most: 1000.0,
        }),
        indexed: false,
        unique: false,
        values: vec![("open".to_owned(), 60), ("done".to_owned(), 40)],
    }
}

fn label(name: &str, properties: Vec<Property>) -> Label {
    Label {
        name: name.to_owned(),
        nodes: 100,
        sampled: 100,
        without_relationship: 2,
        properties,
    }
}

fn schema(labels: Vec<Label>) -> Schema {
    Schema {
        labels,
        relationship_types: 1,
        has_statistics: true,
    }
}

/// The names of the files, after every one of them has been loaded without a problem.
fn names(schema: &Schema) -> Vec<String> {
    let starter = write("shop", schema);
    let source = |file: &File| Source {
        path: format!("queries/shop/{}", file.name),
        pack: "shop".to_owned(),
        text: file.text.clone(),
    };
    let (packs, kpis): (Vec<_>, Vec<_>) = starter
        .files
        .iter()
        .map(source)
        .partition(|file| file.path.ends_with(".toml"));
    let catalog = load(
        &kpis,
        &packs,
        &Defaults {
            every: Duration::from_secs(300),
            const_labels: &[],
        },
    );
    let shown: Vec<_> = catalog
        .problems
        .iter()
        .map(|problem| {
            let text = kpis
                .iter()
                .chain(&packs)
                .find(|file| Some(&*file.path) == problem.path());
            problem.render(text.map_or("", |file| &file.text), false)
        })
        .collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    assert_eq!(catalog.kpis.len(), kpis.len());
    starter.files.into_iter().map(|file| file.name).collect()
}

#[test]
fn an_empty_graph_has_a_pack_without_kpis() {
    assert_eq!(names(&Schema::default()), ["pack.toml"]);
}

#[test]
fn one_label_has_what_its_properties_allow() {
    let properties = vec![
        property("status", Kind::String, 2),
        property("created_at", Kind::ZonedDateTime, 100),
        property("duration_ms", Kind::Integer, 90),
        Property {
            present: 90,
            ..property("region", Kind::Other, 5)
        },
    ];
    assert_eq!(
        names(&schema(vec![label("Order", properties)])),
        [
            "pack.toml",
            "nodes.cypher",
            "relationships.cypher",
            "order_by_status.cypher",
            "order_created_total.cypher",
            "order_duration_seconds.cypher",
            "orphaned_nodes.cypher",
            "newest_node_age_seconds.cypher",
            "incomplete_nodes.cypher",
        ]
    );
}

#[test]
fn what_identifies_is_no_label() {
    for key in [
        "id",
        "user_id",
        "orderUuid",
        "email",
        "name",
        "firstName",
        "description",
        "path",
    ] {
        let found = names(&schema(vec![label(
            "Order",
            vec![property(key, Kind::String, 2)],
        )]));
        assert!(
            !found.iter().any(|name| name.contains("_by_")),
            "{key}: {found:?}"
        );
    }
    let unique = Property {
        unique: true,
        ..property("status", Kind::String, 2)
    };
    assert!(
        !names(&schema(vec![label("Order", vec![unique])]))
            .iter()
            .any(|name| name.contains("_by_"))
    );
}

#[test]
fn every_form_of_a_time_is_a_window() {
    let millis = Numbers {
        least: 1.7e12,
        median: 1.7e12,
        p99: 1.71e12,
        most: 1.72e12,
    };
    for (kind, numbers, expected) in [
        (Kind::ZonedDateTime, None, None),
        (Kind::LocalDateTime, None, Some("localdatetime")),
        (Kind::IsoUtc, None, Some("iso")),
        (Kind::Integer, Some(millis), Some("epoch_ms")),
        (
            Kind::Integer,
            Some(Numbers {
                least: 1.7e9,
                most: 1.71e9,
                ..millis
            }),
            Some("epoch_s"),
        ),
    ] {
        let time = Property {
            numbers,
            ..property("createdAt", kind, 100)
        };
        let starter = write("shop", &schema(vec![label("Order", vec![time])]));
        let created = starter
            .files
            .iter()
            .find(|file| file.name == "order_created_total.cypher");
        let text = &created.expect("there is a time").text;
        let form = expected.map(|form| format!("time = \"{form}\""));
        assert!(form.is_none_or(|form| text.contains(&form)), "{text}");
        assert_eq!(text.contains("time ="), expected.is_some());
    }
}

#[test]
fn names_that_need_quotes_are_quoted() {
    let hostile = [
        "Tool Call",
        "a`b",
        "知識",
        "x'); DROP",
        "*/ x",
        "A\\u0060B",
        "Order",
        "ORDER",
    ];
    let labels = hostile
        .iter()
        .map(|name| {
            label(
                name,
                vec![
                    property("the state", Kind::Boolean, 2),
                    property("created at", Kind::ZonedDateTime, 9),
                    property("took_ms", Kind::Float, 9),
                ],
            )
        })
        .collect();
    let found = names(&schema(labels));
    assert!(
        found.contains(&"tool_call_by_the_state.cypher".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_graph_of_many_labels_has_a_pack_of_a_readable_size() {
    let labels = (0..300).map(|n| {
        label(
            &format!("Label{n}"),
            vec![property("status", Kind::String, 2)],
        )
    });
    let starter = write("shop", &schema(labels.collect()));
    assert_eq!(starter.left_out, 300 - MOST_LABELS);
    assert!(starter.files.len() < 30, "{}", starter.files.len());
}

#[test]
fn the_files_of_a_shop() {
    let properties = vec![
        property("status", Kind::String, 2),
        Property {
            indexed: true,
            ..property("created_at", Kind::ZonedDateTime, 100)
        },
        property("duration_ms", Kind::Integer, 90),
    ];
    let starter = write("shop", &schema(vec![label("Order", properties)]));
    let texts: Vec<_> = starter
        .files
        .iter()
        .map(|file| format!("== {}\n{}", file.name, file.text))
        .collect();
    insta::assert_snapshot!(texts.join("\n"), @r#"
    == pack.toml
    title = "Shop"
    description = "A first look at this graph. Edit these files, and add your own."

    [[row]]
    title = "Nodes and relationships"
    kpis  = ["nodes", "relationships", "order_by_status"]

    [[row]]
    title = "Events and durations"
    kpis  = ["order_created_total", "order_duration_seconds"]

    [[row]]
    title = "Completeness and freshness"
    kpis  = ["orphaned_nodes", "newest_node_age_seconds"]

    == nodes.cypher
    // Number of nodes by label; a node with several labels counts for each.
    CALL db.stats.retrieve('GRAPH COUNTS') YIELD data
    UNWIND data.nodes AS entry
    WITH entry WHERE entry.label IS NOT NULL
    RETURN entry.label AS label, entry.count AS value

    == relationships.cypher
    // Number of relationships by type.
    CALL db.stats.retrieve('GRAPH COUNTS') YIELD data
    UNWIND data.relationships AS entry
    WITH entry
    WHERE entry.relationshipType IS NOT NULL AND entry.startLabel IS NULL AND entry.endLabel IS NULL
    RETURN entry.relationshipType AS type, entry.count AS value

    == order_by_status.cypher
    // Number of Order nodes by status.
    MATCH (n:Order)
    RETURN coalesce(toString(n.status), 'unknown') AS status, count(n) AS value

    == order_created_total.cypher
    // Number of Order nodes created, by their created_at.
    /*kpi
    type = "counter"
    mode = "window"
    every = "1m"
    */
    MATCH (n:Order)
    WHERE n.created_at > $since AND n.created_at <= $until
    RETURN count(n) AS value

    == order_duration_seconds.cypher
    // Distribution of duration_ms of Order nodes in seconds.
    /*kpi
    type = "histogram"
    mode = "window"
    buckets = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
    every = "1m"
    */
    MATCH (n:Order)
    WHERE n.created_at > $since AND n.created_at <= $until AND n.duration_ms IS NOT NULL
    RETURN n.duration_ms / 1000.0 AS value

    == orphaned_nodes.cypher
    // Number of nodes without any relationship, by label, for labels whose nodes usually have one.
    /*kpi
    every = "15m"

    # 2 in the sample of today. Remove the # for an alert.
    # [[alert]]
    # name     = "OrphanedNodes"
    # when     = "> 10"
    # for      = "30m"
    # severity = "warning"
    */
    MATCH (n:Order) WHERE NOT (n)--() RETURN 'Order' AS label, count(n) AS value

    == newest_node_age_seconds.cypher
    // Age in seconds of the newest node, by label.
    /*kpi
    unit = "seconds"

    # Remove the # for an alert when nothing new is written.
    # [[alert]]
    # name     = "NothingNew"
    # when     = "> 86400"
    # for      = "15m"
    # severity = "warning"
    */
    MATCH (n:Order) WHERE n.created_at IS NOT NULL
    WITH n.created_at AS at ORDER BY at DESC LIMIT 1
    RETURN 'Order' AS label, (datetime().epochMillis - at.epochMillis) / 1000.0 AS value
    "#);
}
