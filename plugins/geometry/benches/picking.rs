//! What the spatial index costs at 100,000 and 1,000,000 wires: building, picking at every zoom,
//! and moving a neuron of 1,000 wires.
//!
//! Half of the points lie anywhere, half on wires. Each pick is timed by the quickest of three, so
//! that what else the machine does is left out; each move too, back and forth.
//!
//! `cargo bench -p geometry --bench picking [-- small | large]`

use std::hint::black_box;
use std::time::{Duration, Instant};

use geometry::{SpatialIndex, WireCurve, wire_ends};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const RADIUS: f32 = 26.0;
const ROW_GAP: f32 = 70.0;
const MOVED_WIRES: usize = 1_000;
const SLOPS: [f32; 7] = [0.5, 2.0, 8.0, 32.0, 128.0, 500.0, f32::INFINITY];

/// Dense layers from left to right.
struct Scene {
    name: &'static str,
    places: Vec<[f32; 2]>,
    wires: Vec<[u32; 2]>,
    picks: u32,
}

impl Scene {
    fn layered(name: &'static str, layers: &[usize], layer_gap: f32, picks: u32) -> Self {
        let mut scene = Self {
            name,
            places: Vec::new(),
            wires: Vec::new(),
            picks,
        };
        let mut previous = 0..0;
        for (column, &rows) in layers.iter().enumerate() {
            let first = scene.places.len() as u32;
            for row in 0..rows {
                let y = (row as f32 - 0.5 * rows as f32) * ROW_GAP;
                scene.places.push([column as f32 * layer_gap, y]);
            }
            let layer = first..first + rows as u32;
            for from in previous {
                scene.wires.extend(layer.clone().map(|to| [from, to]));
            }
            previous = layer;
        }
        scene
    }

    /// Wires between any two of many neurons strewn over a square: long ones, in all directions.
    fn strewn(name: &'static str, neurons: u32, wires: usize, picks: u32) -> Self {
        let mut random = Random(5);
        let side = (neurons as f32).sqrt() * ROW_GAP * 1.5;
        let places = (0..neurons)
            .map(|_| [random.unit() * side, random.unit() * side])
            .collect();
        let mut pair = || [0; 2].map(|_: u32| (random.unit() * neurons as f32) as u32 % neurons);
        Self {
            name,
            places,
            wires: (0..wires).map(|_| pair()).collect(),
            picks,
        }
    }

    fn curve(&self, wire: usize) -> WireCurve {
        let [from, to] = self.wires[wire].map(|node| self.places[node as usize]);
        let (from, to) = wire_ends(from, to, RADIUS);
        WireCurve::between(from, to)
    }

    fn index(&self) -> SpatialIndex {
        let places = if self.is_bare() {
            &[]
        } else {
            &self.places[..]
        };
        let nodes = (0..).zip(places).map(|(id, &at)| (id, at, RADIUS));
        let wires = (0..self.wires.len()).map(|wire| (wire as u32, self.curve(wire)));
        SpatialIndex::from_scene(nodes, wires).expect("the scene is small")
    }

    /// The wires alone: no neuron is hit before them.
    fn is_bare(&self) -> bool {
        self.name.ends_with("without neurons")
    }

    /// The neuron with the most wires, and at most `MOVED_WIRES` of them.
    fn hub(&self) -> (u32, Vec<usize>) {
        let mut degrees = vec![0; self.places.len()];
        for &node in self.wires.as_flattened() {
            degrees[node as usize] += 1;
        }
        let hub = (0..degrees.len())
            .max_by_key(|&node| degrees[node].min(MOVED_WIRES))
            .expect("there are neurons") as u32;
        let wires = (0..self.wires.len()).filter(|&wire| self.wires[wire].contains(&hub));
        (hub, wires.take(MOVED_WIRES).collect())
    }
}

/// A multiplicative congruential generator, good enough to strew points.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "  {what:<24} median {:>9.4} ms   p99 {:>9.4} ms   most {:>9.4} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn picking(scene: &Scene, index: &SpatialIndex, when: &str) {
    let bounds = index.bounds().expect("there are wires");
    let [width, height] = bounds.size();
    let mut random = Random(1);
    for slop in SLOPS {
        let mut times = Vec::new();
        for turn in 0..scene.picks {
            let point = if turn % 2 == 0 {
                let x = bounds.min[0] + random.unit() * width;
                [x, bounds.min[1] + random.unit() * height]
            } else {
                let wire = (random.unit() * scene.wires.len() as f32) as usize;
                scene.curve(wire % scene.wires.len()).point(random.unit())
            };
            let quickest = (0..3).map(|_| {
                let start = Instant::now();
                black_box(index.pick(point, slop));
                start.elapsed()
            });
            times.extend(quickest.min());
        }
        report(&format!("pick{when}, slop {slop}"), times);
    }
}

fn run(mut scene: Scene) {
    println!(
        "{}: {} neurons, {} wires",
        scene.name,
        scene.places.len(),
        scene.wires.len()
    );
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    let mut index = scene.index();
    let megabytes = |bytes: usize| bytes as f64 / 1e6;
    println!(
        "  build {:.3} s, {:.1} MB kept, {:.1} MB at the peak",
        start.elapsed().as_secs_f64(),
        megabytes(MEMORY.current_usage() - before),
        megabytes(MEMORY.peak_usage() - before)
    );
    let start = Instant::now();
    black_box(index.bounds());
    println!("  bounds {:.4} ms", start.elapsed().as_secs_f64() * 1e3);
    picking(&scene, &index, "");

    let (hub, wires) = scene.hub();
    let mut random = Random(2);
    let mut times = Vec::new();
    for _ in 0..200 {
        let here = scene.places[hub as usize];
        let there = [
            here[0] + 400.0 * (random.unit() - 0.5),
            here[1] + 4_000.0 * (random.unit() - 0.5),
        ];
        let mut quickest = Duration::MAX;
        for at in [there, here, there, here, there] {
            scene.places[hub as usize] = at;
            let start = Instant::now();
            if !scene.is_bare() {
                index.insert_node(hub, at, RADIUS).expect("still near");
            }
            for &wire in &wires {
                index
                    .insert_wire(wire as u32, scene.curve(wire))
                    .expect("still near");
            }
            if at == there {
                quickest = quickest.min(start.elapsed());
            }
        }
        times.push(quickest);
    }
    report(&format!("move {} wires", wires.len()), times);
    picking(&scene, &index, " then");
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |size: &str| {
        let sizes = ["small", "large"];
        wanted.iter().all(|arg| !sizes.contains(&arg.as_str())) || wanted.iter().any(|a| a == size)
    };
    let picks = if wanted.iter().any(|arg| arg == "few") {
        20
    } else {
        1_000
    };
    if is_wanted("small") {
        let layers = [50, 1_000, 50];
        run(Scene::layered("layers 50-1000-50", &layers, 400.0, picks));
        run(Scene::layered(
            "the same without neurons",
            &layers,
            400.0,
            picks,
        ));
        run(Scene::strewn("strewn", 5_000, 100_000, picks));
    }
    if is_wanted("large") {
        let layers = [100, 1_000, 500, 800];
        run(Scene::layered(
            "layers 100-1000-500-800",
            &layers,
            400.0,
            picks,
        ));
        run(Scene::layered(
            "the same without neurons",
            &layers,
            400.0,
            picks,
        ));
        run(Scene::strewn("strewn", 20_000, 1_000_000, picks));
    }
}
