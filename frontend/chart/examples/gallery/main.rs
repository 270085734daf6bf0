//! Draws one chart of each sort into a folder, as SVG inside HTML, to be looked at:
//! `cargo run -p chart --example gallery -- OUT_DIR`.

mod data;
#[path = "../../tests/all/recorder.rs"]
mod recorder;
mod svg;

use std::{env, fs, path::PathBuf, process::ExitCode};

use chart::{Kind, Level, Rgb, Spec, Theme, Unit, Utc, bucket_labels};
use data::{Day, FROM, TO};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: gallery OUT_DIR");
        return ExitCode::from(2);
    };
    let written = fs::create_dir_all(&folder).and_then(|()| {
        for (name, theme) in [("light", light()), ("dark", dark())] {
            fs::write(folder.join(format!("{name}.html")), page(&theme))?;
        }
        Ok(())
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write to {}: {error}", folder.display());
            ExitCode::from(3)
        }
    }
}

const PALETTE: [Rgb; 8] = [
    Rgb(0, 102, 204),
    Rgb(62, 134, 53),
    Rgb(240, 171, 0),
    Rgb(130, 70, 200),
    Rgb(0, 149, 150),
    Rgb(236, 122, 8),
    Rgb(201, 60, 90),
    Rgb(110, 110, 120),
];

fn light() -> Theme {
    Theme {
        palette: PALETTE.to_vec(),
        axis: Rgb(199, 199, 199),
        grid: Rgb(234, 234, 234),
        text: Rgb(92, 92, 92),
        background: Rgb(255, 255, 255),
        warning: Rgb(220, 160, 20),
        critical: Rgb(201, 25, 11),
    }
}

fn dark() -> Theme {
    Theme {
        palette: vec![
            Rgb(105, 168, 245),
            Rgb(115, 197, 96),
            Rgb(246, 193, 69),
            Rgb(178, 145, 240),
            Rgb(78, 203, 203),
            Rgb(247, 155, 75),
            Rgb(240, 120, 140),
            Rgb(165, 165, 175),
        ],
        axis: Rgb(77, 77, 77),
        grid: Rgb(51, 51, 51),
        text: Rgb(163, 163, 163),
        background: Rgb(31, 31, 31),
        warning: Rgb(246, 193, 69),
        critical: Rgb(240, 98, 84),
    }
}

/// A chart to be shown: its title, its data, its size.
struct Picture<'a> {
    title: &'a str,
    day: Day,
    bars: Vec<(String, f64)>,
    spec: Spec<'a>,
}

fn page(theme: &Theme) -> String {
    let Theme {
        background: Rgb(r, g, b),
        text: Rgb(tr, tg, tb),
        ..
    } = theme;
    let (mut x, mut y, mut row, mut body) = (10.0, 10.0, 0.0f64, String::new());
    for picture in pictures() {
        let (width, height) = (picture.spec.width, picture.spec.height);
        if x + width > 1_300.0 {
            (x, y, row) = (10.0, y + row, 0.0);
        }
        body += &format!(
            "<text x='{x}' y='{}' font-size='13' fill='rgb({tr} {tg} {tb})'>{}</text>",
            y + 14.0,
            picture.title
        );
        body += &drawing(&picture, theme, x, y + 22.0);
        x += width + 24.0;
        row = row.max(height + 44.0);
    }
    let height = y + row;
    format!(
        "<!doctype html><meta charset='utf-8'><body style='margin:0;background:rgb({r} {g} {b})'>\
         <svg xmlns='http://www.w3.org/2000/svg' width='1300' height='{height}' font-family='Red Hat Text, DejaVu Sans, sans-serif'>\n{body}</svg>"
    )
}

fn drawing(picture: &Picture<'_>, theme: &Theme, x: f64, y: f64) -> String {
    let series = picture.day.series();
    let bars: Vec<_> = picture
        .bars
        .iter()
        .map(|(label, value)| chart::Bar { label, value: *value })
        .collect();
    let spec = Spec {
        series: &series,
        bars: &bars,
        ..picture.spec
    };
    let recorder = recorder::Recorder::new(spec.width, spec.height);
    match chart::draw(recorder.clone(), &spec, theme) {
        Ok(_) => svg::svg(&recorder.calls(), x, y),
        Err(error) => format!("<text>{error}</text>"),
    }
}

fn pictures() -> Vec<Picture<'static>> {
    let base = Spec {
        kind: Kind::Line,
        unit: Unit::RequestsPerSecond,
        from: FROM,
        to: TO,
        series: &[],
        bars: &[],
        thresholds: &[],
        floors: &[],
        width: 620.0,
        height: 220.0,
        clock: &Utc,
    };
    let picture = |title, day, spec| Picture {
        title,
        day,
        bars: Vec::new(),
        spec,
    };
    let limits: &[(f64, Level)] = &[(0.8, Level::Warning), (0.95, Level::Critical)];
    let bounds = [
        "1", "2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000", "5000", "10000", "20000", "+Inf",
    ];
    let counts = [
        3.0, 9.0, 20.0, 44.0, 130.0, 480.0, 1_240.0, 2_010.0, 1_730.0, 610.0, 220.0, 60.0, 4.0, 1.0, 12.0,
    ];
    let distribution = || bucket_labels(&bounds).into_iter().zip(counts).collect::<Vec<_>>();
    let bar = Spec {
        kind: Kind::Bar,
        unit: Unit::Requests,
        ..base
    };
    vec![
        picture(
            "Requests, three models, with gaps",
            Day::waves(3, 14.0).with_gaps(),
            base,
        ),
        picture(
            "Time to first token, one series",
            Day::waves(1, 0.42),
            Spec {
                unit: Unit::Seconds,
                ..base
            },
        ),
        picture(
            "KV cache with thresholds",
            Day::waves(2, 0.6),
            Spec {
                unit: Unit::Ratio,
                thresholds: limits,
                ..base
            },
        ),
        picture(
            "Generated tokens, stacked",
            Day::waves(4, 4_200.0).with_gaps(),
            Spec {
                kind: Kind::Area,
                unit: Unit::TokensPerSecond,
                ..base
            },
        ),
        Picture {
            title: "Prompt length",
            day: Day::default(),
            bars: distribution(),
            spec: bar,
        },
        picture(
            "GPU temperature, twelve GPUs",
            Day::waves(12, 55.0),
            Spec {
                unit: Unit::Celsius,
                ..base
            },
        ),
        picture(
            "TTFT, 99th percentile, in part above the last bucket",
            Day::waves(1, 1.8).with_infinities(),
            Spec {
                unit: Unit::Seconds,
                ..base
            },
        ),
        picture(
            "Waiting requests, isolated samples",
            Day::waves(1, 3.0).sparse(),
            Spec {
                unit: Unit::Requests,
                ..base
            },
        ),
        picture(
            "GPU memory, 400 px",
            Day::waves(2, 38_000.0),
            Spec {
                unit: Unit::Mebibytes,
                width: 400.0,
                height: 180.0,
                ..base
            },
        ),
        picture(
            "Stacked, 400 px",
            Day::waves(3, 9.0),
            Spec {
                kind: Kind::Area,
                width: 400.0,
                height: 180.0,
                ..base
            },
        ),
        Picture {
            title: "Prompt length, 400 px",
            day: Day::default(),
            bars: distribution(),
            spec: Spec {
                width: 400.0,
                height: 180.0,
                ..bar
            },
        },
        picture(
            "Last hour, 300 px",
            Day::waves(2, 210.0),
            Spec {
                from: TO - 3_600,
                unit: Unit::Watts,
                width: 300.0,
                height: 160.0,
                ..base
            },
        ),
        picture(
            "Seven days",
            Day::waves(2, 0.00034),
            Spec {
                from: TO - 7 * 86_400,
                unit: Unit::Seconds,
                width: 300.0,
                height: 160.0,
                ..base
            },
        ),
        picture(
            "All zero",
            Day::waves(2, 0.0),
            Spec {
                width: 300.0,
                height: 160.0,
                ..base
            },
        ),
        picture(
            "No data",
            Day::waves(0, 0.0),
            Spec {
                width: 300.0,
                height: 160.0,
                unit: Unit::Ratio,
                ..base
            },
        ),
        picture(
            "Stat",
            Day::waves(1, 12.0),
            Spec {
                kind: Kind::Sparkline,
                width: 220.0,
                height: 56.0,
                ..base
            },
        ),
        picture(
            "Stat with gaps",
            Day::waves(1, 12.0).with_gaps(),
            Spec {
                kind: Kind::Sparkline,
                width: 220.0,
                height: 56.0,
                ..base
            },
        ),
        picture(
            "Stat, two series",
            Day::waves(2, 0.4),
            Spec {
                kind: Kind::Sparkline,
                unit: Unit::Ratio,
                width: 220.0,
                height: 56.0,
                ..base
            },
        ),
    ]
}
