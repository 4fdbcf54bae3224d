//! Made-up videos: a phone with a code held to a counter's camera by a hand that comes in, shakes
//! and turns, while the camera finds its exposure and its focus.

use qrcode::{Color, EcLevel, QrCode};
use reda_scan::Frame;

pub(super) const WIDTH: u32 = 1280;
pub(super) const HEIGHT: u32 = 720;
pub(super) const FRAMES: u32 = 45;

/// What makes one video harder than another.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub(super) name: &'static str,
    /// Pixels a module once the phone is there.
    pub(super) module: f32,
    /// Pixels that the hand moves in a frame.
    pub(super) shake: f32,
    /// Brightness of the phone's paper at the end, of 255.
    pub(super) light: f32,
    pub(super) noise: f32,
    /// Dark mode.
    pub(super) inverted: bool,
    /// Radians that the phone is turned by.
    pub(super) turn: f32,
}

pub(super) const SCENES: [Scene; 8] = [
    Scene {
        name: "steady",
        module: 5.0,
        shake: 1.0,
        light: 220.0,
        noise: 3.0,
        inverted: false,
        turn: 0.1,
    },
    Scene {
        name: "far",
        module: 2.6,
        shake: 1.0,
        light: 210.0,
        noise: 4.0,
        inverted: false,
        turn: 0.2,
    },
    Scene {
        name: "close",
        module: 11.0,
        shake: 3.0,
        light: 220.0,
        noise: 3.0,
        inverted: false,
        turn: -0.2,
    },
    Scene {
        name: "shaking",
        module: 4.5,
        shake: 9.0,
        light: 210.0,
        noise: 4.0,
        inverted: false,
        turn: 0.3,
    },
    Scene {
        name: "dark mode",
        module: 4.5,
        shake: 3.0,
        light: 200.0,
        noise: 4.0,
        inverted: true,
        turn: 0.1,
    },
    Scene {
        name: "dim",
        module: 4.5,
        shake: 2.0,
        light: 60.0,
        noise: 7.0,
        inverted: false,
        turn: 0.2,
    },
    Scene {
        name: "turned",
        module: 4.0,
        shake: 3.0,
        light: 200.0,
        noise: 4.0,
        inverted: false,
        turn: 0.8,
    },
    Scene {
        name: "dim and shaking",
        module: 4.0,
        shake: 6.0,
        light: 80.0,
        noise: 7.0,
        inverted: false,
        turn: 0.4,
    },
];

/// One video of a scene.
pub(super) struct Sequence {
    scene: Scene,
    size: usize,
    dark: Vec<bool>,
    seed: u64,
}

/// Where the phone is in one instant.
struct Pose {
    x: f32,
    y: f32,
    cos: f32,
    sin: f32,
    module: f32,
    tilt: f32,
}

impl Sequence {
    /// `None` if the text is too long for a code.
    pub(super) fn of(scene: Scene, text: &str, seed: u64) -> Option<Sequence> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Sequence { scene, size: code.width(), dark, seed })
    }

    /// One frame; the same number gives the same frame.
    pub(super) fn frame(&self, number: u32) -> Frame {
        /// Instants that one exposure blends.
        const BLEND: u32 = 3;
        let mut sums = vec![0f32; (WIDTH * HEIGHT) as usize];
        for instant in 0..BLEND {
            let shutter = 0.5 * f32::from(u16::try_from(instant).unwrap_or(0)) / 3.0;
            self.expose(at(number) + shutter, &mut sums);
        }
        let mut noise = Noise(self.seed ^ u64::from(number) << 32);
        let luma = sums.iter().map(|sum| {
            let value = sum / 3.0 + (noise.next() + noise.next() - 1.0) * 2.0 * self.scene.noise;
            byte(value)
        });
        Frame::new(WIDTH, HEIGHT, luma.collect()).expect("as many bytes as pixels")
    }

    fn expose(&self, time: f32, sums: &mut [f32]) {
        let pose = self.pose(time);
        let light = self.scene.light * (1.0 + 0.35 * (-time / 8.0).exp());
        let mut sums = sums.iter_mut();
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                if let Some(sum) = sums.next() {
                    let (dx, dy) = (at(x) - pose.x, at(y) - pose.y);
                    let depth = 1.0 + pose.tilt * dy;
                    let u = (dx * pose.cos + dy * pose.sin) * depth / pose.module;
                    let v = (dy * pose.cos - dx * pose.sin) * depth / pose.module;
                    *sum += self.shade(u, v, light, x, y);
                }
            }
        }
    }

    /// Brightness of a place in modules from the code's middle.
    fn shade(&self, u: f32, v: f32, light: f32, x: u32, y: u32) -> f32 {
        const QUIET: f32 = 4.0;
        let half = at(u32::try_from(self.size).unwrap_or(0)) / 2.0;
        let ink = light * 0.12;
        let (paper, ink) = if self.scene.inverted { (ink, light) } else { (light, ink) };
        if u.abs() < half && v.abs() < half {
            let (column, row) = (index(u + half), index(v + half));
            let is_dark = self.dark.get(row * self.size + column).copied().unwrap_or(false);
            return if is_dark { ink } else { paper };
        }
        if u.abs() < half + QUIET && v.abs() < half * 1.9 {
            return paper;
        }
        // The room: broad shades with an edge here and there.
        let room = 70.0 + 40.0 * (at(x) / 130.0).sin() * (at(y) / 90.0).cos();
        let edge = if (x / 160 + y / 120).is_multiple_of(3) { 25.0 } else { 0.0 };
        (room + edge) * self.scene.light / 220.0
    }

    /// Comes in from the side for a third of a second, then shakes about its place.
    fn pose(&self, time: f32) -> Pose {
        let away = (1.0 - time / 10.0).max(0.0);
        let phase = f32::from(u8::try_from(self.seed % 7).unwrap_or(0));
        let sway = |speed: f32| self.scene.shake * 3.0 * (time * speed + phase).sin();
        let turn = self.scene.turn + 0.05 * (time * 0.21 + phase).sin();
        Pose {
            x: at(WIDTH) / 2.0 + away * 500.0 + sway(0.33),
            y: at(HEIGHT) / 2.0 + away * 160.0 + sway(0.27),
            cos: turn.cos(),
            sin: turn.sin(),
            module: self.scene.module * (1.0 - away * 0.3),
            tilt: 0.0004 * (phase - 3.0),
        }
    }
}

fn at(number: u32) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts stop at the ends"
)]
fn byte(value: f32) -> u8 {
    value as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts stop at the ends"
)]
fn index(value: f32) -> usize {
    value as usize
}

/// SplitMix64, from 0 to 1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let [.., high] = (mixed ^ (mixed >> 27)).to_le_bytes();
        f32::from(high) / 255.0
    }
}
