//! Drawing: the layout's grid and labels, then lines, bands or bars, through a plotters `DrawingArea`.

mod axes;
mod bars;
mod dash;
mod label;
mod lines;
mod pen;

use crate::{Kind, Layout, Spec, Theme, layout};
use dash::DashedStroke;
pub use dash::{DASHES, Surface, dash};
use pen::Pen;

/// The backend could not draw. Says what the backend said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawError {
    pub message: String,
}

impl std::fmt::Display for DrawError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the chart could not be drawn: {}", self.message)
    }
}

impl std::error::Error for DrawError {}

/// Draws the whole chart, background first, and presents it.
///
/// The backend's size must be [`crate::SUBPIXEL`] units for each CSS pixel of the spec's; lengths, stroke widths and font sizes
/// reach it in those units. It must draw text by itself, anchored as the style says: the style cannot rasterize.
///
/// # Errors
/// What the backend fails with. The chart is then half drawn.
pub fn draw<B: Surface>(backend: B, spec: &Spec<'_>, theme: &Theme) -> Result<Layout, DrawError> {
    let layout = layout(spec);
    let pen = Pen::new(backend);
    pen.fill(theme.background)?;
    axes::grid(&pen, &layout, theme)?;
    match spec.kind {
        Kind::Line => lines::lines(&pen, spec, &layout, theme)?,
        Kind::Area => lines::bands(&pen, spec, &layout, theme)?,
        Kind::Sparkline => lines::sparkline(&pen, spec, &layout, theme)?,
        Kind::Bar => bars::bars(&pen, spec, &layout, theme)?,
    }
    axes::thresholds(&pen, spec, &layout, theme)?;
    axes::labels(&pen, spec, &layout, theme)?;
    pen.present()?;
    Ok(layout)
}
