//! Where panels stand on a grid of 24 columns: numbers four in a row, charts two.

use crate::model::Kind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}

pub(super) const COLUMNS: u32 = 24;

/// In reading order; a row is as high as its first panel, and one of another height begins a new row.
#[derive(Default)]
pub(super) struct Flow {
    x: u32,
    y: u32,
    h: u32,
}

impl Flow {
    pub fn place(&mut self, kind: Kind) -> Place {
        let (w, h) = match kind {
            Kind::Stat => (6, 4),
            Kind::Line | Kind::Area | Kind::Bar => (12, 8),
        };
        if self.x + w > COLUMNS || (self.x > 0 && h != self.h) {
            self.x = 0;
            self.y += self.h;
        }
        let place = Place {
            x: self.x,
            y: self.y,
            w,
            h,
        };
        (self.x, self.h) = (self.x + w, h);
        place
    }
}
