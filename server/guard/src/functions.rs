//! The functions that a confined query may call: each reads nothing but its arguments.
//!
//! A list of what is allowed, so that a function of a later version stays outside until somebody has looked at it.
//! `info()` is left out on purpose: it reads series that no selector of the query names. So is `integral()`, which is
//! the parser's own and no function of Prometheus.

/// In alphabetical order.
const READS_ONLY_ITS_ARGUMENTS: &[&str] = &[
    "abs",
    "absent",
    "absent_over_time",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "avg_over_time",
    "ceil",
    "changes",
    "clamp",
    "clamp_max",
    "clamp_min",
    "cos",
    "cosh",
    "count_over_time",
    "day_of_month",
    "day_of_week",
    "day_of_year",
    "days_in_month",
    "deg",
    "delta",
    "deriv",
    "double_exponential_smoothing",
    "end",
    "exp",
    "first_over_time",
    "floor",
    "histogram_avg",
    "histogram_count",
    "histogram_fraction",
    "histogram_quantile",
    "histogram_quantiles",
    "histogram_stddev",
    "histogram_stdvar",
    "histogram_sum",
    "hour",
    "idelta",
    "increase",
    "irate",
    "label_join",
    "label_replace",
    "last_over_time",
    "ln",
    "log10",
    "log2",
    "mad_over_time",
    "max_of",
    "max_over_time",
    "min_of",
    "min_over_time",
    "minute",
    "month",
    "pi",
    "predict_linear",
    "present_over_time",
    "quantile_over_time",
    "rad",
    "range",
    "rate",
    "resets",
    "round",
    "scalar",
    "sgn",
    "sin",
    "sinh",
    "sort",
    "sort_by_label",
    "sort_by_label_desc",
    "sort_desc",
    "sqrt",
    "start",
    "start_timestamp",
    "stddev_over_time",
    "stdvar_over_time",
    "step",
    "sum_over_time",
    "tan",
    "tanh",
    "time",
    "timestamp",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
    "vector",
    "year",
];

/// Whether `name` reads no other series than those of its arguments.
pub fn is_known(name: &str) -> bool {
    READS_ONLY_ITS_ARGUMENTS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_leaves_out_what_reads_more() {
        assert!(READS_ONLY_ITS_ARGUMENTS.is_sorted());
        for name in READS_ONLY_ITS_ARGUMENTS {
            assert!(is_known(name), "{name}");
        }
        for name in ["info", "integral", "", "no_such_function"] {
            assert!(!is_known(name), "{name}");
        }
    }
}
