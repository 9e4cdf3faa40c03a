// The dots behind everything: a finer lattice fades in as one comes closer.
#import canvas::stage::{view, stage, world_per_pixel, coverage, tint}

// What is the same for all of the picture is found once for each corner: this layer covers every pixel.
struct Varyings {
    @builtin(position) clip: vec4<f32>,
    @location(0) world: vec2<f32>,
    // The spacing of the fine lattice, the radius of its dots, how visible it still is, the size of a pixel.
    @location(1) @interpolate(flat) lattice: vec4<f32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Varyings {
    let corner = vec2(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    let world = view.world_from_clip * vec4(corner, 0.5, 1.0);
    let px = world_per_pixel();
    // The lattice doubles whenever its dots would come closer than about 20 pixels.
    let level = max(log2(20.0 * px / stage.grid_size.x), 0.0);
    let fine = stage.grid_size.x * exp2(floor(level));
    let radius = max(stage.grid_size.y, 1.0 * px);
    let leaving = 1.0 - smoothstep(0.15, 0.95, fract(level));
    return Varyings(vec4(corner, 0.5, 1.0), world.xy / world.w, vec4(fine, radius, leaving, px));
}

// The offset from the nearest dot of a lattice.
fn offset(world: vec2<f32>, spacing: f32) -> vec2<f32> {
    return (fract(world / spacing + 0.5) - 0.5) * spacing;
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    let fine = in.lattice.x;
    let radius = in.lattice.y;
    let px = in.lattice.w;
    let near = offset(in.world, fine);
    // Nearly all of the picture lies between the dots; every dot of the wide lattice is one of the fine.
    if max(abs(near.x), abs(near.y)) > radius + px { discard; }
    let far = offset(in.world, fine * 2.0);
    let bright = max(
        coverage(length(near) - radius, px) * in.lattice.z,
        coverage(length(far) - radius, px),
    );
    return tint(stage.grid.rgb, bright * stage.grid.a);
}
