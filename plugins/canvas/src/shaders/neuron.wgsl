// A neuron: a disc of glass on one quad; outline, rim, map, badges and light are made in its fragments.
#import canvas::stage::{
    stage, maps, world_per_pixel, clip_from_world, coverage, tint, over, finite, has, squeezed, heat,
    in_spotlight, SELECTED, HOVERED, FROZEN, DIMMED, VALID_TARGET, INVALID_TARGET, UPSTREAM, DOWNSTREAM,
    DEAD, SATURATED,
}

const TILE: f32 = 32.0;
const COLUMNS: u32 = 64u;
// The quad reaches this many radii from the centre: glow, shadow and badges need the room.
const REACH: f32 = 1.7;

struct Neuron {
    @location(0) position: vec2<f32>,
    @location(1) radius: f32,
    // Kind, marks, tile, glyph.
    @location(2) codes: vec4<u32>,
    // Bias, activation.
    @location(3) value: vec2<f32>,
};

struct Varyings {
    @builtin(position) clip: vec4<f32>,
    // From the centre, in world units.
    @location(0) place: vec2<f32>,
    // Radius, bias, activation.
    @location(1) @interpolate(flat) shape: vec3<f32>,
    @location(2) @interpolate(flat) codes: vec4<u32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32, neuron: Neuron) -> Varyings {
    let corner = vec2(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    // One without a radius is not there.
    let reach = select(neuron.radius * REACH + 2.0 * world_per_pixel(), 0.0, neuron.radius <= 0.0);
    var out: Varyings;
    out.place = corner * reach;
    out.clip = clip_from_world(neuron.position + out.place);
    out.shape = vec3(neuron.radius, finite(neuron.value.x), finite(neuron.value.y));
    out.codes = neuron.codes;
    out.codes.y = in_spotlight(neuron.codes.y, has(neuron.codes.y, UPSTREAM | DOWNSTREAM));
    return out;
}

// Signed distance to a box of half size `radius`, with the corners of its left
// and right side rounded on their own. Both `radius`: a disc.
fn outline(p: vec2<f32>, radius: f32, kind: u32) -> f32 {
    let flat_corner = 0.24 * radius;
    let is_flat = (kind == 0u && p.x < 0.0) || (kind == 2u && p.x > 0.0);
    let corner = select(radius, flat_corner, is_flat);
    let q = abs(p) - radius + corner;
    return min(max(q.x, q.y), 0.0) + length(max(q, vec2(0.0))) - corner;
}

fn cell(tile: vec2<i32>, at: vec2<i32>) -> f32 {
    let inside = clamp(at, vec2(0), vec2(31));
    let texel = textureLoad(maps, tile * 32 + inside, 0).r * 255.0;
    return (texel - 128.0) / 127.0;
}

// The response at a place of the unit square, y down, smooth between the cells.
fn response(tile: u32, uv: vec2<f32>) -> f32 {
    let corner = vec2(i32(tile % COLUMNS), i32(tile / COLUMNS));
    let at = uv * TILE - 0.5;
    let low = vec2<i32>(floor(at));
    let part = fract(at);
    let top = mix(cell(corner, low), cell(corner, low + vec2(1, 0)), part.x);
    let bottom = mix(cell(corner, low + vec2(0, 1)), cell(corner, low + vec2(1, 1)), part.x);
    return mix(top, bottom, part.y);
}

fn segment(p: vec2<f32>, a: vec2<f32>, b: vec2<f32>) -> f32 {
    let along = clamp(dot(p - a, b - a) / dot(b - a, b - a), 0.0, 1.0);
    return length(p - mix(a, b, along));
}

fn bar(p: vec2<f32>, centre: vec2<f32>, half_size: vec2<f32>) -> f32 {
    let q = abs(p - centre) - half_size;
    return length(max(q, vec2(0.0))) + min(max(q.x, q.y), 0.0);
}

// The code of softmax, which has no curve of its own.
const SOFTMAX: u32 = 16u;

fn glyph_number(curve: u32, index: u32) -> f32 {
    return stage.glyphs[curve * 4u + index / 4u][index % 4u];
}

// Distance to the strokes of a glyph in a box from -1 to 1. Codes count from 1.
fn glyph(p: vec2<f32>, code: u32, stroke: f32) -> f32 {
    if code == SOFTMAX {
        let low = bar(p, vec2(-0.58, -0.38), vec2(0.12, 0.30));
        let high = bar(p, vec2(0.0, -0.05), vec2(0.12, 0.63));
        let middle = bar(p, vec2(0.58, -0.25), vec2(0.12, 0.43));
        return min(min(low, high), middle) - 0.6 * stroke;
    }
    let curve = code - 1u;
    var nearest = 4.0;
    var from_ = vec2(-0.85, glyph_number(curve, 0u));
    for (var index = 1u; index < 15u; index++) {
        let to = vec2(-0.85 + 1.7 * f32(index) / 14.0, glyph_number(curve, index));
        nearest = min(nearest, segment(p, from_, to));
        from_ = to;
    }
    let ground = glyph_number(curve, 15u);
    let line = segment(p, vec2(-0.85, ground), vec2(0.85, ground)) - 0.45 * stroke;
    return min(nearest - stroke, line);
}

// Distance to a padlock in a box from -1 to 1.
fn padlock(p: vec2<f32>) -> f32 {
    let body = bar(p, vec2(0.0, -0.28), vec2(0.46, 0.30)) - 0.10;
    let q = vec2(p.x, max(p.y - 0.32, 0.0));
    let shackle = abs(length(q) - 0.34) - 0.11;
    return min(body, max(shackle, -p.y - 0.05));
}

// Distance to an empty ring that is struck through, in a box from -1 to 1.
fn struck_ring(p: vec2<f32>) -> f32 {
    let ring = abs(length(p) - 0.62) - 0.11;
    return min(ring, segment(p, vec2(-0.82, -0.82), vec2(0.82, 0.82)) - 0.12);
}

// Distance to a steep step between two flat ends, each under a bar, in a box from -1 to 1.
fn clipped_curve(p: vec2<f32>) -> f32 {
    let low = segment(p, vec2(-0.85, -0.45), vec2(-0.12, -0.45));
    let rise = segment(p, vec2(-0.12, -0.45), vec2(0.12, 0.45));
    let high = segment(p, vec2(0.12, 0.45), vec2(0.85, 0.45));
    let curve = min(min(low, rise), high) - 0.13;
    let lids = min(segment(p, vec2(0.0, 0.88), vec2(0.85, 0.88)), segment(p, vec2(-0.85, -0.88), vec2(0.0, -0.88))) - 0.08;
    return min(curve, lids);
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    let px = world_per_pixel();
    let p = in.place;
    let radius = in.shape.x;
    let kind = min(in.codes.x, 2u);
    let marks = in.codes.y;
    let q = p / radius;
    let is_light = stage.flow.w > 0.5;
    let is_hovered = has(marks, HOVERED);
    let has_map = in.codes.z < u32(stage.grid_size.w);
    let hue = stage.kinds[kind].rgb;
    let live = squeezed(2.0 * in.shape.z);

    let d = outline(p, radius, kind);
    let rim_width = max(clamp(abs(in.shape.y) * stage.rim.z, stage.rim.x, stage.rim.y), 1.1 * px);

    // Outside: a soft shadow below, and light of its own colour.
    let drop = outline(p + vec2(0.0, 0.14 * radius), radius, kind);
    let shade = 1.0 - smoothstep(-0.1 * radius, 0.5 * radius, drop);
    var colour = tint(stage.shadow.rgb, shade * shade * stage.shadow.a);
    let lit = select((0.16 + 0.20 * abs(live)) * select(1.0, 0.45, is_light), 0.60, is_hovered);
    let fade = 1.0 - smoothstep(0.40 * radius, 0.66 * radius, d);
    colour = over(tint(hue, lit * exp(-max(d, 0.0) / (0.17 * radius)) * fade), colour);

    // Inside: the map or the live tone, seen through glass.
    let white = vec3(1.0);
    let glass = mix(stage.background.rgb, hue, select(0.16, 0.10, is_light));
    // Without a map the activation is a lamp in the glass: its colour the sign, its light the size.
    let lamp = exp(-dot(q, q) * 2.6) * abs(live);
    var inside = mix(glass, heat(sign(live)), lamp);
    if has_map {
        inside = heat(response(in.codes.z, vec2(q.x, -q.y) * 0.5 + 0.5));
    }
    let clear = select(1.0, 0.45, has_map);
    // Thicker glass near the edge carries the colour of the kind.
    let inner = -d - rim_width;
    let depth = exp(-max(inner, 0.0) / (0.20 * radius));
    inside = mix(inside, hue, depth * 0.34 * clear);
    // Light enters from above: a sheen along the upper edge, a bright foot, a spark.
    let foot = 1.0 - smoothstep(0.0, 0.75, length((q - vec2(0.0, -0.62)) / vec2(0.95, 0.55)));
    inside = mix(inside, mix(hue, white, 0.25), 0.26 * foot * clear);
    let pane = coverage(0.07 * radius - inner, 0.05 * radius + px);
    let below = outline(p + vec2(0.0, 0.30 * radius), 0.92 * radius, kind) / radius;
    let sheen = pane * smoothstep(-0.02, 0.26, below);
    let reflection = select(0.28, 0.60, is_light) * select(1.0, 0.7, has_map);
    inside = mix(inside, white, sheen * reflection);
    let spark = 1.0 - smoothstep(0.0, 0.12, length((q - vec2(-0.46, 0.50)) * mat2x2(0.8, -0.9, 0.9, 0.8)));
    inside = mix(inside, white, spark * 0.5 * select(1.0, 0.7, has_map));

    // The rim: lighter above, deeper below, as wide as the bias is large.
    let rim_light = mix(hue * 0.72, mix(hue, white, select(0.28, 0.03, is_light)), smoothstep(-0.9, 0.9, q.y));
    var rim_hue = mix(rim_light, stage.ink.rgb, select(0.0, 0.25, is_hovered));
    if has(marks, VALID_TARGET) { rim_hue = stage.target_valid.rgb; }
    if has(marks, INVALID_TARGET) { rim_hue = stage.target_invalid.rgb; }
    let rim = coverage(inner, px);
    colour = over(tint(mix(inside, rim_hue, rim), coverage(d, px)), colour);

    // Rings around it: selection, and where a wire may or may not end.
    let ring_width = 0.5 * max(stage.rim.w, 1.3 * px);
    let ring = coverage(abs(d - 0.13 * radius - ring_width - px) - ring_width, px);
    if has(marks, SELECTED) {
        colour = over(tint(stage.selection.rgb, ring * 0.95), colour);
    }
    if has(marks, VALID_TARGET) {
        colour = over(tint(stage.target_valid.rgb, ring * 0.9), colour);
    }
    if has(marks, INVALID_TARGET) {
        // A bar across it says no without its colour.
        let slash = segment(q, vec2(-0.62, -0.62), vec2(0.62, 0.62)) * radius - 1.2 * ring_width;
        let stop = max(coverage(slash, px), ring * 0.9);
        colour = over(tint(stage.target_invalid.rgb, stop), colour);
    }

    if has(marks, DIMMED) {
        let backed = over(colour, tint(stage.background.rgb, coverage(d, px)));
        colour = vec4(mix(backed.rgb, stage.background.rgb * backed.a, 0.68), backed.a);
        colour *= mix(0.35, 1.0, coverage(d, px));
    }

    // Badges on the rim, once there are pixels enough to read them.
    let legible = smoothstep(9.0, 15.0, radius / px);
    let plate = mix(stage.background.rgb, hue, 0.12);
    let quiet = select(1.0, 0.35, has(marks, DIMMED));
    if in.codes.w != 0u {
        let size = 0.31 * radius;
        let at = p - vec2(0.0, -0.98 * radius);
        let disc = length(at) - size;
        colour = over(tint(plate, coverage(disc, px) * legible), colour);
        let border = abs(disc + 0.5 * stage.rim.x) - 0.4 * stage.rim.x;
        colour = over(tint(mix(plate, hue, quiet), coverage(border, px) * legible), colour);
        if disc < px {
            let inner_size = 0.62 * size;
            let strokes = glyph(at / inner_size, in.codes.w, 0.13) * inner_size;
            let ink = mix(plate, stage.ink.rgb, quiet);
            colour = over(tint(ink, coverage(strokes, px) * legible), colour);
        }
    }
    if has(marks, FROZEN) {
        let size = 0.31 * radius;
        let at = p - vec2(0.0, 0.98 * radius);
        colour = over(tint(plate, coverage(length(at) - size, px) * legible), colour);
        let border = abs(length(at) - size + 0.5 * stage.rim.x) - 0.4 * stage.rim.x;
        let frost = mix(plate, stage.frost.rgb, quiet);
        colour = over(tint(frost, coverage(border, px) * legible), colour);
        let lock = padlock(at / (0.62 * size)) * 0.62 * size;
        colour = over(tint(frost, coverage(lock, px) * legible), colour);
    }
    if has(marks, DEAD | SATURATED) {
        // Upper left, where neither lock nor glyph is: told by its shape.
        let size = 0.31 * radius;
        let at = p - vec2(-0.78, 0.78) * radius;
        let alarm = mix(plate, stage.target_invalid.rgb, quiet);
        colour = over(tint(plate, coverage(length(at) - size, px) * legible), colour);
        let border = abs(length(at) - size + 0.5 * stage.rim.x) - 0.4 * stage.rim.x;
        colour = over(tint(alarm, coverage(border, px) * legible), colour);
        let inner_size = 0.62 * size;
        var strokes = 0.0;
        if has(marks, DEAD) {
            strokes = struck_ring(at / inner_size);
        } else {
            strokes = clipped_curve(at / inner_size);
        }
        colour = over(tint(alarm, coverage(strokes * inner_size, px) * legible), colour);
    }
    return colour;
}
