//! The properties tab: what is selected, its numbers, live, to change and to freeze.

use bevy_egui::egui::{Button, Grid, Label, RichText, Ui, vec2};
use egui_phosphor::regular as icons;
use graph::{Selection, Subject};
use network::{Edge, EdgeId, ElementId, Network, NodeId, ParameterId, Warning};
use project::{Edit, GroupId, Project, gesture};
use theme::Theme;
use training::{Health, NodeTrace};

use crate::Intent;
use crate::group::{group_ui, rename_group};
use crate::neuron::node_ui;
use crate::style::{CONTROL_HEIGHT, colour, number as written, small, strong};
use crate::widgets::{Change, empty, lock, number, remark, scissors, term, word_button};

/// What the properties tab shows.
#[derive(Clone, Copy)]
pub struct PropertiesView<'a> {
    /// The project.
    pub project: &'a Project,
    /// The newest value and gradient of a learnable number.
    pub values: &'a dyn Fn(ElementId) -> (Option<f32>, Option<f32>),
    /// How a neuron is.
    pub health: &'a dyn Fn(NodeId) -> Health,
    /// What the shown row does in a neuron.
    pub row: &'a dyn Fn(NodeId) -> Option<NodeTrace>,
    /// Epochs behind the values.
    pub epochs: u32,
    /// What is selected.
    pub selection: &'a Selection,
    /// What is probably not meant.
    pub warnings: &'a [Warning],
}

impl PropertiesView<'_> {
    pub(crate) fn network(&self) -> &Network {
        self.project.network()
    }

    pub(crate) fn value(&self, id: ElementId) -> f32 {
        let kept = self
            .network()
            .element(id)
            .map_or(0.0, |element| element.value);
        (self.values)(id).0.unwrap_or(kept)
    }

    pub(crate) fn is_frozen(&self, id: ElementId) -> bool {
        self.network()
            .element(id)
            .is_some_and(|element| element.is_frozen)
    }

    /// Whether a number is cut out.
    pub(crate) fn is_pruned(&self, id: ElementId) -> bool {
        self.network()
            .element(id)
            .is_some_and(|element| element.is_pruned)
    }

    /// Sets a number by hand. Before training begins, a reset brings it back.
    pub(crate) fn set(&self, id: ElementId, value: f32) -> Edit {
        let start = match self.network().element(id) {
            Some(element) if self.epochs > 0 => element.start,
            _ => value,
        };
        Edit::SetValue { id, value, start }
    }
}

/// What the properties tab remembers between passes.
#[derive(Clone, Debug, Default)]
pub struct PropertiesState {
    /// A name being typed, and whose it is.
    pub(crate) name: Option<(NodeId, String)>,
    /// The name of a group being typed, and whose it is.
    pub(crate) group_name: Option<(GroupId, String)>,
}

/// Shows what is selected.
pub fn properties_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &PropertiesView,
    state: &mut PropertiesState,
) -> Vec<Intent> {
    let mut wishes = Vec::new();
    let network = view.network();
    let single = view.selection.single();
    // A name still being typed when another neuron is pressed is not lost.
    if let Some((id, text)) = &state.name
        && single != Some(Subject::Node(*id))
    {
        if network.node(*id).is_some() {
            wishes.push(rename(*id, text));
        }
        state.name = None;
    }
    let group = view.selection.single_group(view.project);
    if let Some((id, text)) = &state.group_name
        && group.map(|group| group.id) != Some(*id)
    {
        let named = view.project.group(*id);
        wishes.extend(named.and_then(|group| rename_group(group, text)));
        state.group_name = None;
    }
    // Of a group of one, the neuron is of more interest, unless it is hidden.
    if let Some(group) = group
        && (group.is_folded || group.members.len() > 1)
    {
        group_ui(ui, theme, view, group, state, &mut wishes);
        many_ui(ui, view, &mut wishes);
        return wishes;
    }
    match single {
        Some(Subject::Node(id)) => {
            if let Some(node) = network.node(id) {
                node_ui(ui, theme, view, node, state, &mut wishes);
            }
        }
        Some(Subject::Edge(id)) => {
            if let Some(edge) = network.edge(id) {
                edge_ui(ui, theme, view, edge, &mut wishes);
            }
        }
        None if view.selection.is_empty() => nothing_ui(ui, theme, view, &mut wishes),
        None => many_ui(ui, view, &mut wishes),
    }
    wishes
}

fn nothing_ui(ui: &mut Ui, theme: &Theme, view: &PropertiesView, wishes: &mut Vec<Intent>) {
    let sentence = "Press a neuron or a wire on the canvas to see and change it here.";
    empty(ui, theme, icons::CURSOR_CLICK, sentence);
    const MOST: usize = 20;
    for warning in view.warnings.iter().take(MOST) {
        let sentence = warning.sentence(view.network());
        remark(ui, icons::WARNING, theme.palette.warning, &sentence);
        if let Warning::Unreachable(id) | Warning::NoPathToOutput(id) = warning
            && ui
                .add(
                    Button::new(format!("Show {}", view.network().name(*id)))
                        .min_size(vec2(0.0, CONTROL_HEIGHT)),
                )
                .clicked()
        {
            wishes.push(Intent::Select(Subject::Node(*id)));
        }
    }
    if view.warnings.len() > MOST {
        ui.label(small(
            format!("… and {} more", view.warnings.len() - MOST),
            theme,
        ));
    }
}

pub(crate) fn rename(id: NodeId, name: &str) -> Intent {
    Intent::edit("rename neuron", Edit::Rename(id, name.trim().to_owned()))
}

/// A learnable number: value, gradient, lock.
pub(crate) fn element_row(
    ui: &mut Ui,
    theme: &Theme,
    view: &PropertiesView,
    id: ElementId,
    name: &str,
    wishes: &mut Vec<Intent>,
) {
    ui.horizontal(|ui| {
        let is_frozen = view.is_frozen(id);
        let word = name.to_lowercase();
        term(
            ui,
            theme,
            &word,
            "A number the network learns; its size is drawn on the canvas.",
        );
        let mut value = view.value(id);
        let change: Change = number(ui, name, &mut value, f32::MIN..=f32::MAX, 0.01);
        if value.is_finite() {
            change.send(wishes, "set value", || view.set(id, value));
        }
        if lock(ui, &format!("Freeze {word}"), is_frozen) {
            wishes.push(freeze(id, !is_frozen));
        }
        if matches!(id.parameter, ParameterId::Edge(_)) {
            let is_pruned = view.is_pruned(id);
            if scissors(ui, &format!("Prune {word}"), is_pruned) {
                wishes.push(prune(id, !is_pruned));
            }
        }
        gradient_label(ui, theme, view, id);
    });
}

pub(crate) fn gradient_label(ui: &mut Ui, theme: &Theme, view: &PropertiesView, id: ElementId) {
    let gradient = (view.values)(id).1;
    let text = gradient.map_or_else(
        || "grad –".to_owned(),
        |gradient| format!("grad {}", written(gradient)),
    );
    let tone = colour(theme.palette.gradient);
    ui.label(RichText::new(text).color(tone).size(theme.sizes.text_small))
        .on_hover_text("The gradient: how much the loss would rise if this number rose by one.");
}

/// All learnable numbers of these neurons and wires.
pub(crate) fn elements_of<'a>(
    view: &PropertiesView,
    nodes: impl Iterator<Item = &'a NodeId>,
    edges: impl Iterator<Item = &'a EdgeId>,
) -> Vec<ElementId> {
    let network = view.network();
    let of_nodes = nodes.filter_map(|&id| network.node(id)).flat_map(|node| {
        (0_u16..)
            .zip(&node.parameters)
            .map(|(index, parameter)| {
                (
                    ParameterId::Node(node.id, index),
                    parameter.elements().len(),
                )
            })
            .collect::<Vec<_>>()
    });
    let of_edges = edges
        .filter_map(|&id| network.edge(id))
        .map(|edge| (ParameterId::Edge(edge.id), edge.weight.elements().len()));
    of_nodes
        .chain(of_edges)
        .flat_map(|(parameter, len)| {
            (0..len as u32).map(move |index| ElementId { parameter, index })
        })
        .collect()
}

pub(crate) fn freeze_buttons(
    ui: &mut Ui,
    view: &PropertiesView,
    all: impl FnOnce() -> Vec<ElementId>,
    wishes: &mut Vec<Intent>,
) {
    ui.horizontal(|ui| {
        let hover = "Training and reset will leave these weights and biases as they are.";
        let is_freezing = word_button(ui, icons::SNOWFLAKE, "Freeze all", hover);
        let hover = "Let training change these weights and biases again.";
        let is_thawing = word_button(ui, icons::SUN, "Thaw all", hover);
        if !is_freezing && !is_thawing {
            return;
        }
        let edits: Vec<Edit> = all()
            .into_iter()
            .filter(|&id| view.is_frozen(id) != is_freezing)
            .map(|id| Edit::SetFrozen {
                id,
                is_frozen: is_freezing,
            })
            .collect();
        if !edits.is_empty() {
            let label = if is_freezing { "freeze" } else { "thaw" };
            wishes.push(Intent::edit(label, Edit::Batch(edits)));
        }
    });
}

fn edge_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &PropertiesView,
    edge: &Edge,
    wishes: &mut Vec<Intent>,
) {
    let network = view.network();
    let (from, to) = (edge.from.node(), edge.to.node());
    ui.label(strong(format!(
        "{} → {}",
        network.name(from),
        network.name(to)
    )))
    .on_hover_text("A wire multiplies what it carries by its weight.");
    ui.horizontal(|ui| {
        for id in [from, to] {
            let button = Button::new(network.name(id)).min_size(vec2(0.0, CONTROL_HEIGHT));
            if ui
                .add(button)
                .on_hover_text("Press to select this neuron.")
                .clicked()
            {
                wishes.push(Intent::Select(Subject::Node(id)));
            }
        }
    });
    let size = edge.weight.elements().len();
    for index in 0..size.min(64) as u32 {
        let id = ElementId {
            parameter: ParameterId::Edge(edge.id),
            index,
        };
        let name = if size == 1 {
            "Weight".to_owned()
        } else {
            format!("Weight {}", index + 1)
        };
        element_row(ui, theme, view, id, &name, wishes);
        let Some(element) = network.element(id) else {
            continue;
        };
        Grid::new(("start", index)).num_columns(2).show(ui, |ui| {
            term(ui, theme, "start", "The number that a reset brings back.");
            let mut start = element.start;
            let name = name.replace("Weight", "Start");
            let change = number(ui, &name, &mut start, f32::MIN..=f32::MAX, 0.01);
            if start.is_finite() {
                let value = view.value(id);
                change.send(wishes, "set start", || Edit::SetValue { id, value, start });
            }
            ui.end_row();
        });
    }
    if word_button(
        ui,
        icons::TRASH,
        "Delete wire",
        "Remove this wire and its weight.",
    ) {
        let edit = gesture::remove(view.project, &[], &[edge.id]);
        wishes.push(Intent::edit("delete wire", edit));
    }
}

fn many_ui(ui: &mut Ui, view: &PropertiesView, wishes: &mut Vec<Intent>) {
    let Selection { nodes, edges } = view.selection;
    let counted = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {one}s")),
    };
    let parts = [counted(nodes.len(), "neuron"), counted(edges.len(), "wire")];
    let text = format!(
        "{} selected",
        parts
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" and ")
    );
    ui.add(Label::new(strong(text)).wrap());
    let all = || elements_of(view, nodes.iter(), edges.iter());
    freeze_buttons(ui, view, all, wishes);
    if nodes.len() > 1 && view.selection.single_group(view.project).is_none() {
        let hover = "Put these neurons into a group, and show it as one thing.  Ctrl+G";
        let nodes: Vec<NodeId> = nodes.iter().copied().collect();
        if word_button(ui, icons::SELECTION_PLUS, "Group", hover)
            && let Some(edit) = gesture::group_and_fold(view.project, &nodes)
        {
            wishes.push(Intent::edit("group neurons", edit));
        }
    }
    if word_button(
        ui,
        icons::TRASH,
        "Delete all",
        "Remove everything that is selected.",
    ) {
        let nodes: Vec<NodeId> = nodes.iter().copied().collect();
        let edges: Vec<EdgeId> = edges.iter().copied().collect();
        let edit = gesture::remove(view.project, &nodes, &edges);
        wishes.push(Intent::edit("delete", edit));
    }
}

/// Freezes or thaws one number.
fn prune(id: ElementId, is_pruned: bool) -> Intent {
    let label = if is_pruned { "prune" } else { "give back" };
    Intent::edit(label, Edit::SetPruned { id, is_pruned })
}

pub(crate) fn freeze(id: ElementId, is_frozen: bool) -> Intent {
    let label = if is_frozen { "freeze" } else { "thaw" };
    Intent::edit(label, Edit::SetFrozen { id, is_frozen })
}
