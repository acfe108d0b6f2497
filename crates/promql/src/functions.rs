//! The PromQL functions of Prometheus 2.42 and every later release.

use super::Type::{self, Matrix, Scalar, Text, Vector};

/// A function: its parameters and its return type.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The types of its parameters.
    pub(super) takes: &'static [Type],
    /// How many of the last parameters are optional.
    pub(super) optional: usize,
    /// Whether the last parameter is variadic.
    pub(super) repeats: bool,
    /// The type of its result.
    pub(super) returns: Type,
}

impl Function {
    /// The function of that name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }

    /// All names.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|function| function.name)
    }
}

const fn fixed(name: &'static str, takes: &'static [Type], returns: Type) -> Function {
    Function {
        name,
        takes,
        optional: 0,
        repeats: false,
        returns,
    }
}

/// A function whose last parameter is optional.
const fn short(name: &'static str, takes: &'static [Type], returns: Type) -> Function {
    Function {
        name,
        takes,
        optional: 1,
        repeats: false,
        returns,
    }
}

const FUNCTIONS: [Function; 69] = [
    fixed("abs", &[Vector], Vector),
    fixed("absent", &[Vector], Vector),
    fixed("absent_over_time", &[Matrix], Vector),
    fixed("acos", &[Vector], Vector),
    fixed("acosh", &[Vector], Vector),
    fixed("asin", &[Vector], Vector),
    fixed("asinh", &[Vector], Vector),
    fixed("atan", &[Vector], Vector),
    fixed("atanh", &[Vector], Vector),
    fixed("avg_over_time", &[Matrix], Vector),
    fixed("ceil", &[Vector], Vector),
    fixed("changes", &[Matrix], Vector),
    fixed("clamp", &[Vector, Scalar, Scalar], Vector),
    fixed("clamp_max", &[Vector, Scalar], Vector),
    fixed("clamp_min", &[Vector, Scalar], Vector),
    fixed("cos", &[Vector], Vector),
    fixed("cosh", &[Vector], Vector),
    fixed("count_over_time", &[Matrix], Vector),
    short("day_of_month", &[Vector], Vector),
    short("day_of_week", &[Vector], Vector),
    short("day_of_year", &[Vector], Vector),
    short("days_in_month", &[Vector], Vector),
    fixed("deg", &[Vector], Vector),
    fixed("delta", &[Matrix], Vector),
    fixed("deriv", &[Matrix], Vector),
    fixed("exp", &[Vector], Vector),
    fixed("floor", &[Vector], Vector),
    fixed("histogram_count", &[Vector], Vector),
    fixed("histogram_fraction", &[Scalar, Scalar, Vector], Vector),
    fixed("histogram_quantile", &[Scalar, Vector], Vector),
    fixed("histogram_sum", &[Vector], Vector),
    short("hour", &[Vector], Vector),
    fixed("idelta", &[Matrix], Vector),
    fixed("increase", &[Matrix], Vector),
    fixed("irate", &[Matrix], Vector),
    Function {
        name: "label_join",
        takes: &[Vector, Text, Text, Text],
        optional: 1,
        repeats: true,
        returns: Vector,
    },
    fixed("label_replace", &[Vector, Text, Text, Text, Text], Vector),
    fixed("last_over_time", &[Matrix], Vector),
    fixed("ln", &[Vector], Vector),
    fixed("log10", &[Vector], Vector),
    fixed("log2", &[Vector], Vector),
    fixed("max_over_time", &[Matrix], Vector),
    fixed("min_over_time", &[Matrix], Vector),
    short("minute", &[Vector], Vector),
    short("month", &[Vector], Vector),
    fixed("pi", &[], Scalar),
    fixed("predict_linear", &[Matrix, Scalar], Vector),
    fixed("present_over_time", &[Matrix], Vector),
    fixed("quantile_over_time", &[Scalar, Matrix], Vector),
    fixed("rad", &[Vector], Vector),
    fixed("rate", &[Matrix], Vector),
    fixed("resets", &[Matrix], Vector),
    short("round", &[Vector, Scalar], Vector),
    fixed("scalar", &[Vector], Scalar),
    fixed("sgn", &[Vector], Vector),
    fixed("sin", &[Vector], Vector),
    fixed("sinh", &[Vector], Vector),
    fixed("sort", &[Vector], Vector),
    fixed("sort_desc", &[Vector], Vector),
    fixed("sqrt", &[Vector], Vector),
    fixed("stddev_over_time", &[Matrix], Vector),
    fixed("stdvar_over_time", &[Matrix], Vector),
    fixed("sum_over_time", &[Matrix], Vector),
    fixed("tan", &[Vector], Vector),
    fixed("tanh", &[Vector], Vector),
    fixed("time", &[], Scalar),
    fixed("timestamp", &[Vector], Vector),
    fixed("vector", &[Scalar], Vector),
    short("year", &[Vector], Vector),
];
