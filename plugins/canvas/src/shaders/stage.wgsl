// What every shader of the canvas shares: the uniforms, and a few small helpers.
#define_import_path canvas::stage

#import bevy_render::view::View

// The twin of `StageUniform` in style.rs; a test there holds the size of both together.
struct Stage {
    background: vec4<f32>,
    grid: vec4<f32>,
    shadow: vec4<f32>,
    ink: vec4<f32>,
    kinds: array<vec4<f32>, 3>,
    positive: vec4<f32>,
    negative: vec4<f32>,
    frost: vec4<f32>,
    gradient: vec4<f32>,
    selection: vec4<f32>,
    target_valid: vec4<f32>,
    target_invalid: vec4<f32>,
    // From -1 to 1 in even steps.
    heat: array<vec4<f32>, 33>,
    // Of gradients, likewise.
    slopes: array<vec4<f32>, 33>,
    // Least width, most width, width per unit of weight, softness beside the core.
    wire: vec4<f32>,
    // Least width, most width, width per unit of bias, width of the selection ring.
    rim: vec4<f32>,
    // Share of the distance a handle reaches, its least reach, radius of a dot of a pruned wire,
    // segments of a ribbon.
    curve: vec4<f32>,
    // Dash, gap, wires drawn one by one where the widest is a pixel wide, wires that share the stage.
    dash: vec4<f32>,
    // Spacing, most on one wire, speed, most often a second.
    motes: vec4<f32>,
    // Radius of the faintest and the strongest, gain of the signal, gain of the gradient.
    mote_size: vec4<f32>,
    // Seconds, 1 while motes move, 1 while they stand as marks, 1 on a light stage.
    flow: vec4<f32>,
    // Spacing of the dots, their radius, 1 while something is pointed at, tiles of the response maps.
    grid_size: vec4<f32>,
    // 1 where the colour of wires tells their gradient, its gain, spacing and length of ticks.
    tone: vec4<f32>,
    // The curves of the activation functions: 15 heights, and the line they stand on or 2.
    glyphs: array<vec4<f32>, 64>,
};

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<uniform> stage: Stage;
@group(0) @binding(2) var maps: texture_2d<f32>;
// Of each anchor: its centre, half its width, its marks.
@group(0) @binding(3) var places: texture_2d<f32>;
// Of each anchor: what leaves there.
@group(0) @binding(4) var signals: texture_2d<f32>;

// The values of the members of folded groups, one group behind the other.
@group(0) @binding(5) var cells: texture_2d<f32>;

const SELECTED: u32 = 1u;
const HOVERED: u32 = 2u;
const FROZEN: u32 = 4u;
const DIMMED: u32 = 8u;
const VALID_TARGET: u32 = 16u;
const INVALID_TARGET: u32 = 32u;
const UPSTREAM: u32 = 64u;
const DOWNSTREAM: u32 = 128u;
const BUNDLE: u32 = 1024u;
const PRUNED: u32 = 2048u;
const DEAD: u32 = 256u;
const SATURATED: u32 = 512u;

// Anchors in one row of their textures.
const ANCHOR_COLUMNS: u32 = 1024u;

fn anchor_texel(anchor: u32) -> vec2<i32> {
    return vec2(i32(anchor % ANCHOR_COLUMNS), i32(anchor / ANCHOR_COLUMNS));
}

// Whether some things are lit, and the others step back.
fn is_spotlit() -> bool {
    return stage.grid_size.z > 0.5;
}

// The marks of something that is lit or not: where the spotlight is on, what it
// does not reach steps back.
fn in_spotlight(marks: u32, is_lit: bool) -> u32 {
    let is_dimmed = is_spotlit() && !is_lit && !has(marks, SELECTED);
    return marks | select(0u, HOVERED, is_lit) | select(0u, DIMMED, is_dimmed);
}

fn has(marks: u32, mark: u32) -> bool {
    return (marks & mark) != 0u;
}

// Infinities and not-a-number become zero. By bits: a comparison of a number
// with itself may be optimised away.
fn finite(x: f32) -> f32 {
    return select(x, 0.0, (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u);
}

// A number squeezed into (-1, 1), steep around zero.
fn squeezed(x: f32) -> f32 {
    return x / (1.0 + abs(x));
}

// The size of one physical pixel in world units. The projection is
// orthographic, so this is what fwidth would give, without its rules.
fn world_per_pixel() -> f32 {
    return 2.0 / (abs(view.clip_from_view[0][0]) * view.viewport.z);
}

fn clip_from_world(position: vec2<f32>) -> vec4<f32> {
    let clip = view.clip_from_world * vec4(position, 0.0, 1.0);
    return vec4(clip.xy, 0.5 * clip.w, clip.w);
}

// How much of a pixel lies inside an outline at signed distance `d`.
fn coverage(d: f32, px: f32) -> f32 {
    return clamp(0.5 - d / px, 0.0, 1.0);
}

// A solid colour at an opacity, premultiplied.
fn tint(colour: vec3<f32>, alpha: f32) -> vec4<f32> {
    return vec4(colour * alpha, alpha);
}

// Premultiplied `top` over premultiplied `bottom`.
fn over(top: vec4<f32>, bottom: vec4<f32>) -> vec4<f32> {
    return top + bottom * (1.0 - top.a);
}

fn heat(value: f32) -> vec3<f32> {
    let at = (clamp(value, -1.0, 1.0) * 0.5 + 0.5) * 32.0;
    let low = u32(min(floor(at), 31.0));
    return mix(stage.heat[low].rgb, stage.heat[low + 1u].rgb, at - f32(low));
}

// The colour of a wire by its gradient, squeezed into (-1, 1).
fn slope(value: f32) -> vec3<f32> {
    let at = (clamp(value, -1.0, 1.0) * 0.5 + 0.5) * 32.0;
    let low = u32(min(floor(at), 31.0));
    return mix(stage.slopes[low].rgb, stage.slopes[low + 1u].rgb, at - f32(low));
}
