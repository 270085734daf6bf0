//! Charts as pure geometry: from columns of numbers to lines, labels and hit tests.
//!
//! A chart never knows what it draws, and this crate never touches the DOM, a clock, the environment or a
//! file: local time comes in through [`Clock`], colours through [`Theme`], and pixels leave through any
//! plotters `DrawingBackend` that can dash a line ([`Surface`]). So every line of it is tested natively.
//!
//! Lengths are CSS pixels (`f64`) everywhere but at the backend, which counts [`SUBPIXEL`] units to a pixel.
//!
//! What must not be used here: plotters' chart builder, mesh, titles, legends and `MultiLineText`. In a
//! browser each of their labels measures a `<span>`, which forces a page layout. Labels are drawn by
//! [`draw`] with widths estimated by [`text_width`]; legends and tooltips belong to HTML.

mod draw;
mod hit;
mod layout;
mod order;
mod scale;
mod spec;
mod text;
mod theme;
mod ticks;
mod trace;
mod unit;

pub use draw::{DASHES, DrawError, Surface, dash, draw};
pub use hit::{Hit, Move, hit, moved};
pub use layout::{BarSlot, Caption, Layout, Rect, XTick, YTick, layout};
pub use order::{order, sorted};
pub use scale::{TimeScale, ValueScale};
pub use spec::{ABSENT, Bar, Kind, Level, Series, Spec, is_absent};
pub use text::{FONT_PX, bucket_labels, text_width};
pub use theme::{Rgb, Theme};
pub use ticks::{Clock, Grain, Utc};
pub use trace::m4;
pub use unit::{Unit, parse_number};

/// Backend units to a CSS pixel. plotters counts in whole numbers; eight to a pixel keeps lines smooth at
/// any device pixel ratio, and a backend only has to set its transform to `ratio / 8`.
pub const SUBPIXEL: i32 = 8;
