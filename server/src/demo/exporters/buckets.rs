//! The exporters' bucket bounds, as their sources have them. The text of each bound is what the exporter writes in `le`:
//! Python `1.0`, Go and C++ `1`.

use crate::demo::sim::histogram::Bounds;

macro_rules! bounds {
    ($($bound:literal)*) => { &[$(($bound as f64, stringify!($bound))),*] };
}

/// vllm/v1/metrics/buckets.py, current.
pub mod vllm {
    use super::Bounds;

    pub const REQUEST_LATENCY: Bounds = bounds!(0.3 0.5 0.8 1.0 1.5 2.0 2.5 5.0 10.0 15.0 20.0 30.0 40.0 50.0 60.0 120.0 240.0 480.0 960.0 1920.0 7680.0);
    pub const TIME_TO_FIRST_TOKEN: Bounds = bounds!(0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0 20.0 40.0 80.0 160.0 640.0 2560.0);
    pub const INTER_TOKEN_LATENCY: Bounds =
        bounds!(0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1.0 2.5 5.0 7.5 10.0 20.0 40.0 80.0);
    pub const ITERATION_TOKENS: Bounds =
        bounds!(1.0 8.0 16.0 32.0 64.0 128.0 256.0 512.0 1024.0 2048.0 4096.0 8192.0 16384.0);
    pub const PARAMS_N: Bounds = bounds!(1.0 2.0 5.0 10.0 20.0);
    /// 1-2-5 steps up to `--max-model-len 8192`.
    pub const REQUEST_TOKENS: Bounds = bounds!(1.0 2.0 5.0 10.0 20.0 50.0 100.0 200.0 500.0 1000.0 2000.0 5000.0);
}

/// vllm/engine/metrics.py of the v0 engine; the shorter lists that its releases shipped with.
pub mod vllm_v0 {
    use super::Bounds;

    pub const REQUEST_LATENCY: Bounds = bounds!(0.3 0.5 0.8 1.0 1.5 2.0 2.5 5.0 10.0 15.0 20.0 30.0 40.0 50.0 60.0);
    pub const TIME_TO_FIRST_TOKEN: Bounds =
        bounds!(0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0);
    pub const TIME_PER_OUTPUT_TOKEN: Bounds = bounds!(0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1.0 2.5);
    pub const ITERATION_TOKENS: Bounds = bounds!(1.0 8.0 16.0 32.0 64.0 128.0 256.0 512.0 1024.0 2048.0 4096.0 8192.0);
}

/// prometheus-fastapi-instrumentator's defaults.
pub mod http {
    use super::Bounds;

    pub const LOW_RESOLUTION: Bounds = bounds!(0.1 0.5 1.0);
    pub const HIGH_RESOLUTION: Bounds =
        bounds!(0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 7.5 10.0 30.0 60.0);
}

/// The endpoint picker's pkg/epp/metrics. `32778` is its own slip of the pen.
pub mod epp {
    use super::Bounds;

    pub const LATENCY: Bounds = bounds!(0.005 0.025 0.05 0.1 0.2 0.4 0.6 0.8 1 1.25 1.5 2 3 4 5 6 8 10 15 20 30 45 60 120 180 240 300 360 480 600 900 1200 1800 2700 3600);
    pub const INPUT_TOKENS: Bounds =
        bounds!(1 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32778 65536 131072 262144 524288 1.048576e+06);
    pub const OUTPUT_TOKENS: Bounds = bounds!(1 8 16 32 64 128 256 512 1024 2048 4096 8192);
    pub const NTPOT: Bounds = bounds!(0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10);
    pub const SCHEDULER: Bounds = bounds!(0.0001 0.0002 0.0005 0.001 0.002 0.005 0.01 0.02 0.05 0.1);
    pub const HIT_RATIO: Bounds = bounds!(0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1);
    pub const HIT_BYTES: Bounds = bounds!(0 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536);
}

/// OpenVINO Model Server: floor(10 × 1.8^i), i in 0..33, microseconds (src/model_metric_reporter.cpp).
pub mod ovms {
    use super::Bounds;

    pub const MICROSECONDS: Bounds = bounds!(10 18 32 58 104 188 340 612 1101 1983 3570 6426 11568 20822 37481 67466 121439 218591 393464 708235
        1274823 2294682 4130428 7434771 13382588 24088659 43359586 78047255 140485060 252873108 455171596 819308872 1474755971);
}

/// Envoy's defaults, as Istio keeps them.
pub mod istio {
    use super::Bounds;

    pub const MILLISECONDS: Bounds =
        bounds!(0.5 1 5 10 25 50 100 250 500 1000 2500 5000 10000 30000 60000 300000 600000 1800000 3600000);
}

/// litellm/types/integrations/prometheus.py.
pub mod litellm {
    use super::Bounds;

    pub const LATENCY: Bounds = bounds!(0.005 0.00625 0.0125 0.025 0.05 0.1 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 5.5 6.0
        6.5 7.0 7.5 8.0 8.5 9.0 9.5 10.0 15.0 20.0 25.0 30.0 60.0 120.0 180.0 240.0 300.0);
}

/// text-generation-inference, router/src/server.rs: 0.0001 × 1.5^i, i in 1..=35. From memory of its first releases.
pub mod tgis {
    use super::Bounds;

    pub const SECONDS: Bounds = bounds!(0.00015000000000000001 0.00022500000000000002 0.0003375 0.00050625 0.000759375 0.0011390624999999999 0.0017085937499999998 0.0025628906249999996 0.0038443359374999994 0.00576650390625 0.008649755859375 0.0129746337890625 0.01946195068359375 0.029192926025390625 0.043789389038085935 0.0656840835571289 0.09852612533569335 0.14778918800354002 0.22168378200531003 0.33252567300796504 0.49878850951194753 0.7481827642679213 1.122274146401882 1.683411219602823 2.5251168294042348 3.787675244106352 5.681512866159528 8.52226929923929 12.783403948858936 19.175105923288406 28.76265888493261 43.143988327398915 64.71598249109837 97.07397373664756 145.61096060497135);
}

/// The Python client's default buckets, used by starlette_exporter and so by MLServer.
pub mod python {
    use super::Bounds;

    pub const DEFAULT: Bounds = bounds!(0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0);
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_model_servers_bounds_are_powers_of_1_8_rounded_down() {
        let made: Vec<f64> = (0..33).map(|power| (10.0 * 1.8_f64.powi(power)).floor()).collect();
        let kept: Vec<f64> = super::ovms::MICROSECONDS.iter().map(|(bound, _)| *bound).collect();
        assert_eq!(made, kept);
    }
}
