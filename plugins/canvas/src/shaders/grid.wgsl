// The dots behind everything: a finer lattice fades in as one comes closer.
#import canvas::stage::{view, stage, world_per_pixel, coverage, tint}

struct Varyings {
    @builtin(position) clip: vec4<f32>,
    @location(0) world: vec2<f32>,
};

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Varyings {
    let corner = vec2(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    let world = view.world_from_clip * vec4(corner, 0.5, 1.0);
    return Varyings(vec4(corner, 0.5, 1.0), world.xy / world.w);
}

fn dots(world: vec2<f32>, spacing: f32, radius: f32, px: f32) -> f32 {
    let offset = (fract(world / spacing + 0.5) - 0.5) * spacing;
    return coverage(length(offset) - radius, px);
}

@fragment
fn fragment(in: Varyings) -> @location(0) vec4<f32> {
    let px = world_per_pixel();
    // The lattice doubles whenever its dots would come closer than about 20 pixels.
    let level = max(log2(20.0 * px / stage.grid_size.x), 0.0);
    let fine = stage.grid_size.x * exp2(floor(level));
    let radius = max(stage.grid_size.y, 1.0 * px);
    let leaving = 1.0 - smoothstep(0.15, 0.95, fract(level));
    let bright = max(
        dots(in.world, fine, radius, px) * leaving,
        dots(in.world, fine * 2.0, radius, px),
    );
    return tint(stage.grid.rgb, bright * stage.grid.a);
}
