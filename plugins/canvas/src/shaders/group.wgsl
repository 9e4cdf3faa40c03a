// A folded group: a sheet of glass with the values of its members, one cell each.
#import canvas::stage::{
    stage, cells, world_per_pixel, clip_from_world, coverage, tint, over, finite, has, heat,
    anchor_texel, in_spotlight, SELECTED, HOVERED, DIMMED, UPSTREAM, DOWNSTREAM,
}

// Around the picture, in world units: `geometry::GROUP_PADDING`.
const PADDING: f32 = 10.0;
// Room around the sheet for glow, shadow and the selection.
const REACH: f32 = 18.0;
const CORNER: f32 = 12.0;

struct Group {
    @location(0) position: vec2<f32>,
    @location(1) half_size: vec2<f32>,
    // Kind, marks, columns, cells.
    @location(2) codes: vec4<u32>,
    // Where its cells begin.
    @location(3) first: u32,
    @location(4) signal: f32,
};

struct Varyings {
    @builtin(position) clip: vec4<f32>,
    // From the centre, in world units.
    @location(0) place: vec2<f32>,
    @location(1) @interpolate(flat) half_size: vec2<f32>,
    @location(2) @interpolate(flat) codes: vec4<u32>,
    @location(3) @interpolate(flat) first: u32,
    @location(4) @interpolate(flat) signal: f32,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32, group: Group) -> Varyings {
    let corner = vec2(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    var out: Varyings;
    out.place = corner * (group.half_size + REACH + 2.0 * world_per_pixel());
    out.clip = clip_from_world(group.position + out.place);
    out.half_size = group.half_size;
    out.codes = group.codes;
    out.codes.y = in_spotlight(group.codes.y, has(group.codes.y, UPSTREAM | DOWNSTREAM));
    out.first = group.first;
    out.signal = finite(group.signal);
    return out;
}

// Signed distance to a box with round corners.
fn sheet(p: vec2<f32>, half_size: vec2<f32>, corner: f32) -> f32 {
    let q = abs(p) - half_size + corner;
    return min(max(q.x, q.y), 0.0) + length(max(q, vec2(0.0))) - corner;
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    let px = world_per_pixel();
    let p = in.place;
    let kind = min(in.codes.x, 2u);
    let marks = in.codes.y;
    let is_light = stage.flow.w > 0.5;
    let is_hovered = has(marks, HOVERED);
    let hue = stage.kinds[kind].rgb;
    let d = sheet(p, in.half_size, CORNER);

    let drop = sheet(p + vec2(0.0, 4.0), in.half_size, CORNER);
    let shade = 1.0 - smoothstep(-3.0, 12.0, drop);
    var colour = tint(stage.shadow.rgb, shade * shade * stage.shadow.a);
    let lit = select((0.16 + 0.20 * min(abs(in.signal), 1.0)) * select(1.0, 0.45, is_light), 0.6, is_hovered);
    colour = over(tint(hue, lit * exp(-max(d, 0.0) / 4.5) * (1.0 - smoothstep(10.0, 16.0, d))), colour);
    // Two more sheets behind it: there are many in one.
    for (var behind = 2; behind > 0; behind--) {
        let far = sheet(p - vec2(3.0, 3.0) * f32(behind), in.half_size, CORNER);
        colour = over(tint(mix(stage.background.rgb, hue, 0.30), coverage(far, px)), colour);
        let line = abs(far + 0.5) - 0.5 * max(px, 1.0);
        colour = over(tint(mix(stage.background.rgb, hue, 0.65), coverage(line, px)), colour);
    }

    let glass = mix(stage.background.rgb, hue, select(0.14, 0.08, is_light));
    var inside = glass;
    // The picture, as large as there is room for it.
    let columns = max(in.codes.z, 1u);
    let rows = (in.codes.w + columns - 1u) / columns;
    let room = 2.0 * (in.half_size - PADDING);
    let size = min(room.x / f32(columns), room.y / f32(max(rows, 1u)));
    let grid = vec2(f32(columns), f32(rows));
    let at = vec2(p.x, -p.y) / size + 0.5 * grid;
    if all(at >= vec2(0.0)) && all(at < grid) {
        let place = vec2<u32>(floor(at));
        let index = place.y * columns + place.x;
        if index < in.codes.w {
            let value = finite(textureLoad(cells, anchor_texel(in.first + index), 0).x);
            let tone = heat(value);
            // Near enough, each is a cell of its own, and one that is negative has a hole.
            let near = smoothstep(3.0, 6.0, size / px);
            let q = (fract(at) - 0.5) * size;
            let box = max(abs(q.x), abs(q.y)) - mix(0.5, 0.44, near) * size;
            inside = mix(inside, tone, mix(1.0, coverage(box, px), near));
            let hole = length(q) - 0.16 * size * step(value, -0.02);
            inside = mix(inside, glass, coverage(hole, px) * near * step(value, -0.02));
        }
    }
    // Light from above along the upper edge.
    let sheen = smoothstep(-6.0, -1.0, d) * smoothstep(0.4, 1.0, p.y / in.half_size.y);
    inside = mix(inside, vec3(1.0), 0.22 * sheen);
    let rim_width = max(2.5, 1.1 * px);
    let rim = coverage(-d - rim_width, px);
    let rim_hue = mix(mix(hue * 0.8, hue, smoothstep(-1.0, 1.0, p.y / in.half_size.y)), stage.ink.rgb, select(0.0, 0.25, is_hovered));
    colour = over(tint(mix(inside, rim_hue, rim), coverage(d, px)), colour);

    if has(marks, SELECTED) {
        let width = 0.5 * max(stage.rim.w, 1.3 * px);
        let ring = coverage(abs(d - 4.0 - width - px) - width, px);
        colour = over(tint(stage.selection.rgb, ring * 0.95), colour);
    }
    if has(marks, DIMMED) {
        let backed = over(colour, tint(stage.background.rgb, coverage(d, px)));
        colour = vec4(mix(backed.rgb, stage.background.rgb * backed.a, 0.68), backed.a);
        colour *= mix(0.35, 1.0, coverage(d, px));
    }
    return colour;
}
