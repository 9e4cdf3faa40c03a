//! The whole loop as one person does it: build, feed, train, test, undo. Told once,
//! and acted out in the headless program and in a real window.

use neurarium::app::Control;

/// A point of the window, in logical pixels from its upper left corner.
pub type Point = [f64; 2];

/// What a person can do and see, whatever the program runs on.
pub trait Hands {
    /// The control of this name, if it is on screen.
    fn find(&mut self, name: &str) -> Option<Control>;
    /// All that is on screen, for telling what was there instead.
    fn all(&mut self) -> Vec<Control>;
    /// Lets a moment pass, in which the program goes on.
    fn wait(&mut self);
    /// Clicks at a point.
    fn click(&mut self, at: Point);
    /// Drags from one point to another.
    fn drag(&mut self, from: Point, to: Point);
    /// Types text and presses Enter.
    fn enter(&mut self, text: &str);
    /// Undo by keys.
    fn undo(&mut self);
    /// Redo by keys.
    fn redo(&mut self);

    /// All that is on screen, in a form to read.
    fn summary(&mut self) -> Vec<(String, String, String)> {
        let told = |control: Control| (control.role, control.name, control.value);
        self.all().into_iter().map(told).collect()
    }

    /// The control of this name, waiting a little for it.
    fn see(&mut self, name: &str) -> Control {
        for _ in 0..PATIENCE {
            if let Some(control) = self.find(name) {
                return control;
            }
            self.wait();
        }
        panic!("no “{name}” on screen, only {:#?}", self.summary());
    }

    /// Clicks on the control of this name.
    fn press(&mut self, name: &str) {
        let control = self.see(name);
        assert!(control.is_enabled, "“{name}” cannot be pressed now");
        self.click(control.centre());
    }

    /// Waits until something is seen.
    fn wait_until(&mut self, what: &str, seen: impl Fn(&mut Self) -> bool)
    where
        Self: Sized,
    {
        for _ in 0..PATIENCE {
            if seen(self) {
                return;
            }
            self.wait();
        }
        panic!(
            "waited in vain for {what}; on screen: {:#?}",
            self.summary()
        );
    }
}

/// How many moments a person waits before giving up.
const PATIENCE: usize = 2_000;

/// Where the person puts the two inputs.
pub const INPUTS: [Point; 2] = [[300.0, 300.0], [300.0, 480.0]];
/// Where the person puts the four hidden neurons.
pub const HIDDEN: [Point; 4] = [
    [540.0, 180.0],
    [540.0, 320.0],
    [540.0, 460.0],
    [540.0, 600.0],
];
/// Where the person puts the output.
pub const OUTPUT: Point = [780.0, 390.0];

/// Clears the canvas, drags out seven neurons and wires them 2-4-1.
pub fn build(hands: &mut impl Hands) {
    hands.press("New");
    hands.wait_until("an empty canvas", |hands| {
        hands.find("Undo").is_some_and(|u| !u.is_enabled)
    });
    place(hands, "Input neuron", &INPUTS);
    place(hands, "Hidden neuron", &HIDDEN);
    place(hands, "Output neuron", &[OUTPUT]);
    for hidden in HIDDEN {
        for input in INPUTS {
            wire(hands, input, hidden);
        }
        wire(hands, hidden, OUTPUT);
    }
}

fn place(hands: &mut impl Hands, kind: &str, places: &[Point]) {
    for &to in places {
        let from = hands.see(kind).centre();
        hands.drag(from, to);
    }
}

/// Pulls a wire out of a neuron's rim and lets it go over another.
pub fn wire(hands: &mut impl Hands, [x, y]: Point, to: Point) {
    hands.drag([x + RIM, y], to);
}

/// From the middle of a neuron to the middle of its rim.
const RIM: f64 = 23.0;

/// Fills the table with XOR.
pub fn feed(hands: &mut impl Hands) {
    hands.press("Data");
    hands.press("Fill with XOR");
    let cell = hands.see("y1 row 2");
    assert_eq!(cell.value, "1", "0 xor 1: {cell:?}");
}

/// Trains until it is done, and gives the loss that is shown then.
pub fn train(hands: &mut impl Hands) -> f64 {
    hands.press("Train");
    hands.wait_until("training to begin", |hands| hands.find("Pause").is_some());
    hands.wait_until("training to end", |hands| {
        hands.find("Train").is_some() && hands.find("Pause").is_none()
    });
    let loss = hands.see("Loss").value;
    loss.parse()
        .unwrap_or_else(|_| panic!("the loss reads {loss:?}"))
}

/// Sets both inputs by hand and reads the answer, for each row of the table.
pub fn answers(hands: &mut impl Hands) -> [f64; 4] {
    hands.press("Test");
    [[0, 0], [0, 1], [1, 0], [1, 1]].map(|inputs| {
        for (name, value) in ["Input x1 value", "Input x2 value"].into_iter().zip(inputs) {
            hands.press(name);
            hands.enter(&value.to_string());
        }
        for _ in 0..20 {
            hands.wait();
        }
        let answer = hands.see("Output y1").value;
        answer
            .replace('−', "-")
            .parse()
            .unwrap_or_else(|_| panic!("the answer reads {answer:?}"))
    })
}

/// Whether four answers are XOR.
pub fn assert_xor(answers: [f64; 4]) {
    for (answer, right) in answers.into_iter().zip([0.0, 1.0, 1.0, 0.0]) {
        assert!((answer - right).abs() < 0.3, "not XOR: {answers:?}");
    }
}

/// Undoes everything; gives the number of steps it took.
pub fn undo_all(hands: &mut impl Hands) -> usize {
    let mut steps = 0;
    while hands.see("Undo").is_enabled {
        hands.undo();
        steps += 1;
        assert!(steps < 200, "undo comes to no end");
    }
    steps
}

/// Redoes everything; gives the number of steps it took.
pub fn redo_all(hands: &mut impl Hands) -> usize {
    let mut steps = 0;
    while hands.see("Redo").is_enabled {
        hands.redo();
        steps += 1;
        assert!(steps < 200, "redo comes to no end");
    }
    steps
}
