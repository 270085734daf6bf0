//! What was drawn, as SVG.

use crate::recorder::{Call, Paint};

pub fn svg(calls: &[Call], x: f64, y: f64) -> String {
    let mut out = format!(
        "<g transform=\"translate({x} {y}) scale({})\">\n",
        1.0 / f64::from(chart::SUBPIXEL)
    );
    for call in calls {
        out.push_str(&shape(call));
        out.push('\n');
    }
    out + "</g>\n"
}

fn shape(call: &Call) -> String {
    match call {
        Call::Rect { from, to, color } => {
            let (width, height) = (to.0 - from.0, to.1 - from.1);
            format!(
                "<rect x='{}' y='{}' width='{width}' height='{height}' fill='{}'/>",
                from.0,
                from.1,
                css(color)
            )
        }
        Call::Path {
            points,
            color,
            width,
            dash,
        } => {
            let dash: Vec<String> = dash.iter().map(u32::to_string).collect();
            format!(
                "<polyline points='{}' fill='none' stroke-linejoin='round' stroke='{}' stroke-width='{width}' stroke-dasharray='{}'/>",
                list(points),
                css(color),
                dash.join(" ")
            )
        }
        Call::Polygon { points, color } => format!("<polygon points='{}' fill='{}'/>", list(points), css(color)),
        Call::Circle {
            center: (x, y),
            radius,
            color,
        } => {
            format!("<circle cx='{x}' cy='{y}' r='{radius}' fill='{}'/>", css(color))
        }
        Call::Text {
            text,
            at,
            anchor,
            size,
            color,
        } => {
            let (anchor, baseline) = anchor.split_once(' ').unwrap_or(("start", "auto"));
            format!(
                "<text x='{}' y='{}' font-size='{size}' text-anchor='{anchor}' dominant-baseline='{baseline}' fill='{}'>{}</text>",
                at.0,
                at.1,
                css(color),
                escape(text)
            )
        }
        Call::Present => String::new(),
    }
}

fn list(points: &[(i32, i32)]) -> String {
    points
        .iter()
        .map(|(x, y)| format!("{x},{y}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn css(Paint { rgb: (r, g, b), alpha }: &Paint) -> String {
    format!("rgb({r} {g} {b} / {alpha})")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
