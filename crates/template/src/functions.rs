//! The functions of alert templates: those of Go and those of Prometheus.

/// A function and how many arguments it has.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) least: usize,
    pub(crate) most: usize,
}

const fn function(name: &'static str, least: usize, most: usize) -> Function {
    Function { name, least, most }
}

/// Without an upper limit.
const ANY: usize = usize::MAX;

/// In Prometheus 2.42 and all later ones.
const FUNCTIONS: [Function; 46] = [
    function("and", 1, ANY),
    function("args", 0, ANY),
    function("call", 1, ANY),
    function("eq", 2, ANY),
    function("externalURL", 0, 0),
    function("first", 1, 1),
    function("ge", 2, 2),
    function("graphLink", 1, 1),
    function("gt", 2, 2),
    function("html", 1, ANY),
    function("humanize", 1, 1),
    function("humanize1024", 1, 1),
    function("humanizeDuration", 1, 1),
    function("humanizePercentage", 1, 1),
    function("humanizeTimestamp", 1, 1),
    function("index", 1, ANY),
    function("js", 1, ANY),
    function("label", 2, 2),
    function("le", 2, 2),
    function("len", 1, 1),
    function("lt", 2, 2),
    function("match", 2, 2),
    function("ne", 2, 2),
    function("not", 1, 1),
    function("or", 1, ANY),
    function("parseDuration", 1, 1),
    function("pathPrefix", 0, 0),
    function("print", 0, ANY),
    function("printf", 1, ANY),
    function("println", 0, ANY),
    function("query", 1, 1),
    function("reReplaceAll", 3, 3),
    function("safeHtml", 1, 1),
    function("slice", 1, 4),
    function("sortByLabel", 2, 2),
    function("stripDomain", 1, 1),
    function("stripPort", 1, 1),
    function("strvalue", 1, 1),
    function("tableLink", 1, 1),
    function("title", 1, 1),
    function("tmpl", 2, 2),
    function("toLower", 1, 1),
    function("toTime", 1, 1),
    function("toUpper", 1, 1),
    function("urlquery", 1, ANY),
    function("value", 1, 1),
];

/// The function of that name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// All names.
pub(crate) fn names() -> Vec<&'static str> {
    FUNCTIONS.iter().map(|function| function.name).collect()
}
