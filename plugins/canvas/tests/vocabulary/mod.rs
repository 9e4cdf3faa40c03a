//! Everything the canvas can say, in one picture, and a crowd of wires: for the example `stage` and for the tests of pictures.

use bevy::prelude::*;
use canvas::drawing::{
    BundleEnd, Glyph, GroupInstance, Groups, Loose, LooseWire, Marks, NeuronInstance,
    NeuronInstances, NeuronKind, NeuronValue, NeuronValues, ResponseMaps, TILE, WireInstance,
    WireInstances, WireValues, bundle_between, encode_response,
};
use network::Activation;

/// A small builder: neurons first, then wires between them.
#[derive(Default)]
pub struct Scene {
    neurons: Vec<NeuronInstance>,
    neuron_values: Vec<NeuronValue>,
    wires: Vec<WireInstance>,
    weights: Vec<f32>,
    gradients: Vec<f32>,
}

impl Scene {
    pub fn neuron(&mut self, neuron: NeuronInstance, bias: f32, activation: f32) -> usize {
        self.neurons.push(neuron);
        self.neuron_values.push(NeuronValue { bias, activation });
        self.neurons.len() - 1
    }

    pub fn wire(&mut self, from: usize, to: usize, weight: f32, marks: Marks) {
        let turn = (self.wires.len() as f32 * 0.618).fract();
        self.wires
            .push(WireInstance::between(from, to).with_marks(marks));
        self.weights.push(weight);
        self.gradients.push(0.25 * (turn - 0.4));
    }

    /// A wire between two points: neurons too small to be seen hold its ends.
    fn free_wire(&mut self, from: [f32; 2], to: [f32; 2], weight: f32, marks: Marks) {
        let [from, to] = [from, to].map(|at| {
            let pin = NeuronInstance::new(at, 0.01, NeuronKind::Hidden, Glyph::NONE);
            self.neuron(pin, 0.0, 0.7)
        });
        self.wire(from, to, weight, marks);
    }

    pub fn show(
        self,
        neurons: &mut NeuronInstances,
        neuron_values: &mut NeuronValues,
        wires: &mut WireInstances,
        wire_values: &mut WireValues,
    ) {
        neurons.replace(self.neurons);
        neuron_values.replace(self.neuron_values);
        wires.replace(self.wires);
        wire_values.weights.replace(self.weights);
        wire_values.gradients.replace(self.gradients);
    }
}

/// Puts everything the canvas can say onto the stage.
pub fn fill(
    mut neurons: ResMut<NeuronInstances>,
    mut neuron_values: ResMut<NeuronValues>,
    mut wires: ResMut<WireInstances>,
    mut wire_values: ResMut<WireValues>,
    mut loose: ResMut<LooseWire>,
    mut maps: ResMut<ResponseMaps>,
    mut groups: ResMut<Groups>,
) {
    const RADIUS: f32 = 26.0;
    let mut scene = Scene::default();
    let input = |y| NeuronInstance::new([-520.0, y], RADIUS, NeuronKind::Input, Glyph::NONE);
    let inputs = [
        scene.neuron(input(150.0).with_tile(Some(0)), 0.0, 0.6),
        scene.neuron(input(50.0).with_tile(Some(1)), 0.0, -0.3),
    ];
    let hidden: Vec<usize> = (0..4_u8)
        .map(|row| {
            let y = 235.0 - 90.0 * f32::from(row);
            let neuron = NeuronInstance::new(
                [-270.0, y],
                RADIUS,
                NeuronKind::Hidden,
                Glyph::of(Activation::Tanh),
            );
            scene.neuron(
                neuron.with_tile(Some(2 + u32::from(row))),
                0.4 * f32::from(row),
                0.2,
            )
        })
        .collect();
    let answer = NeuronInstance::new(
        [-20.0, 100.0],
        RADIUS,
        NeuronKind::Output,
        Glyph::of(Activation::Sigmoid),
    );
    let output = scene.neuron(answer.with_tile(Some(6)), -0.8, 0.9);
    for (column, &from) in inputs.iter().enumerate() {
        for (row, &to) in hidden.iter().enumerate() {
            let weight = (1.7 * (row as f32 + 2.3 * column as f32)).sin() * 1.6;
            scene.wire(from, to, weight, Marks::NONE);
        }
    }
    for (row, &from) in hidden.iter().enumerate() {
        let weight = [2.4, -1.2, 0.15, -0.6][row];
        scene.wire(from, output, weight, Marks::NONE);
    }

    // Marks and glyphs, one beside the other.
    let glyphs = Activation::ALL.map(Glyph::of);
    let marks = [
        Marks::NONE,
        Marks::SELECTED,
        Marks::HOVERED,
        Marks::FROZEN,
        Marks::FROZEN.with(Marks::SELECTED),
        Marks::VALID_TARGET,
        Marks::INVALID_TARGET,
        Marks::DIMMED,
    ];
    for (column, (mark, glyph)) in [
        (Marks::DEAD, Activation::Relu),
        (Marks::SATURATED, Activation::Tanh),
    ]
    .into_iter()
    .enumerate()
    {
        let at = [-110.0 + 85.0 * column as f32, -90.0];
        let neuron = NeuronInstance::new(at, RADIUS, NeuronKind::Hidden, Glyph::of(glyph));
        scene.neuron(neuron.with_marks(mark), 0.2, 0.0);
    }
    for (column, &marks) in marks.iter().enumerate() {
        let at = [-545.0 + 85.0 * column as f32, -165.0];
        let kind = [NeuronKind::Input, NeuronKind::Hidden, NeuronKind::Output][column % 3];
        let neuron = NeuronInstance::new(at, RADIUS, kind, glyphs[2 * column]);
        let activation = -1.0 + 0.3 * column as f32;
        scene.neuron(neuron.with_marks(marks), 0.3 * column as f32, activation);
        let at = [at[0], -270.0];
        let neuron = NeuronInstance::new(at, RADIUS, kind, glyphs[2 * column + 1]);
        let tile = Some(2 + column as u32 % 5);
        scene.neuron(neuron.with_marks(marks).with_tile(tile), -0.3, 0.0);
    }

    // One wire for each state, positive above negative.
    let marks = [
        Marks::NONE,
        Marks::HOVERED,
        Marks::SELECTED,
        Marks::FROZEN,
        Marks::FROZEN.with(Marks::HOVERED),
        Marks::DIMMED,
    ];
    for (row, &marks) in marks.iter().enumerate() {
        for (column, weight) in [0.1_f32, 1.0, -1.0, -2.5].into_iter().enumerate() {
            let y = 300.0 - 48.0 * row as f32;
            let x = 90.0 + 135.0 * column as f32;
            scene.free_wire([x, y], [x + 120.0, y - 22.0], weight, marks);
        }
    }
    let states = [Marks::NONE, Marks::HOVERED, Marks::SELECTED, Marks::DIMMED];
    for (column, state) in states.into_iter().enumerate() {
        let x = 90.0 + 135.0 * column as f32;
        let marks = state.with(Marks::PRUNED);
        scene.free_wire([x, 12.0], [x + 120.0, -10.0], 0.0, marks);
    }
    // Large ones, to look at closely.
    let big = NeuronInstance::new(
        [230.0, -190.0],
        70.0,
        NeuronKind::Input,
        Glyph::of(Activation::Relu),
    );
    let big_input = scene.neuron(big, 1.0, 0.25);
    let big = NeuronInstance::new(
        [450.0, -190.0],
        70.0,
        NeuronKind::Hidden,
        Glyph::of(Activation::Tanh),
    );
    let big_hidden = scene.neuron(big.with_tile(Some(3)), 1.6, 0.0);
    scene.wire(big_input, big_hidden, 1.4, Marks::NONE);
    let small = NeuronInstance::new(
        [590.0, -110.0],
        20.0,
        NeuronKind::Output,
        Glyph::of(Activation::Softmax),
    );
    let small = scene.neuron(small, f32::NAN, f32::NAN);
    scene.wire(big_hidden, small, f32::NAN, Marks::NONE);
    // A wire that runs back.
    scene.free_wire([560.0, -290.0], [200.0, -300.0], 0.8, Marks::NONE);

    loose.0 = Some(Loose {
        from: [6.0, 100.0],
        to: [70.0, 20.0],
        weight: 1.0,
        marks: Marks::VALID_TARGET,
    });
    // A folded group of twelve, and its bundle to the answer.
    let mut folded = GroupInstance::new(NeuronKind::Hidden, 4, 0..12);
    folded.position = [-150.0, 275.0];
    folded.half_size = [52.0, 40.0];
    folded.signal = 0.5;
    groups
        .cells
        .replace((0..12_u8).map(|cell| f32::from(cell) / 5.5 - 1.0).collect());
    groups.instances.replace(vec![folded]);
    let bundle = bundle_between(BundleEnd::Group(0), BundleEnd::Neuron(output));
    groups.bundles.replace(vec![bundle]);
    groups.strengths.replace(vec![0.9]);
    groups.shares.replace(vec![0.6]);

    maps.resize(7);
    for tile in 0..7 {
        maps.set_tile(tile, &response_map(tile));
    }
    scene.show(
        &mut neurons,
        &mut neuron_values,
        &mut wires,
        &mut wire_values,
    );
}

/// Ten columns of a hundred neurons, joined by so many wires that from afar not all are drawn.
pub fn crowd(
    mut neurons: ResMut<NeuronInstances>,
    mut neuron_values: ResMut<NeuronValues>,
    mut wires: ResMut<WireInstances>,
    mut wire_values: ResMut<WireValues>,
) {
    let mut scene = Scene::default();
    for index in 0..1_000_usize {
        let at = [
            (index / 100) as f32 * 400.0 - 1800.0,
            (index % 100) as f32 * 70.0 - 3500.0,
        ];
        let neuron = NeuronInstance::new(at, 26.0, NeuronKind::Hidden, Glyph::of(Activation::Relu));
        scene.neuron(neuron, (index as f32).sin(), (index as f32 * 0.7).cos());
    }
    for index in 0..30_000_usize {
        let from = index % 900;
        let to = (from / 100 + 1) * 100 + (from + index / 900) % 100;
        scene.wire(from, to, (index as f32).sin() * 1.5, Marks::NONE);
    }
    scene.show(
        &mut neurons,
        &mut neuron_values,
        &mut wires,
        &mut wire_values,
    );
}

fn response_map(tile: usize) -> Vec<u8> {
    let cell = |index: usize| {
        let x = (index % TILE) as f32 / (TILE - 1) as f32 * 2.0 - 1.0;
        let y = 1.0 - (index / TILE) as f32 / (TILE - 1) as f32 * 2.0;
        match tile {
            0 => x,
            1 => y,
            6 => (4.0 * (0.45 - x * x - y * y)).tanh(),
            _ => {
                let angle = tile as f32 * 1.3;
                (3.0 * (x * angle.cos() + y * angle.sin() - 0.1)).tanh()
            }
        }
    };
    (0..TILE * TILE)
        .map(|index| encode_response(cell(index)))
        .collect()
}
