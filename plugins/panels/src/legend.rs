//! The legend: what widths, colours and marks on the canvas tell, drawn by the laws of the canvas.

mod sample;

use bevy_egui::egui::{Align, Layout, Painter, Rect, Response, ScrollArea, Sense, Ui, vec2};
use egui_phosphor::regular as icons;
use theme::{Theme, gradient_tone, round_numbers};

use crate::caption::brief;
use crate::flow::choice;
use crate::style::{small, strong};
use crate::widgets::{checkbox, icon_button, slider, term};
use crate::wires::{Gradients, WireFacts, WireSettings, WireTells};
use crate::{Intent, ViewIntent};

use sample::{Badge, Sample};

/// The size of one sample, in logical pixels.
const SAMPLE: [f32; 2] = [64.0, 24.0];

/// What the legend shows.
#[derive(Clone, Copy, Debug)]
pub struct LegendView {
    /// How wires are drawn, as the person chose it.
    pub settings: WireSettings,
    /// What came of that.
    pub facts: WireFacts,
    /// Logical pixels per scene unit: samples are as wide as what they stand for.
    pub zoom: f32,
}

impl LegendView {
    pub(crate) fn is_of_gradients(&self) -> bool {
        self.settings.tells == WireTells::Gradient
    }

    /// Three round sizes of weights whose widths can be told apart, ascending.
    fn weights(&self, theme: &Theme) -> [f32; 3] {
        let sizes = &theme.sizes;
        let widest = sizes.wire_width_max / (sizes.wire_width_per_weight * self.facts.scale);
        round_numbers(widest).unwrap_or([0.5, 1.0, 2.0])
    }

    /// Three round sizes of gradients whose tones can be told apart, ascending.
    fn gradients(&self) -> [f32; 3] {
        let [.., most] = round_numbers(4.0 / self.facts.gain).unwrap_or([1.0; 3]);
        [0.1, 0.4, 1.0].map(|share| most * share)
    }
}

/// Shows the legend.
pub fn legend_ui(ui: &mut Ui, theme: &Theme, view: &LegendView) -> Vec<Intent> {
    let mut wishes = Vec::new();
    ui.spacing_mut().item_spacing.y = theme.sizes.space_half;
    ui.horizontal(|ui| {
        ui.label(strong("Legend"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let hover = "Close the legend.";
            if icon_button(ui, icons::X, "Close legend", hover, true) {
                wishes.push(Intent::View(ViewIntent::ToggleLegend));
            }
        });
    });
    ScrollArea::vertical().show(ui, |ui| {
        // Its scroll bar has room beside what it scrolls.
        ui.set_width(ui.available_width() - theme.sizes.space);
        settings_ui(ui, theme, view, &mut wishes);
        // What is only read needs no room for a finger.
        ui.spacing_mut().interact_size.y = SAMPLE[1];
        widths_ui(ui, theme, view);
        if view.is_of_gradients() {
            gradients_ui(ui, theme, view);
        } else {
            signs_ui(ui, theme, view);
        }
        others_ui(ui, theme, view);
        neurons_ui(ui, theme, view);
    });
    wishes
}

fn settings_ui(ui: &mut Ui, theme: &Theme, view: &LegendView, wishes: &mut Vec<Intent>) {
    let settings = view.settings;
    let hover = format!(
        "Makes all wires wider or narrower, from a quarter to four times; with all that is set \
         here widths are now {} times what they are by themselves.",
        brief(view.facts.scale)
    );
    term(ui, theme, "wire width", &hover);
    let mut width = settings.width;
    let [least, most] = WireSettings::WIDTHS;
    if slider(ui, "Wire width", &mut width, least..=most, true).is_changed {
        wishes.push(Intent::SetWires(settings.with_width(width)));
    }
    let hover = format!(
        "Automatic: a strong weight of this network is about {} units wide. Widths change in \
         steps of two, so that they do not pulse while it learns.",
        brief(theme.sizes.wire_width_fitted)
    );
    if checkbox(ui, "Fit to the weights", &hover, settings.is_fitted) {
        let is_fitted = !settings.is_fitted;
        wishes.push(Intent::SetWires(WireSettings {
            is_fitted,
            ..settings
        }));
    }
    let hover = "What the colour of a wire tells. Its width and its dashes always tell its weight.";
    term(ui, theme, "colour tells", hover);
    ui.horizontal(|ui| {
        for (word, hover, tells) in [
            ("Weight", "The sign of the weight.  G", WireTells::Weight),
            (
                "Gradient",
                "∂L/∂w: how the loss would grow with each weight.  G",
                WireTells::Gradient,
            ),
        ] {
            if choice(ui, word, hover, settings.tells == tells) {
                wishes.push(Intent::SetWires(WireSettings { tells, ..settings }));
            }
        }
    });
}

/// Three widths side by side with their weights below.
fn widths_ui(ui: &mut Ui, theme: &Theme, view: &LegendView) {
    let hover = "|w|: the wider a wire, the larger its weight. Twice as wide is twice as much, up \
        to the widest.";
    let columns = view.weights(theme).map(|weight| {
        let width = theme.sizes.wire_width(weight, view.facts.scale);
        let sample = Sample {
            hue: if view.is_of_gradients() {
                theme.palette.wire_at_rest()
            } else {
                theme.palette.positive
            },
            ..Sample::wire(width * view.zoom)
        };
        (sample, format!("|w| = {}", brief(weight)))
    });
    side_by_side(ui, theme, hover, &columns);
}

fn signs_ui(ui: &mut Ui, theme: &Theme, view: &LegendView) {
    let (palette, wide) = (&theme.palette, middle_width(theme, view));
    let positive = Sample {
        hue: palette.positive,
        ..Sample::wire(wide)
    };
    let hover = "Positive: the more comes in, the more it adds.";
    row(ui, "positive weight", hover, |painter, place| {
        positive.paint(painter, theme, place);
    });
    let negative = Sample {
        hue: palette.negative,
        is_dashed: true,
        ..positive
    };
    let hover = "Negative: the more comes in, the more it takes away.";
    row(ui, "negative weight", hover, |painter, place| {
        negative.paint(painter, theme, place);
    });
}

fn gradients_ui(ui: &mut Ui, theme: &Theme, view: &LegendView) {
    let wide = middle_width(theme, view);
    let whose = match view.facts.gradients {
        Gradients::None => {
            "There are no gradients yet: press Train, or give the inputs a row with a target."
        }
        Gradients::OfRow if view.facts.are_zero => {
            "Gradients of the row that is shown: all are 0. Show another row, or press Train."
        }
        Gradients::OfRow => "Gradients of the row that is shown.",
        Gradients::OfBatch => "Gradients of the last batch.",
    };
    ui.add(bevy_egui::egui::Label::new(small(whose, theme)).wrap());
    let sample = |tone: f32| Sample {
        hue: theme.palette.slope(tone),
        tone,
        ..Sample::wire(wide)
    };
    let rising = "∂L/∂w > 0: more of this weight, more loss. A step of learning makes it smaller. \
        Its ticks stand on the left of its way, which is above on the way to the right.";
    row(ui, "loss rises with it", rising, |painter, place| {
        sample(0.8).paint(painter, theme, place);
    });
    let falling = "∂L/∂w < 0: more of this weight, less loss. A step of learning makes it larger. \
        Its ticks stand on the right of its way, which is below on the way to the right.";
    row(ui, "loss falls with it", falling, |painter, place| {
        sample(-0.8).paint(painter, theme, place);
    });
    let hover = format!(
        "The brighter, the larger the gradient: brightness is x / (1 + x) of {} × |∂L/∂w|, a \
         gain that follows the gradients in steps of two.",
        brief(view.facts.gain)
    );
    term(ui, theme, "brightness: |∂L/∂w|", &hover);
    let columns = view.gradients().map(|size| {
        let tone = gradient_tone(size, view.facts.gain);
        let sample = Sample {
            hue: theme.palette.slope(tone),
            ..Sample::wire(wide)
        };
        (sample, brief(size))
    });
    side_by_side(ui, theme, &hover, &columns);
    let dashed = Sample {
        hue: theme.palette.wire_at_rest(),
        is_dashed: true,
        ..Sample::wire(wide)
    };
    let hover = "Dashes tell the sign of the weight, whatever colours tell.";
    row(ui, "negative weight", hover, |painter, place| {
        dashed.paint(painter, theme, place);
    });
}

fn others_ui(ui: &mut Ui, theme: &Theme, view: &LegendView) {
    let palette = &theme.palette;
    let hue = if view.is_of_gradients() {
        palette.wire_at_rest()
    } else {
        palette.positive
    };
    let frozen = Sample {
        hue,
        is_frozen: true,
        ..Sample::wire(middle_width(theme, view))
    };
    let hover = "Frozen: training and reset leave this weight as it is.";
    row(ui, "frozen", hover, |painter, place| {
        frozen.paint(painter, theme, place);
    });
    let hover = "Pruned: cut off. Its weight is 0 and stays so; nothing flows here.";
    row(ui, "pruned", hover, |painter, place| {
        sample::pruned(painter, theme, place);
    });
    let hues = if view.is_of_gradients() {
        [palette.slope(0.8), palette.slope(-0.8)]
    } else {
        [palette.positive, palette.negative]
    };
    let [_, strength, _] = view.weights(theme);
    let width = theme.sizes.bundle_width(strength, view.facts.scale) * view.zoom;
    let hover = if view.is_of_gradients() {
        "A bundle: all wires between a folded group and another thing. Solid strands: the share \
         of gradients with which the loss rises; dashed: with which it falls."
    } else {
        "A bundle: all wires between a folded group and another thing, as wide as the root mean \
         square of their weights. Solid strands: the share of the positive ones; dashed: of the \
         negative ones."
    };
    row(ui, "bundle of wires", hover, |painter, place| {
        sample::bundle(painter, theme, place, width, hues);
    });
}

fn neurons_ui(ui: &mut Ui, theme: &Theme, view: &LegendView) {
    let sizes = &theme.sizes;
    let most = sizes.rim_width_max / sizes.rim_width_per_bias;
    let biases = [0.0, most];
    let word = format!("bias 0 and {}", brief(most));
    let hover = "|b|: the wider the rim of a neuron, the larger its bias.";
    row(ui, &word, hover, |painter, place| {
        sample::rims(painter, theme, place, biases, view.zoom);
    });
    let hover = "Dead: it gave 0 for every row, so no slope comes back through it.";
    row(ui, "dead neuron", hover, |painter, place| {
        sample::badge(painter, theme, place, Badge::Dead);
    });
    let hover = "Saturated: it is at the flat ends of its function for nearly every row, where \
        hardly any slope comes back.";
    row(ui, "saturated neuron", hover, |painter, place| {
        sample::badge(painter, theme, place, Badge::Saturated);
    });
}

/// The width of a wire in the middle of the scale, in logical pixels.
fn middle_width(theme: &Theme, view: &LegendView) -> f32 {
    let [_, weight, _] = view.weights(theme);
    theme.sizes.wire_width(weight, view.facts.scale) * view.zoom
}

/// A sample with its word beside it.
fn row(ui: &mut Ui, word: &str, hover: &str, paint: impl FnOnce(&Painter, Rect)) {
    let response = ui
        .horizontal(|ui| {
            let place = place_of_sample(ui);
            paint(&ui.painter().with_clip_rect(place.rect), place.rect);
            ui.label(word)
        })
        .inner;
    response.on_hover_text(hover);
}

fn place_of_sample(ui: &mut Ui) -> Response {
    let (_, response) = ui.allocate_exact_size(SAMPLE.into(), Sense::hover());
    response
}

/// Samples with their words below.
fn side_by_side(ui: &mut Ui, theme: &Theme, hover: &str, columns: &[(Sample, String)]) {
    ui.horizontal(|ui| {
        for (sample, word) in columns {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let size = vec2(SAMPLE[0], 0.75 * SAMPLE[1]);
                let (place, _) = ui.allocate_exact_size(size, Sense::hover());
                sample.paint(&ui.painter().with_clip_rect(place), theme, place);
                ui.label(small(word, theme)).on_hover_text(hover);
            });
        }
    });
}
