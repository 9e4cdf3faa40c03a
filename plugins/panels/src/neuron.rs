//! The properties of one neuron: its name, activation, bias, and the wires that enter and leave it.

use bevy_egui::egui::{
    self, Button, ComboBox, ScrollArea, TextEdit, Ui, WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icons;
use graph::{Pinned, Subject};
use network::{Activation, Edge, EdgeId, ElementId, Leak, Learning, Node, ParameterId, Role};
use project::{Edit, gesture};
use theme::Theme;
use training::Health;

use crate::Intent;
use crate::caption::brief;
use crate::properties::{
    PropertiesState, PropertiesView, element_row, elements_of, freeze, freeze_buttons,
    gradient_label, rename,
};
use crate::style::{CONTROL_HEIGHT, colour, small, strong};
use crate::widgets::{lock, number, remark, role_colour, section, term, word_button};

/// The most wires listed without a scroll bar of their own.
const WIRES_AT_ONCE: usize = 6;

/// What it means that a neuron hardly learns, and what helps.
fn health_ui(ui: &mut Ui, theme: &Theme, health: Health) {
    let sentence = match health {
        Health::Fine => return,
        Health::Dead => {
            "Dead: it gave 0 for every row it was last trained with. No slope comes back through \
             it, so it learns nothing. A larger bias, a smaller learning rate or a new seed can \
             bring it back."
        }
        Health::Saturated => {
            "Saturated: for nearly all rows it is at the flat ends of its function, where hardly \
             any slope comes back, so it learns very slowly. Smaller weights or scaled inputs help."
        }
        Health::Vanishing => {
            "Vanishing: in its level the gradient is less than a thousandth of what it is at the \
             outputs, so it hardly learns. Fewer levels, ReLU or tanh instead of sigmoid, larger \
             starting weights (Xavier, He), or wires that skip levels help."
        }
        Health::Exploding => {
            "Exploding: in its level the gradient is more than a thousand times what it is at the \
             outputs, or a hundred times what it was at the beginning. Smaller starting weights \
             (Xavier, He), a smaller learning rate, or clipping gradients by norm help."
        }
    };
    remark(ui, icons::WARNING, theme.palette.warning, sentence);
}

/// What the shown row does in a neuron.
fn row_ui(ui: &mut Ui, theme: &Theme, view: &PropertiesView, node: &Node) {
    let Some(at) = (view.row)(node.id) else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let hover = "What the row chosen below the canvas makes of this neuron.";
        term(ui, theme, "shown row", hover);
        let mut tell = |word: &str, hover: &str, value: f32| {
            ui.label(format!("{word} = {}", brief(value)))
                .on_hover_text(hover);
        };
        if let Some(sum) = at.input {
            tell("z", "The sum of all that comes in, and the bias.", sum);
        }
        tell("a", "What it gives on: its function of z.", at.output);
        if let Some(delta) = at.delta {
            let hover = "δ = ∂L/∂z: how the loss of this row would grow with z.";
            tell("δ", hover, delta);
        }
    });
}

/// The choice of the activation function, and what there is to say of it.
fn activation_ui(
    ui: &mut Ui,
    theme: &Theme,
    node: &Node,
    allowed: &[Activation],
    wishes: &mut Vec<Intent>,
) {
    term(
        ui,
        theme,
        "activation",
        "The function that bends the sum before it is passed on.",
    );
    let width = ui.available_width();
    let menu = ComboBox::from_id_salt("activation")
        .selected_text(node.activation.name())
        .width(width)
        .show_ui(ui, |ui| {
            for &activation in allowed {
                let is_chosen = activation.index() == node.activation.index();
                let row = ui.selectable_label(is_chosen, activation.name());
                if row.on_hover_text(told(activation)).clicked() && !is_chosen {
                    let edit = Edit::SetActivation(node.id, activation);
                    wishes.push(Intent::edit("choose activation", edit));
                }
            }
        });
    menu.response.widget_info(|| WidgetInfo {
        current_text_value: Some(node.activation.name().to_owned()),
        ..WidgetInfo::labeled(WidgetType::ComboBox, true, "Activation")
    });
    if let Activation::LeakyRelu(leak) = node.activation {
        ui.horizontal(|ui| {
            let hover = "The share of a negative sum that is let through.";
            term(ui, theme, "leak", hover);
            let mut share = leak.get();
            let change = number(ui, "Leak", &mut share, 0.0..=1.0, 0.005);
            if let Ok(leak) = Leak::new(share) {
                change.send(wishes, "set leak", || {
                    Edit::SetActivation(node.id, Activation::LeakyRelu(leak))
                });
            }
        });
    }
}

/// What an activation function does, its formula, its slope, and where it ends.
fn told(activation: Activation) -> String {
    let facts = activation.facts();
    format!(
        "{}\nvalue: {}\nslope: {}\nrange: {}",
        facts.explanation, facts.formula, facts.derivative, facts.range
    )
}

/// How the neuron learns, beside what holds for all.
fn learning_ui(ui: &mut Ui, theme: &Theme, node: &Node, role: Role, wishes: &mut Vec<Intent>) {
    let now = node.learning;
    ui.collapsing("How it learns", |ui| {
        ui.horizontal(|ui| {
            let hover = "What the learning rate is multiplied with for this neuron's bias and the weights into it. 0 holds them still.";
            term(ui, theme, "learning rate ×", hover);
            let mut rate_factor = now.rate_factor;
            let range = 0.0..=Learning::MAX_RATE_FACTOR;
            let change = number(ui, "Learning rate factor", &mut rate_factor, range, 0.01);
            change.send(wishes, "set learning rate factor", || {
                Edit::SetLearning(node.id, Learning { rate_factor, ..now })
            });
        });
        if role == Role::Hidden {
            ui.horizontal(|ui| {
                let hover = "How often its value is left out while training, so that others learn to do without it.";
                term(ui, theme, "dropout", hover);
                let mut dropout = now.dropout;
                let change = number(ui, "Dropout", &mut dropout, 0.0..=0.95, 0.005);
                change.send(wishes, "set dropout", || {
                    Edit::SetLearning(node.id, Learning { dropout, ..now })
                });
            });
        }
    });
}

/// Shows one neuron.
pub(crate) fn node_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &PropertiesView,
    node: &Node,
    state: &mut PropertiesState,
    wishes: &mut Vec<Intent>,
) {
    let network = view.network();
    let role = network.role(node);
    let kind = network.kind(node);
    ui.label(
        strong(kind.map_or("neuron", network::Kind::title)).color(colour(role_colour(theme, role))),
    )
    .on_hover_text(kind.map_or("", network::Kind::explanation));
    name_ui(ui, node, state, wishes);
    let hover = "Show large what it makes of two inputs, with the rows of the data (M).";
    if word_button(ui, icons::MAP_TRIFOLD, "Show its map", hover) {
        wishes.push(Intent::Pin(Pinned(Some(node.id))));
    }
    health_ui(ui, theme, (view.health)(node.id));
    if let Some(kind) = kind {
        let allowed = kind.activations();
        if allowed.len() > 1 {
            activation_ui(ui, theme, node, allowed, wishes);
        }
        let shapes = |ports: Vec<network::PortSpec>| {
            let all: Vec<String> = ports.iter().map(|port| shape_text(&port.shape)).collect();
            if all.is_empty() {
                "none".to_owned()
            } else {
                all.join(", ")
            }
        };
        ui.horizontal(|ui| {
            term(
                ui,
                theme,
                "input shape",
                "How many numbers enter: [] is a single one, the sum of all wires.",
            );
            ui.label(shapes(kind.inputs(node)));
            ui.add_space(theme.sizes.space);
            term(
                ui,
                theme,
                "output shape",
                "How many numbers leave: [] is a single one.",
            );
            ui.label(shapes(kind.outputs(node)));
        });
        for (index, spec) in (0_u16..).zip(kind.parameters(node)) {
            let size = network::shape_size(&spec.shape);
            let parameter = ParameterId::Node(node.id, index);
            for element in 0..size.min(64) as u32 {
                let id = ElementId {
                    parameter,
                    index: element,
                };
                let name = if size == 1 {
                    spec.name.to_owned()
                } else {
                    format!("{} {}", spec.name, element + 1)
                };
                element_row(ui, theme, view, id, &capitalised(&name), wishes);
            }
        }
    }
    if role != Role::Input {
        learning_ui(ui, theme, node, role, wishes);
    }
    row_ui(ui, theme, view, node);
    wires_ui(ui, theme, view, node, wishes);
    if word_button(
        ui,
        icons::TRASH,
        "Delete neuron",
        "Remove this neuron, its wires and its column.",
    ) {
        let edit = gesture::remove(view.project, &[node.id], &[]);
        wishes.push(Intent::edit("delete neuron", edit));
    }
}

fn name_ui(ui: &mut Ui, node: &Node, state: &mut PropertiesState, wishes: &mut Vec<Intent>) {
    let mut text = match &state.name {
        Some((id, text)) if *id == node.id => text.clone(),
        _ => node.name.clone(),
    };
    let width = ui.available_width();
    let response = ui.add(
        TextEdit::singleline(&mut text)
            .char_limit(Node::MAX_NAME)
            .desired_width(width)
            .vertical_align(egui::Align::Center)
            .min_size(vec2(0.0, CONTROL_HEIGHT)),
    );
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(text.clone()),
        ..WidgetInfo::labeled(WidgetType::TextEdit, true, "Name")
    });
    if response.changed() {
        state.name = Some((node.id, text.clone()));
    }
    if response.lost_focus() {
        state.name = None;
        let is_cancelled = ui.input(|input| input.key_pressed(egui::Key::Escape));
        let name = text.trim();
        if !is_cancelled && name != node.name {
            wishes.push(rename(node.id, name));
        }
    }
}

fn wires_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &PropertiesView,
    node: &Node,
    wishes: &mut Vec<Intent>,
) {
    let network = view.network();
    let incoming = network.incoming(node.id);
    if !incoming.is_empty() {
        section(ui, &format!("Incoming weights ({})", incoming.len()));
        let row = |ui: &mut Ui, id: EdgeId, wishes: &mut Vec<Intent>| {
            if let Some(edge) = network.edge(id) {
                wire_row(ui, theme, view, edge, wishes);
            }
        };
        if incoming.len() <= WIRES_AT_ONCE {
            for &id in incoming {
                row(ui, id, wishes);
            }
        } else {
            let height = WIRES_AT_ONCE as f32 * (CONTROL_HEIGHT + theme.sizes.space);
            ScrollArea::vertical()
                .id_salt("incoming")
                .max_height(height)
                .show_rows(ui, CONTROL_HEIGHT, incoming.len(), |ui, range| {
                    for &id in &incoming[range] {
                        row(ui, id, wishes);
                    }
                });
        }
        let all = || elements_of(view, [node.id].iter(), incoming.iter());
        freeze_buttons(ui, view, all, wishes);
    }
    let outgoing = network.outgoing(node.id);
    if !outgoing.is_empty() {
        const MOST: usize = 8;
        section(ui, &format!("Outgoing ({})", outgoing.len()));
        ui.horizontal_wrapped(|ui| {
            for edge in outgoing
                .iter()
                .take(MOST)
                .filter_map(|&id| network.edge(id))
            {
                let button = Button::new(format!("→ {}", network.name(edge.to.node())))
                    .min_size(vec2(0.0, CONTROL_HEIGHT));
                if ui
                    .add(button)
                    .on_hover_text("Press to select this wire.")
                    .clicked()
                {
                    wishes.push(Intent::Select(Subject::Edge(edge.id)));
                }
            }
            if outgoing.len() > MOST {
                ui.label(small(
                    format!("… and {} more", outgoing.len() - MOST),
                    theme,
                ));
            }
        });
    }
}

fn wire_row(
    ui: &mut Ui,
    theme: &Theme,
    view: &PropertiesView,
    edge: &Edge,
    wishes: &mut Vec<Intent>,
) {
    let id = ElementId::weight(edge.id);
    let source = view.network().name(edge.from.node());
    ui.horizontal(|ui| {
        ui.set_height(CONTROL_HEIGHT);
        let room = vec2(72.0, CONTROL_HEIGHT);
        let name = Button::new(format!("{source} →")).min_size(room).truncate();
        let response = ui.add_sized(room, name);
        if response
            .on_hover_text("Press to select this wire.")
            .clicked()
        {
            wishes.push(Intent::Select(Subject::Edge(edge.id)));
        }
        let mut value = view.value(id);
        let change = number(
            ui,
            &format!("Weight from {source}"),
            &mut value,
            f32::MIN..=f32::MAX,
            0.01,
        );
        if value.is_finite() {
            change.send(wishes, "set weight", || view.set(id, value));
        }
        let is_frozen = view.is_frozen(id);
        if lock(ui, &format!("Freeze weight from {source}"), is_frozen) {
            wishes.push(freeze(id, !is_frozen));
        }
        gradient_label(ui, theme, view, id);
    });
}

fn shape_text(shape: &[u32]) -> String {
    let axes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    format!("[{}]", axes.join(", "))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
