//! What `init` has found out about a graph: labels, relationship types and a sample of the properties.

/// A graph as a starter pack sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// The labels with nodes, the most frequent one first.
    pub labels: Vec<Label>,
    /// The relationship types with relationships.
    pub relationship_types: usize,
    /// Whether the server hands out its count store in one query.
    pub has_statistics: bool,
}

/// One label.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Label {
    /// Its name, as it is in the graph.
    pub name: String,
    /// How many nodes have it.
    pub nodes: u64,
    /// How many of its nodes were sampled; 0 where it was not.
    pub sampled: u64,
    /// How many of the sampled nodes have no relationship.
    pub without_relationship: u64,
    /// The properties of the sampled nodes.
    pub properties: Vec<Property>,
}

/// One property of the nodes of a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its key.
    pub key: String,
    /// How many of the sampled nodes have it.
    pub present: u64,
    /// The type of all its sampled values.
    pub kind: Kind,
    /// How many different values were sampled.
    pub distinct: u64,
    /// The length of the longest string.
    pub longest: u64,
    /// Smallest, median, 99th percentile and largest number.
    pub numbers: Option<Numbers>,
    /// Whether an index makes a range of it quick to find.
    pub indexed: bool,
    /// Whether a constraint says that no two nodes share a value.
    pub unique: bool,
    /// The values with the number of sampled nodes that have them; empty unless there are few.
    pub values: Vec<(String, u64)>,
}

/// Where the numbers of a property are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// The smallest one.
    pub least: f64,
    /// Half of them are below.
    pub median: f64,
    /// All but a hundredth of them are below.
    pub p99: f64,
    /// The largest one.
    pub most: f64,
}

/// The type of the values of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// INTEGER
    Integer,
    /// FLOAT, or integers and floats.
    Float,
    /// BOOLEAN
    Boolean,
    /// STRING
    String,
    /// STRING, and every value is a UTC time in the form `2026-12-01T00:00:00.000Z`.
    IsoUtc,
    /// ZONED DATETIME
    ZonedDateTime,
    /// LOCAL DATETIME
    LocalDateTime,
    /// DURATION
    Duration,
    /// Any other type, or several.
    Other,
}

impl Label {
    /// Whether this share of the sampled nodes has the property.
    pub(super) fn has(&self, property: &Property, share: f64) -> bool {
        self.sampled > 0 && property.present as f64 >= share * self.sampled as f64
    }
}
