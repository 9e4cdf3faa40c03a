//! The look and the pulse of the canvas: the theme, the flow of motes, and the uniform the shaders read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy::prelude::{ClearColor, Deref, DerefMut, MessageWriter, Res, ResMut, Resource, Time};
use bevy::window::RequestRedraw;
use bytemuck::{Pod, Zeroable};
use network::Activation;
use theme::{Rgba8, Theme};

use crate::glyph::{CURVES, Curve, POINTS};

/// Time wraps here: after so many seconds every stream of motes has run a whole
/// number of cycles (their rates are eighths of a hertz), so nothing jumps.
const WRAP_SECS: f32 = 64.0;

/// A wire's handle reaches this share of the way: the ½ in the formula of
/// `geometry::WireCurve`, to which a test holds it.
const HANDLE_SHARE: f32 = 0.5;

/// Colours between −1 and 1 on the heat map of the shaders.
const HEAT_STOPS: usize = 33;

/// The theme the canvas wears. Change it and the next frame shows it.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Deref, DerefMut)]
pub struct StageTheme(pub Theme);

/// The flow of motes along the wires.
///
/// While it does not run nothing on the canvas changes by itself, and the
/// program may sleep. With `motion.is_reduced` in the theme the motes stand
/// still as chevrons that point the way the values go.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// Whether values are flowing just now.
    pub is_running: bool,
    /// What a forward signal is multiplied by before |x| / (1 + |x|) makes it a
    /// size and a brightness; 1 suits signals around one.
    pub signal_gain: f32,
    /// The same for gradients, which are often small.
    pub gradient_gain: f32,
    /// How fast motes move: 1 as the theme has it, within [`Flow::SPEEDS`]. Faster ones
    /// are further apart, so that they never pass more often than the flash limit.
    pub speed: f32,
    /// Seconds of flow, in 0..64: set it for a picture of a certain moment.
    pub time_secs: f32,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            is_running: false,
            signal_gain: 1.0,
            gradient_gain: 1.0,
            speed: 1.0,
            time_secs: 0.0,
        }
    }
}

impl Flow {
    /// The slowest and the fastest.
    pub const SPEEDS: [f32; 2] = [0.25, 4.0];
}

/// How numbers become wires: how wide, and what their colour tells.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct WireStyle {
    /// What the widths of `theme::Sizes::wire_width` are multiplied by.
    pub scale: f32,
    /// What colour and brightness tell.
    pub tells: Tells,
}

impl Default for WireStyle {
    fn default() -> Self {
        Self {
            scale: 1.0,
            tells: Tells::Weight,
        }
    }
}

/// What the colour of a wire tells. Its width and its dashes always tell its weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Tells {
    /// The sign of its weight.
    #[default]
    Weight,
    /// Its gradient: the sign by hue and by the side its ticks are on, the size by
    /// brightness, as `theme::gradient_tone` has it at this gain.
    Gradient {
        /// What gradients are multiplied by.
        gain: f32,
    },
}

impl Tells {
    /// Whether it is the gradient, and its gain.
    #[must_use]
    pub fn gradient_gain(self) -> Option<f32> {
        match self {
            Self::Weight => None,
            Self::Gradient { gain } => Some(gain),
        }
    }
}

/// Whether something is pointed at: what is not lit then steps back.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spotlight {
    /// Whether it is on.
    pub is_on: bool,
}

/// Whether motes move, so that time has to pass and frames have to follow.
pub(super) fn flow_moves(flow: Res<Flow>, theme: Res<StageTheme>) -> bool {
    flow.is_running && !theme.motion.is_reduced
}

/// Whether the picture is complete: the shaders are compiled in the background,
/// and before that a frame shows the bare stage. Wait for it before taking a
/// picture. Without a renderer it never is.
#[derive(Resource, Clone, Debug, Default)]
pub struct StageReadiness(Arc<AtomicBool>);

impl StageReadiness {
    /// Whether every layer was ready to be drawn in the last frame.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Says that it is, where there is no renderer to say so: for tests.
    pub fn pretend(&self) {
        self.set(true);
    }

    /// Called by the renderer, which shares the flag with the main world.
    pub(super) fn set(&self, is_ready: bool) {
        self.0.store(is_ready, Ordering::Relaxed);
    }
}

/// Asks for frames until one shows everything: a program that sleeps between
/// events would otherwise keep the bare stage until the next event.
pub(super) fn ask_for_frames_until_ready(
    readiness: Res<StageReadiness>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if !readiness.is_ready() {
        redraw.write(RequestRedraw);
    }
}

/// Lets time pass for the motes and asks for the next frame.
pub(super) fn advance_flow(
    time: Res<Time>,
    mut flow: ResMut<Flow>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    flow.time_secs = wrapped(flow.time_secs + time.delta_secs());
    redraw.write(RequestRedraw);
}

/// Paints the background in the theme's colour.
pub(super) fn paint_background(theme: Res<StageTheme>, mut clear: ResMut<ClearColor>) {
    let [red, green, blue, _] = theme.palette.stage.to_linear();
    clear.0 = bevy::color::LinearRgba::rgb(red, green, blue).into();
}

/// Seconds in 0..64; not-a-number starts again at zero.
fn wrapped(secs: f32) -> f32 {
    let secs = secs.rem_euclid(WRAP_SECS);
    if secs < WRAP_SECS { secs } else { 0.0 }
}

/// So many wires are drawn one by one where the widest is a pixel wide: five times as many where it
/// is wide enough, half as many from far away.
const MOST_DRAWN: f32 = 40_000.0;

type Rgba = [f32; 4];

/// The twin of `Stage` in `stage.wgsl`: colours are linear light.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(super) struct StageUniform {
    background: Rgba,
    grid: Rgba,
    shadow: Rgba,
    ink: Rgba,
    kinds: [Rgba; 3],
    positive: Rgba,
    negative: Rgba,
    frost: Rgba,
    gradient: Rgba,
    selection: Rgba,
    target_valid: Rgba,
    target_invalid: Rgba,
    heat: [Rgba; HEAT_STOPS],
    slopes: [Rgba; HEAT_STOPS],
    wire: [f32; 4],
    rim: [f32; 4],
    curve: [f32; 4],
    dash: [f32; 4],
    motes: [f32; 4],
    mote_size: [f32; 4],
    flow: [f32; 4],
    grid_size: [f32; 4],
    tone: [f32; 4],
    glyphs: [[f32; 4]; GLYPH_VECTORS],
}

/// The curves of all activation functions, four vectors each.
const GLYPH_VECTORS: usize = 4 * CURVES;

/// Means that a curve stands on no line.
const NO_GROUND: f32 = 2.0;

fn glyphs() -> [[f32; 4]; GLYPH_VECTORS] {
    let mut vectors = [[0.0; 4]; GLYPH_VECTORS];
    let numbers = vectors.as_flattened_mut();
    for (activation, numbers) in Activation::ALL.into_iter().zip(numbers.chunks_mut(16)) {
        let curve = Curve::of(activation);
        numbers[..POINTS].copy_from_slice(&curve.heights);
        numbers[POINTS] = curve.ground.unwrap_or(NO_GROUND);
    }
    vectors
}

impl StageUniform {
    /// Everything the theme decides; the flow, the segments of a ribbon and the
    /// number of tiles are filled in by [`with_flow`](Self::with_flow) and
    /// [`with_counts`](Self::with_counts).
    pub(super) fn new(theme: &Theme) -> Self {
        let Theme {
            palette,
            sizes,
            motion,
        } = theme;
        let is_light = palette.stage.relative_luminance() > 0.5;
        let stop = |stop: usize| stop as f32 / (HEAT_STOPS - 1) as f32 * 2.0 - 1.0;
        let heat = std::array::from_fn(|at| palette.heat(stop(at)).to_linear());
        let slopes = std::array::from_fn(|at| palette.slope(stop(at)).to_linear());
        Self {
            background: palette.stage.to_linear(),
            grid: palette.grid.to_linear(),
            shadow: palette.shadow.to_linear(),
            ink: palette.text.to_linear(),
            kinds: [palette.input, palette.hidden, palette.output].map(Rgba8::to_linear),
            positive: palette.positive.to_linear(),
            negative: palette.negative.to_linear(),
            frost: palette.frost.to_linear(),
            gradient: palette.gradient.to_linear(),
            selection: palette.selection.to_linear(),
            target_valid: palette.target_valid.to_linear(),
            target_invalid: palette.target_invalid.to_linear(),
            heat,
            slopes,
            wire: [
                sizes.wire_width_min,
                sizes.wire_width_max,
                sizes.wire_width_per_weight,
                sizes.space,
            ],
            rim: [
                sizes.rim_width_min,
                sizes.rim_width_max,
                sizes.rim_width_per_bias,
                sizes.selection_width,
            ],
            curve: [HANDLE_SHARE, geometry::MIN_HANDLE, sizes.wire_dot, 1.0],
            dash: [sizes.wire_dash, sizes.wire_gap, MOST_DRAWN, 0.0],
            motes: [
                motion.particle_spacing,
                motion.particles_per_wire_max.max(1) as f32,
                motion.particle_speed,
                // Just under the limit, and a whole number of eighths.
                (motion.flash_max_hz * 8.0 - 1.0).floor().max(0.0) / 8.0,
            ],
            mote_size: [
                sizes.particle_radius_min,
                sizes.particle_radius_max,
                1.0,
                1.0,
            ],
            flow: [0.0, 0.0, 0.0, f32::from(is_light)],
            grid_size: [sizes.grid_spacing, sizes.grid_dot_radius, 0.0, 0.0],
            tone: [0.0, 1.0, sizes.tick_spacing, sizes.tick_length],
            glyphs: glyphs(),
        }
    }

    /// The same with the flow as it is now.
    pub(super) fn with_flow(mut self, flow: &Flow, is_motion_reduced: bool) -> Self {
        self.mote_size[2] = flow.signal_gain;
        self.mote_size[3] = flow.gradient_gain;
        let [slowest, fastest] = Flow::SPEEDS;
        // Not-a-number is neither below nor above.
        let speed = flow.speed.max(slowest).min(fastest);
        self.motes[2] *= speed;
        self.motes[0] = self.motes[0].max(self.motes[2] / self.motes[3].max(0.125));
        self.flow[0] = wrapped(flow.time_secs);
        self.flow[1] = f32::from(flow.is_running && !is_motion_reduced);
        self.flow[2] = f32::from(flow.is_running && is_motion_reduced);
        self
    }

    /// The same with wires as they are to look now.
    pub(super) fn with_wires(mut self, style: &WireStyle) -> Self {
        self.wire[2] *= style.scale;
        if let Some(gain) = style.tells.gradient_gain() {
            self.tone[0] = 1.0;
            self.tone[1] = gain;
        }
        self
    }

    /// The same with the spotlight as it is now.
    pub(super) fn with_spotlight(mut self, spotlight: Spotlight) -> Self {
        self.grid_size[2] = f32::from(spotlight.is_on);
        self
    }

    /// The same with the segments a ribbon is made of, the wires that share the
    /// stage, and the tiles that exist.
    pub(super) fn with_counts(mut self, segments: u32, wires: usize, tiles: u32) -> Self {
        self.dash[3] = wires as f32;
        self.curve[3] = segments as f32;
        self.grid_size[3] = tiles as f32;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uniform_is_as_large_as_its_twin_in_the_shader() {
        let source = include_str!("../shaders/stage.wgsl");
        let (_, body) = source
            .split_once("struct Stage {")
            .expect("the struct is there");
        let (body, _) = body.split_once("};").expect("the struct ends");
        let vectors: usize = body
            .lines()
            .filter_map(|line| line.trim().split_once(": "))
            .filter(|(name, _)| !name.starts_with("//"))
            .map(|(_, kind)| match kind.split_once(">, ") {
                Some((_, count)) => count
                    .trim_end_matches(">,")
                    .parse::<usize>()
                    .expect("an array has a length"),
                None => 1,
            })
            .sum();
        assert_eq!(vectors * 16, size_of::<StageUniform>());
        assert_eq!(size_of::<StageUniform>() % 16, 0);
    }

    #[test]
    fn the_heat_map_of_the_shader_is_that_of_the_theme() {
        let theme = Theme::dark();
        let uniform = StageUniform::new(&theme);
        assert_eq!(uniform.heat[0], theme.palette.negative.to_linear());
        assert_eq!(uniform.heat[16], theme.palette.neutral.to_linear());
        assert_eq!(uniform.heat[32], theme.palette.positive.to_linear());
    }

    #[test]
    fn the_curve_in_the_shader_has_the_handles_of_the_geometry() {
        let [share, least, ..] = StageUniform::new(&Theme::dark()).curve;
        let from = [10.0, -4.0];
        for to in [
            [410.0, 80.0],
            [-300.0, 5.0],
            [12.0, 700.0],
            [30.0, 0.0],
            from,
        ] {
            let (dx, dy): (f32, f32) = (to[0] - from[0], to[1] - from[1]);
            let handle = (share * dx.abs()).max((share * dx.hypot(dy)).min(least));
            let [_, p1, p2, _] = geometry::WireCurve::between(from, to).control_points();
            assert_eq!(p1, [from[0] + handle, from[1]], "to {to:?}");
            assert_eq!(p2, [to[0] - handle, to[1]], "to {to:?}");
        }
        let shader = include_str!("../shaders/wire.wgsl");
        assert!(shader.contains(
            "max(stage.curve.x * abs(far.x), min(stage.curve.x * length(far), stage.curve.y))"
        ));
    }

    #[test]
    fn widths_in_the_shader_follow_the_law_of_the_theme() {
        let sizes = Theme::dark().sizes;
        let uniform = StageUniform::new(&Theme::dark());
        for weight in [-4.0_f32, -0.1, 0.0, 0.7, 2.0] {
            for scale in [0.25, 1.0, 16.0] {
                let style = WireStyle {
                    scale,
                    ..WireStyle::default()
                };
                let [least, most, slope, _] = uniform.with_wires(&style).wire;
                let width = (weight.abs() * slope).clamp(least, most);
                assert_eq!(width, sizes.wire_width(weight, scale));
                // As the shader has it.
                assert_eq!(2.0 * width + most, sizes.bundle_width(weight, scale));
            }
            let [least, most, slope, _] = uniform.rim;
            assert_eq!(
                (weight.abs() * slope).clamp(least, most),
                sizes.rim_width(weight)
            );
        }
    }

    #[test]
    fn the_colours_of_gradients_in_the_shader_are_those_of_the_theme() {
        for theme in [Theme::dark(), Theme::light()] {
            let uniform = StageUniform::new(&theme);
            let palette = &theme.palette;
            assert_eq!(uniform.slopes[0], palette.gradient_falling.to_linear());
            assert_eq!(uniform.slopes[16], palette.wire_at_rest().to_linear());
            assert_eq!(uniform.slopes[32], palette.gradient.to_linear());
            let style = WireStyle {
                tells: Tells::Gradient { gain: 8.0 },
                ..WireStyle::default()
            };
            assert_eq!(uniform.with_wires(&style).tone[..2], [1.0, 8.0]);
            let plain = uniform.with_wires(&WireStyle::default());
            assert_eq!(plain, uniform, "weights are told as ever");
        }
    }

    #[test]
    fn motes_stand_still_as_marks_when_motion_is_reduced() {
        let flow = Flow {
            is_running: true,
            ..Flow::default()
        };
        let uniform = StageUniform::new(&Theme::dark());
        assert_eq!(uniform.with_flow(&flow, false).flow[1..3], [1.0, 0.0]);
        assert_eq!(uniform.with_flow(&flow, true).flow[1..3], [0.0, 1.0]);
        let still = Flow::default();
        assert_eq!(uniform.with_flow(&still, false).flow[1..3], [0.0, 0.0]);
        assert_eq!(uniform.with_flow(&still, true).flow[1..3], [0.0, 0.0]);
    }

    #[test]
    fn motes_move_as_fast_as_asked_and_never_pass_more_often_than_the_flash_limit() {
        let motion = Theme::dark().motion;
        for (speed, expected) in [(0.25, 30.0), (1.0, 120.0), (4.0, 480.0), (99.0, 480.0)] {
            let flow = Flow {
                speed,
                ..Flow::default()
            };
            let uniform = StageUniform::new(&Theme::dark()).with_flow(&flow, false);
            let [spacing, _, moved, rate_max] = uniform.motes;
            assert_eq!(moved, expected);
            // The formula of the shader.
            let rate = ((moved / spacing * 8.0 + 0.01).floor().max(1.0) / 8.0).min(rate_max);
            assert!(rate < motion.flash_max_hz);
            let seen = rate * spacing;
            assert!((seen / moved - 1.0).abs() < 0.1, "{seen} at {speed}");
        }
    }

    #[test]
    fn motes_never_pass_more_often_than_the_flash_limit_and_time_wraps_unseen() {
        let motion = Theme::dark().motion;
        let [spacing, _, speed, rate_max] = StageUniform::new(&Theme::dark()).motes;
        assert!(rate_max < motion.flash_max_hz);
        let rate = ((speed / spacing * 8.0).floor() / 8.0).min(rate_max);
        assert!(rate > 0.5);
        for rate in [rate, rate_max] {
            assert_eq!((rate * WRAP_SECS).fract(), 0.0);
        }
        assert_eq!(wrapped(65.0), 1.0);
        assert_eq!(wrapped(-1.0), 63.0);
        assert_eq!(wrapped(f32::NAN), 0.0);
        assert_eq!(wrapped(-f32::EPSILON / 8.0), 0.0);
    }
}
