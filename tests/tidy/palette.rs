//! The colours of series, measured: they stand out from the card, and apart from each other for every kind of eye.

use std::collections::BTreeMap;

use super::source;

/// WCAG 2.2, 1.4.11: what must be seen to understand a picture.
const LEAST_CONTRAST: f64 = 3.0;
/// Distances in OKLab, times 100; two colours at 2 are just told apart side by side.
const LEAST_APART: f64 = 10.0;
const LEAST_APART_TO_FEW: f64 = 6.5;

/// Linear light.
type Light = [f64; 3];

/// What each kind of eye makes of linear light (Machado, Oliveira and Fernandes 2009, severity 1).
const EYES: [(&str, [Light; 3]); 4] = [
    ("usual", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

fn light(css: &str) -> Light {
    [1, 3, 5].map(|at| {
        let value = f64::from(u8::from_str_radix(&css[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn times(matrix: &[Light; 3], [r, g, b]: Light) -> Light {
    [0, 1, 2].map(|row| matrix[row][0] * r + matrix[row][1] * g + matrix[row][2] * b)
}

fn luminance(color: &str) -> f64 {
    let [r, g, b] = light(color);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn oklab(seen: Light) -> Light {
    let cones = times(
        &[
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        seen.map(|value| value.clamp(0.0, 1.0)),
    );
    times(
        &[
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ],
        cones.map(f64::cbrt),
    )
}

fn apart(eye: &[Light; 3], a: &str, b: &str) -> f64 {
    let (a, b) = (oklab(times(eye, light(a))), oklab(times(eye, light(b))));
    let squares = (0..3).map(|at| (a[at] - b[at]).powi(2));
    100.0 * squares.sum::<f64>().sqrt()
}

/// Each theme's tokens whose value ends in a literal colour: the outermost fallback is our own.
fn themes() -> [BTreeMap<String, String>; 2] {
    let css = std::fs::read_to_string(source::root().join("assets/styles/tokens.css")).unwrap();
    let (light, dark) = css.split_once(".servelens.servelens-dark {").unwrap();
    [light, dark].map(|rules| {
        rules
            .lines()
            .filter_map(|line| {
                let (name, value) = line.trim().strip_prefix("--sl-")?.split_once(": ")?;
                let at = value.rfind('#')?;
                Some((name.to_owned(), value.get(at..at + 7)?.to_owned()))
            })
            .collect()
    })
}

#[test]
fn series_stand_out_and_stay_apart_for_every_kind_of_eye() {
    // PatternFly's own dark cards are a little lighter than ours.
    for (tokens, cards) in themes().into_iter().zip([vec!["#ffffff"], vec!["#1a1e24", "#292929"]]) {
        let series: Vec<&str> = (1..=8).map(|at| tokens[&format!("series-{at}")].as_str()).collect();
        assert_eq!(
            tokens["card"], cards[0],
            "the card's colour has changed: measure against the new one"
        );
        for (color, card) in series
            .iter()
            .flat_map(|color| cards.iter().map(move |card| (color, card)))
        {
            let got = contrast(color, card);
            assert!(got >= LEAST_CONTRAST, "{color} on {card}: {got:.2}");
        }
        for (eye, matrix) in &EYES {
            let least = if *eye == "usual" {
                LEAST_APART
            } else {
                LEAST_APART_TO_FEW
            };
            for (at, a) in series.iter().enumerate() {
                for b in &series[at + 1..] {
                    let got = apart(matrix, a, b);
                    assert!(got >= least, "{eye}: {a} and {b} are {got:.1} apart");
                }
            }
        }
    }
}

/// Six tokens and their colours.
type Colours = [(&'static str, &'static str); 6];

/// What a console's PatternFly puts in the place of our own colours, light and dark: its releases 4.224.5 (which 5.4.2
/// repeats under new names) and 6.6.1.
const PATTERNFLY: [(&str, [Colours; 2]); 2] = [
    (
        "PatternFly 4 and 5",
        [
            [
                ("text", "#151515"),
                ("muted", "#6a6e73"),
                ("page", "#f0f0f0"),
                ("card", "#ffffff"),
                ("raised", "#ffffff"),
                ("accent", "#0066cc"),
            ],
            [
                ("text", "#e0e0e0"),
                ("muted", "#aaabac"),
                ("page", "#0f1214"),
                ("card", "#1b1d21"),
                ("raised", "#26292d"),
                ("accent", "#1fa7f8"),
            ],
        ],
    ),
    (
        "PatternFly 6",
        [
            [
                ("text", "#151515"),
                ("muted", "#4d4d4d"),
                ("page", "#f2f2f2"),
                ("card", "#ffffff"),
                ("raised", "#ffffff"),
                ("accent", "#0066cc"),
            ],
            [
                ("text", "#ffffff"),
                ("muted", "#c7c7c7"),
                ("page", "#151515"),
                ("card", "#292929"),
                ("raised", "#383838"),
                ("accent", "#92c5f9"),
            ],
        ],
    ),
];

/// WCAG 2.2, 1.4.3: texts on their grounds, in our own colours and in those that each console puts among them.
#[test]
fn texts_can_be_read_on_their_grounds() {
    let css = std::fs::read_to_string(source::root().join("assets/styles/tokens.css")).unwrap();
    let own = themes();
    let mut all: Vec<(&str, BTreeMap<String, String>)> = own.iter().map(|tokens| ("own", tokens.clone())).collect();
    for (place, themes) in PATTERNFLY {
        for (tokens, console) in own.iter().zip(themes) {
            let mut mixed = tokens.clone();
            for (name, color) in console {
                assert!(
                    css.contains(&format!("--sl-{name}: var(--pf-")),
                    "{name} is not the console's"
                );
                mixed.insert(name.to_owned(), color.to_owned());
            }
            all.push((place, mixed));
        }
    }
    for (place, tokens) in all {
        for (text, ground) in [
            ("text", "page"),
            ("text", "card"),
            ("text", "raised"),
            ("text", "hover"),
            ("text", "chosen"),
            ("muted", "page"),
            ("muted", "card"),
            ("muted", "raised"),
            ("muted", "hover"),
            ("muted", "chosen"),
            ("muted", "critical-fill"),
            ("accent", "card"),
            ("accent", "page"),
            ("on-accent", "accent"),
            ("warning", "warning-fill"),
            ("warning", "card"),
            ("warning", "page"),
            ("warning", "chosen"),
            ("good", "chosen"),
            ("critical", "critical-fill"),
            ("critical", "card"),
            ("chart-text", "card"),
        ] {
            let got = contrast(&tokens[text], &tokens[ground]);
            assert!(got >= 4.5, "{place}: {text} on {ground}: {got:.2}");
        }
    }
}
