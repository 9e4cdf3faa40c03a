// A wire: a ribbon along a cubic curve; width, dash, frost and motes are made in its fragments.
#import canvas::stage::{
    stage, places, signals, world_per_pixel, clip_from_world, coverage, tint, over, finite, has, squeezed,
    anchor_texel, in_spotlight, is_spotlit, slope,
    SELECTED, HOVERED, FROZEN, DIMMED, VALID_TARGET, INVALID_TARGET, UPSTREAM, DOWNSTREAM, BUNDLE, PRUNED,
}

// The anchors of a wire that is not there.
const NOWHERE: u32 = 0xffffffffu;

// What a line alone does not show.
const MARKED: u32 = SELECTED | HOVERED | FROZEN | BUNDLE | PRUNED;

struct Wire {
    // The anchors it leaves and enters.
    @location(0) anchors: vec2<u32>,
    @location(1) marks: u32,
    @location(2) weight: f32,
    // Of a bundle: the share of its strength that is positive; where colours tell gradients,
    // that of its gradients, and before the point their tone in steps of 1/255.
    @location(3) gradient: f32,
};

struct Varyings {
    @builtin(position) clip: vec4<f32>,
    // Along the curve and across it, in world units.
    @location(0) place: vec2<f32>,
    // Half width of the core, length, phase, opacity of the weak among so many.
    @location(1) @interpolate(flat) shape: vec4<f32>,
    // Weight, signal and gradient squeezed into (-1, 1), the last for motes and for the colour.
    @location(2) @interpolate(flat) value: vec4<f32>,
    @location(3) @interpolate(flat) marks: u32,
};

fn velocity(p0: vec2<f32>, p1: vec2<f32>, p2: vec2<f32>, p3: vec2<f32>, t: f32) -> vec2<f32> {
    let s = 1.0 - t;
    return 3.0 * (s * s * (p1 - p0) + 2.0 * s * t * (p2 - p1) + t * t * (p3 - p2));
}

// Arc length up to t: Gauss-Legendre with five nodes on each half.
fn arc_length(p0: vec2<f32>, p1: vec2<f32>, p2: vec2<f32>, p3: vec2<f32>, t: f32) -> f32 {
    let quarter = 0.25 * t;
    var sum = 0.0;
    for (var part = 0; part < 2; part++) {
        let middle = quarter * (1.0 + 2.0 * f32(part));
        sum += 0.5688889 * length(velocity(p0, p1, p2, p3, middle));
        sum += 0.4786287 * length(velocity(p0, p1, p2, p3, middle - 0.5384693 * quarter));
        sum += 0.4786287 * length(velocity(p0, p1, p2, p3, middle + 0.5384693 * quarter));
        sum += 0.2369269 * length(velocity(p0, p1, p2, p3, middle - 0.9061798 * quarter));
        sum += 0.2369269 * length(velocity(p0, p1, p2, p3, middle + 0.9061798 * quarter));
    }
    return sum * quarter;
}

// A number in [0, 1) that is always the same for a wire: wires side by side do
// not beat together, and it is always the same ones that are left out.
fn chance(anchors: vec2<u32>) -> f32 {
    var mixed = anchors.x * 0x9e3779b1u ^ (anchors.y * 0x85ebca77u + 0x165667b1u);
    mixed = (mixed ^ (mixed >> 15u)) * 0x2c1b3c6du;
    mixed = (mixed ^ (mixed >> 12u)) * 0x297a2d39u;
    return f32((mixed ^ (mixed >> 15u)) >> 8u) / 16777216.0;
}

// How many wires are drawn one by one. Of very many each pixel lies under many, and some of them, as much
// denser, give the same veil; the fewer, the thinner even the widest is in pixels.
fn drawn_wires(px: f32) -> f32 {
    return min(stage.dash.w, stage.dash.z * clamp(stage.wire.y / px, 0.5, 5.0));
}

// The opacity of a weak wire among so many: solid up to a few hundred, then falling almost as
// their number grows, so that a crowd of them stays a veil.
fn crowd_opacity(drawn: f32) -> f32 {
    return pow(300.0 / max(drawn, 300.0), 0.75);
}

// Whether neither dashes nor motes can be made out.
fn is_far(px: f32) -> bool {
    return stage.dash.x + stage.dash.y <= 3.0 * px && stage.motes.x <= 8.0 * px;
}

// A vertex of a ribbon without extent.
fn nothing() -> Varyings {
    var out: Varyings;
    out.clip = vec4(0.0, 0.0, 0.5, 1.0);
    return out;
}

@vertex
fn vertex(@builtin(vertex_index) index: u32, wire: Wire) -> Varyings {
    if wire.anchors.x == NOWHERE { return nothing(); }
    let px = world_per_pixel();
    let drawn = drawn_wires(px);
    let phase = chance(wire.anchors);
    let is_left_out = phase * stage.dash.w >= drawn && !has(wire.marks, HOVERED | SELECTED | BUNDLE);
    // What is lit by its ends shows all its wires.
    if is_left_out && !is_spotlit() { return nothing(); }
    let source = textureLoad(places, anchor_texel(wire.anchors.x), 0);
    let destination = textureLoad(places, anchor_texel(wire.anchors.y), 0);
    let shared_marks = u32(source.w) & u32(destination.w);
    let marks = in_spotlight(wire.marks, has(shared_marks, UPSTREAM | DOWNSTREAM) || has(wire.marks, HOVERED));
    if is_left_out && !has(marks, HOVERED) { return nothing(); }

    // From afar half the joints of a fine ribbon will do; their number is even.
    let joint = index / 2u;
    let t = f32(select(joint, joint & ~1u, is_far(px) && stage.curve.w > 8.0)) / stage.curve.w;
    let side = f32(index & 1u) * 2.0 - 1.0;
    let p0 = source.xy + vec2(source.z, 0.0);
    let p3 = destination.xy - vec2(destination.z, 0.0);
    // The formula of `geometry::WireCurve`.
    let far = p3 - p0;
    let reach_x = max(stage.curve.x * abs(far.x), min(stage.curve.x * length(far), stage.curve.y));
    let handle = vec2(reach_x, 0.0);
    let p1 = p0 + handle;
    let p2 = p3 - handle;
    let s = 1.0 - t;
    let at = s * s * s * p0 + 3.0 * s * s * t * p1 + 3.0 * s * t * t * p2 + t * t * t * p3;
    let direction = velocity(p0, p1, p2, p3, t);
    let speed = length(direction);
    let along = select(vec2(1.0, 0.0), direction / speed, speed > 1e-6);
    let across = vec2(-along.y, along.x);

    let weight = finite(wire.weight);
    var width = clamp(abs(weight) * stage.wire.z, stage.wire.x, stage.wire.y);
    // A bundle is broad enough to be seen as many.
    if has(marks, BUNDLE) { width = 2.0 * width + stage.wire.y; }
    let is_plain = is_far(px) && !has(marks, MARKED);
    // The line itself is a pixel wide at least; its light reaches farther.
    let reach = select(0.5 * width + stage.wire.w, max(0.5 * width, 0.5 * px), is_plain) + px;
    // From afar nobody sees how long it is.
    var lengths = vec2(t, 1.0) * length(far);
    if !is_far(px) {
        lengths = vec2(arc_length(p0, p1, p2, p3, t), arc_length(p0, p1, p2, p3, 1.0));
    }

    var out: Varyings;
    out.clip = clip_from_world(at + across * side * reach);
    out.place = vec2(lengths.x, side * reach);
    out.shape = vec4(0.5 * width, lengths.y, phase, crowd_opacity(drawn));
    let signal = weight * finite(textureLoad(signals, anchor_texel(wire.anchors.x), 0).x);
    out.value = vec4(
        squeezed(weight),
        squeezed(signal * stage.mote_size.z),
        select(squeezed(finite(wire.gradient) * stage.mote_size.w), finite(wire.gradient), has(marks, BUNDLE)),
        squeezed(finite(wire.gradient) * stage.tone.y),
    );
    out.marks = marks;
    return out;
}

// How bright a mote of a stream is at this place: round in front, with a short
// tail behind. `heading` is 1 with the wire and -1 against it.
fn mote(place: vec2<f32>, shape: vec4<f32>, heading: f32, strength: f32, shift: f32, px: f32) -> f32 {
    let radius = max(mix(stage.mote_size.x, stage.mote_size.y, strength), 1.2 * px);
    // Most fragments of a ribbon lie beside the stream, where its light is under a two-hundredth.
    if strength < 0.02 || abs(place.y) > 3.0 * radius { return 0.0; }
    let spacing = max(stage.motes.x, shape.y / stage.motes.y);
    // Times of 64 seconds are whole numbers of cycles, so time may wrap there.
    let rate = min(max(floor(stage.motes.z / spacing * 8.0 + 0.01), 1.0) / 8.0, stage.motes.w);
    let cycle = fract(heading * (place.x / spacing + shape.z) - stage.flow.x * rate + shift);
    let ahead = (cycle - 0.5) * spacing;
    let visible = smoothstep(0.02, 0.12, strength)
        * smoothstep(8.0, 30.0, spacing / px)
        * smoothstep(0.0, 10.0, place.x) * smoothstep(0.0, 10.0, shape.y - place.x);
    if stage.flow.z > 0.5 {
        // A chevron that points where the values go.
        let back = ahead + abs(place.y);
        let stroke = abs(back) - max(0.5 * radius, 0.7 * px);
        let tall = abs(place.y) - 1.6 * radius;
        return coverage(max(stroke, tall), px) * visible * mix(0.55, 1.0, strength);
    }
    // A round head, and behind it a faint streak.
    let head = vec2(ahead, place.y) / radius;
    let streak = vec2(select(ahead, ahead * 0.16, ahead < 0.0), place.y * 1.5) / radius;
    let light = 1.4 * exp(-dot(head, head)) + 0.5 * exp(-dot(streak, streak));
    return min(light, 1.0) * visible * mix(0.6, 1.0, strength);
}

// Small crystals of frost along a wire.
fn crystal(place: vec2<f32>, size: f32, px: f32) -> f32 {
    let side = abs(place.y);
    let along = abs(fract(place.x / 28.0) - 0.5) * 28.0;
    // Six-pointed: one arm across, two that lean.
    let across_arm = max(along - 0.5, side - size);
    let leaning_arm = max(abs(along - 0.577 * side) * 0.866 - 0.5, side - 0.7 * size);
    return coverage(min(across_arm, leaning_arm), px) * smoothstep(10.0, 20.0, 28.0 / px);
}

// A bundle: one ribbon of many strands; as many of them are positive, and solid, as
// its share says, the others negative and dashed.
fn bundle(in: Varyings, px: f32) -> vec4<f32> {
    let half_width = max(in.shape.x, 1.5 * px);
    let side = in.place.y;
    let is_lit = has(in.marks, HOVERED | SELECTED);
    let is_light = stage.flow.w > 0.5;
    let is_sloped = stage.tone.x > 0.5;
    let share = select(clamp(in.value.z, 0.0, 1.0), fract(in.value.z), is_sloped);
    let body = coverage(abs(side) - half_width, px);
    let border = half_width * (1.0 - 2.0 * share);
    let is_positive = side > border;
    var hue = select(stage.negative.rgb, stage.positive.rgb, is_positive);
    if is_sloped {
        let tone = floor(in.value.z) / 255.0;
        hue = slope(select(-tone, tone, is_positive));
    }
    // Strands along it, at even distances.
    let strand = 3.2;
    let across = abs(fract(side / strand) - 0.5) * strand;
    let period = stage.dash.x + stage.dash.y;
    let dash = select(smoothstep(0.28, 0.22, abs(fract(in.place.x / period) - 0.5) * 0.62), 1.0, is_positive);
    let fine = smoothstep(1.5, 3.5, strand / px);
    let thread = mix(0.45, coverage(across - 0.85, px) * dash, fine);
    var alpha = body * select(0.22, 0.34, is_light);
    alpha = max(alpha, body * thread * select(select(0.62, 0.85, is_light), 0.95, is_lit));
    var colour = tint(select(hue, mix(hue, stage.ink.rgb, 0.3), is_lit), alpha);
    let rail = coverage(abs(abs(side) - half_width + 0.6 * max(px, 0.8)) - 0.6 * max(px, 0.8), px);
    colour = over(tint(select(hue, stage.selection.rgb, has(in.marks, SELECTED)), 0.9 * rail), colour);
    if has(in.marks, FROZEN) {
        let line = coverage(abs(side) - 1.2 * max(px, 0.8), px);
        colour = over(tint(stage.frost.rgb, max(line * 0.8, 0.85 * crystal(in.place, half_width, px))), colour);
    }
    if stage.flow.y + stage.flow.z > 0.5 {
        let forward = mote(in.place, in.shape, 1.0, abs(in.value.y), 0.0, px);
        colour = over(tint(mix(hue, stage.ink.rgb, 0.85), forward), colour);
    }
    return colour * select(1.0, select(0.22, 0.45, is_light), has(in.marks, DIMMED));
}

// A wire that is cut off: dots in a colour without a sign, and two strokes through its middle.
// Nothing flows here.
fn pruned(in: Varyings, px: f32) -> vec4<f32> {
    let is_lit = has(in.marks, HOVERED | SELECTED);
    let is_light = stage.flow.w > 0.5;
    let radius = max(stage.curve.z, 0.6 * px);
    let spacing = 2.0 * stage.curve.z + stage.dash.y;
    let from_middle = in.place.x - 0.5 * in.shape.y;
    let off = (fract(from_middle / spacing) - 0.5) * spacing;
    let away = smoothstep(0.8, 1.0, abs(from_middle) / spacing);
    let dots = coverage(length(vec2(off, in.place.y)) - radius, px) * away;
    // From afar the dots run into a faint line.
    let line = coverage(abs(in.place.y) - 0.5 * px, px) * 0.35;
    let readable = smoothstep(3.0, 6.0, spacing / px);
    // Both strokes lean, as scissors are held.
    let stroke = abs(abs(from_middle - 0.35 * in.place.y) - 0.4 * spacing) - radius * 0.8;
    let cut = coverage(max(stroke, abs(in.place.y) - 0.7 * spacing), px) * readable;
    let quiet = slope(0.0);
    let hue = select(quiet, mix(quiet, stage.ink.rgb, 0.75), is_lit);
    let alpha = max(mix(line, dots, readable), cut) * select(0.95, 1.0, is_lit);
    var colour = tint(hue, alpha);
    if has(in.marks, SELECTED) {
        let ring = abs(abs(in.place.y) - in.shape.x - 3.0 * max(1.0, px)) - 0.5 * max(stage.rim.w * 0.6, px);
        colour = over(colour, tint(stage.selection.rgb, 0.75 * coverage(ring, px)));
    }
    return colour * select(1.0, select(0.22, 0.45, is_light), has(in.marks, DIMMED));
}

// Ticks that stand on the left side of the wire's way where the loss rises with the weight,
// and on its right side where it falls.
fn ticks(place: vec2<f32>, shape: vec4<f32>, tone: f32, px: f32) -> f32 {
    let along = abs(fract(place.x / stage.tone.z) - 0.5) * stage.tone.z;
    let out = place.y * sign(tone) - max(shape.x, 0.5 * px);
    let tick = max(along - 0.6 * max(1.0, px), max(-out - 0.5, out - stage.tone.w));
    return coverage(tick, px)
        * smoothstep(0.02, 0.1, abs(tone))
        * smoothstep(9.0, 18.0, stage.tone.z / px);
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    let px = world_per_pixel();
    if has(in.marks, BUNDLE) { return bundle(in, px); }
    if has(in.marks, PRUNED) { return pruned(in, px); }
    let side = abs(in.place.y);
    let is_negative = in.value.x < 0.0;
    let is_sloped = stage.tone.x > 0.5;
    // What is bright, and in a crowd steps back last.
    let strength = abs(select(in.value.x, in.value.w, is_sloped));
    let is_lit = has(in.marks, HOVERED | SELECTED);
    let is_frozen = has(in.marks, FROZEN);

    // Thinner than a pixel: keep a pixel, and fade instead.
    let half_width = max(in.shape.x, 0.5 * px);
    // Among few it stays readable; among many it gives only its share of the veil.
    let thin = clamp(in.shape.x / half_width, mix(0.1, 0.5, sqrt(in.shape.w)), 1.0);

    var hue = select(stage.positive.rgb, stage.negative.rgb, is_negative);
    if is_sloped { hue = slope(in.value.w); }
    if has(in.marks, VALID_TARGET) { hue = stage.target_valid.rgb; }
    if has(in.marks, INVALID_TARGET) { hue = stage.target_invalid.rgb; }
    let bright = mix(hue, stage.ink.rgb, 0.35);
    let core_hue = select(hue, bright, is_lit);

    // Dark ink on paper needs more of itself than light in the dark.
    let is_light = stage.flow.w > 0.5;
    let faint = select(0.55, 0.93, is_light);
    // Where thousands of wires lie over each other, the weak ones step back.
    let crowd = select(mix(in.shape.w, sqrt(in.shape.w), strength), 1.0, is_lit);
    let opacity = select(mix(faint, 0.97, strength), 1.0, is_lit) * thin * crowd;
    let dimmed = select(1.0, select(0.22, 0.45, is_light), has(in.marks, DIMMED));
    if is_far(px) && !has(in.marks, MARKED) {
        return tint(hue, coverage(side - half_width, px) * opacity) * dimmed;
    }

    var outline = side - half_width;
    if is_negative {
        // Rounded dashes, counted in world units along the curve.
        let period = stage.dash.x + stage.dash.y + 1.5 * in.shape.x;
        let dash = 0.5 * (stage.dash.x + 1.5 * in.shape.x);
        let off = abs(fract(in.place.x / period) - 0.5) * period;
        let rounded = length(vec2(max(off - dash + half_width, 0.0), side)) - half_width;
        let readable = smoothstep(5.0, 9.0, period / px);
        outline = mix(outline, rounded, readable);
    }
    let core = coverage(outline, px);

    // Light that the core spills beside itself.
    let spill = exp(-max(side - in.shape.x, 0.0) / (0.30 * stage.wire.w));
    let edge = 1.0 - smoothstep(0.4, 1.0, (side - in.shape.x) / stage.wire.w);
    let from_ends = smoothstep(0.0, 12.0, in.place.x) * smoothstep(0.0, 12.0, in.shape.y - in.place.x);
    let glow = spill * edge * from_ends * select(0.04 + 0.08 * strength, 0.42, is_lit)
        * select(1.0, 0.6, is_light) * crowd;
    var colour = tint(hue, glow * thin);
    if has(in.marks, SELECTED) {
        let ring = abs(side - in.shape.x - 3.0 * max(1.0, px)) - 0.5 * max(stage.rim.w * 0.6, px);
        colour = over(tint(stage.selection.rgb, 0.75 * coverage(ring, px)), colour);
    }
    colour = over(tint(core_hue, core * opacity), colour);

    if is_sloped {
        let tick = ticks(in.place, in.shape, in.value.w, px);
        colour = over(tint(core_hue, tick * mix(0.7, 1.0, strength) * crowd), colour);
    }
    if is_frozen {
        // A frosted core, with a small crystal here and there.
        let frost_half = max(0.45 * in.shape.x, 0.7 * max(px, 0.6));
        let line = coverage(side - frost_half, px);
        let crystals = crystal(in.place, in.shape.x + 2.6, px);
        colour = over(tint(stage.frost.rgb, max(line * 0.8, crystals * 0.85)), colour);
    }

    if stage.flow.y + stage.flow.z > 0.5 {
        let forward = mote(in.place, in.shape, 1.0, abs(in.value.y), 0.0, px);
        colour = over(tint(mix(hue, stage.ink.rgb, 0.85), forward * crowd), colour);
        let backward = mote(in.place, in.shape, -1.0, abs(in.value.z), 0.5, px);
        colour = over(tint(stage.gradient.rgb, backward * crowd), colour);
    }
    return colour * dimmed;
}
