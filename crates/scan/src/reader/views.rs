//! A picture as the stages look at it: scaled and changed only when a stage asks for it.

use crate::frame::Frame;

use super::canvas::{Canvas, Gray};
use super::stages::{Change, Scale, View};

/// Buffers for one picture's views.
#[derive(Default)]
pub(super) struct Views {
    half: Drawn,
    quarter: Drawn,
    double: Drawn,
    changed: Canvas,
}

/// A view that several stages may ask for.
#[derive(Default)]
struct Drawn {
    canvas: Canvas,
    is_fresh: bool,
}

impl Drawn {
    fn once(&mut self, draw: impl FnOnce(&mut Canvas)) -> Gray<'_> {
        if !self.is_fresh {
            draw(&mut self.canvas);
            self.is_fresh = true;
        }
        self.canvas.view()
    }
}

/// A frame as it is.
pub(super) fn whole(frame: &Frame) -> Gray<'_> {
    Gray { width: frame.width() as usize, height: frame.height() as usize, pixels: frame.luma() }
}

impl Views {
    /// What was drawn is another picture's.
    pub(super) fn forget(&mut self) {
        self.half.is_fresh = false;
        self.quarter.is_fresh = false;
        self.double.is_fresh = false;
    }

    /// A view of a picture; `None` if it would be the same as without the change.
    pub(super) fn of<'a>(&'a mut self, whole: Gray<'a>, view: View) -> Option<Gray<'a>> {
        let Views { half, quarter, double, changed } = self;
        let scaled = match view.scale {
            Scale::Full => whole,
            Scale::Half => half.once(|canvas| canvas.halve(whole)),
            Scale::Quarter => {
                let half = half.once(|canvas| canvas.halve(whole));
                quarter.once(|canvas| canvas.halve(half))
            }
            Scale::Double => double.once(|canvas| canvas.double(whole)),
        };
        match view.change {
            Change::None => return Some(scaled),
            Change::Invert => changed.invert(scaled),
            Change::Blur => changed.blur(scaled),
            Change::Stretch if !changed.stretch(scaled) => return None,
            Change::Stretch => {}
        }
        Some(changed.view())
    }
}
