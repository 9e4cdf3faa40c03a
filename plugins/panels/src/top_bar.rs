//! The top bar: files, undo, and the play controls with what training is doing.

use bevy_egui::egui::containers::menu::is_in_menu;
use bevy_egui::egui::text::{LayoutJob, TextFormat};
use bevy_egui::egui::{
    Align, Button, Layout, RichText, ScrollArea, Sense, TextStyle, Ui, WidgetInfo, WidgetType, vec2,
};
use egui_phosphor::regular as icons;
use theme::{Look, Theme};
use training::{Order, Status};

use crate::layout::Form;
use crate::style::{CONTROL_HEIGHT, colour, number, small, strong};
use crate::viewing::viewing_ui;
use crate::widgets::{bar, icon_button, word_button};
use crate::{FileIntent, Intent};

/// Width of the menu of examples, so that each sentence takes two lines at most.
const EXAMPLE_WIDTH: f32 = 320.0;

/// What the top bar shows.
#[derive(Clone, Debug)]
pub struct TopBarView<'a> {
    /// How much room there is.
    pub form: Form,
    /// What the file is called.
    pub file_name: Option<&'a str>,
    /// Whether something is not saved yet.
    pub is_unsaved: bool,
    /// What undo would undo.
    pub undo: Option<&'a str>,
    /// What redo would do again.
    pub redo: Option<&'a str>,
    /// Title and sentence of each example.
    pub examples: &'a [(String, String)],
    /// The look that is chosen.
    pub look: Look,
    /// The play controls.
    pub play: PlayView<'a>,
}

/// What the play controls show.
#[derive(Clone, Debug)]
pub struct PlayView<'a> {
    /// What training does.
    pub status: Status,
    /// Epochs behind the weights.
    pub epochs: u32,
    /// The epoch at which training will stop.
    pub target_epochs: u32,
    /// Batches done in this epoch.
    pub batch: u32,
    /// Batches in an epoch.
    pub batches: u32,
    /// The loss of the last epoch.
    pub loss: Option<f32>,
    /// The seed of starts and splits.
    pub seed: u64,
    /// Why training cannot begin.
    pub problem: Option<&'a str>,
}

/// Shows the top bar.
pub fn top_bar_ui(ui: &mut Ui, theme: &Theme, view: &TopBarView) -> Vec<Intent> {
    let mut wishes = Vec::new();
    ui.spacing_mut().item_spacing.x = theme.sizes.space_half;
    match view.form {
        Form::Wide => {
            ui.horizontal_centered(|ui| {
                title(ui, theme, view);
                files(ui, theme, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                steps(ui, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                play(ui, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                progress(ui, theme, &view.play, 104.0);
                look(ui, view, &mut wishes);
            });
        }
        Form::Medium => {
            ui.horizontal(|ui| {
                title(ui, theme, view);
                files(ui, theme, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                steps(ui, view, &mut wishes);
                look(ui, view, &mut wishes);
            });
            ui.horizontal(|ui| {
                play(ui, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                progress(ui, theme, &view.play, 120.0);
            });
        }
        Form::Narrow => {
            ui.horizontal(|ui| {
                menu(ui, theme, view, &mut wishes);
                steps(ui, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                progress(ui, theme, &view.play, 112.0);
            });
            ui.horizontal(|ui| {
                ui.spacing_mut().button_padding.x = 6.0;
                play(ui, view, &mut wishes);
            });
        }
        Form::Low => {
            ui.horizontal_centered(|ui| {
                menu(ui, theme, view, &mut wishes);
                steps(ui, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                ui.spacing_mut().button_padding.x = 6.0;
                play(ui, view, &mut wishes);
                ui.add_space(theme.sizes.space);
                progress(ui, theme, &view.play, 104.0);
            });
        }
    }
    wishes
}

/// What a low or narrow bar has no room for.
fn menu(ui: &mut Ui, theme: &Theme, view: &TopBarView, wishes: &mut Vec<Intent>) {
    ui.menu_button(RichText::new(icons::LIST).size(20.0), |ui| {
        ui.set_min_width(160.0);
        ui.set_max_width(240.0);
        files(ui, theme, view, wishes);
    })
    .response
    .widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Menu"));
}

fn title(ui: &mut Ui, theme: &Theme, view: &TopBarView) {
    ui.add_space(theme.sizes.space_half);
    let name = view.file_name.unwrap_or("Neurarium");
    ui.label(strong("Neurarium").size(theme.sizes.text_title))
        .on_hover_text(name);
    let (place, response) = ui.allocate_exact_size(vec2(12.0, CONTROL_HEIGHT), Sense::hover());
    if view.is_unsaved {
        ui.painter()
            .circle_filled(place.center(), 4.0, colour(theme.palette.warning));
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, "Unsaved changes"));
        response.on_hover_text(format!("“{name}” has changes that are not saved yet."));
    }
}

fn files(ui: &mut Ui, theme: &Theme, view: &TopBarView, wishes: &mut Vec<Intent>) {
    let known = [
        (
            icons::FILE_PLUS,
            "New",
            "Start with an empty canvas.",
            FileIntent::New,
        ),
        (
            icons::FOLDER_OPEN,
            "Open",
            "Open a project from a file.",
            FileIntent::Open,
        ),
        (
            icons::FLOPPY_DISK,
            "Save",
            "Save network, data and settings to a file; with Shift, under another name.",
            FileIntent::Save,
        ),
    ];
    for (icon, word, hover, intent) in known {
        if word_button(ui, icon, word, hover) {
            let is_other = ui.input(|input| input.modifiers.shift);
            wishes.push(Intent::File(match intent {
                FileIntent::Save if is_other => FileIntent::SaveAs,
                intent => intent,
            }));
            ui.close();
        }
    }
    if is_in_menu(ui) {
        // A menu beside a menu has no room where windows are narrow.
        ui.horizontal(|ui| wishes.extend(viewing_ui(ui)));
        ui.add_space(theme.sizes.space_half);
        ui.horizontal(|ui| {
            ui.spacing_mut().button_padding.x = 4.0;
            looks(ui, view, true, wishes);
        });
        ui.add_space(theme.sizes.space_half);
        ui.label(small("Examples", theme));
        examples(ui, theme, view, wishes);
        return;
    }
    let menu = ui.menu_button(format!("{} Examples", icons::LIGHTBULB), |ui| {
        ui.set_width(EXAMPLE_WIDTH);
        examples(ui, theme, view, wishes);
    });
    menu.response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Examples"));
}

/// The titles; where a menu has the room for them, each with its sentence.
fn examples(ui: &mut Ui, theme: &Theme, view: &TopBarView, wishes: &mut Vec<Intent>) {
    if view.examples.is_empty() {
        ui.label("There are no examples here.");
    }
    let has_room = ui.available_width() >= EXAMPLE_WIDTH;
    let below = ui.ctx().content_rect().bottom() - ui.cursor().top() - theme.sizes.space_double;
    let height = below.max(4.0 * CONTROL_HEIGHT);
    // Menus have less room by default than the window.
    let list = ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height);
    list.show(ui, |ui| {
        for (index, (title, blurb)) in view.examples.iter().enumerate() {
            let words = example_words(ui, theme, title, has_room.then_some(blurb));
            let size = vec2(ui.available_width(), CONTROL_HEIGHT);
            let response = ui.add(Button::new(words).wrap().min_size(size));
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, title));
            if response.on_hover_text(blurb).clicked() {
                wishes.push(Intent::File(FileIntent::OpenExample(index)));
                ui.close();
            }
        }
    });
}

fn example_words(ui: &Ui, theme: &Theme, title: &str, blurb: Option<&String>) -> LayoutJob {
    let mut words = LayoutJob::default();
    let style = |name: TextStyle, ink| TextFormat::simple(name.resolve(ui.style()), colour(ink));
    words.append(title, 0.0, style(TextStyle::Button, theme.palette.text));
    if let Some(blurb) = blurb {
        let dim = style(TextStyle::Small, theme.palette.text_dim);
        words.append(&format!("\n{blurb}"), 0.0, dim);
    }
    words
}

fn steps(ui: &mut Ui, view: &TopBarView, wishes: &mut Vec<Intent>) {
    let said = |word, label: Option<&str>| match label {
        Some(label) => format!("{word}: {label}"),
        None => format!("There is nothing to {}.", word_lower(word)),
    };
    let hover = said("Undo", view.undo);
    if icon_button(
        ui,
        icons::ARROW_U_UP_LEFT,
        "Undo",
        &hover,
        view.undo.is_some(),
    ) {
        wishes.push(Intent::Undo);
    }
    let hover = said("Redo", view.redo);
    if icon_button(
        ui,
        icons::ARROW_U_UP_RIGHT,
        "Redo",
        &hover,
        view.redo.is_some(),
    ) {
        wishes.push(Intent::Redo);
    }
}

/// The button that offers the looks.
fn look(ui: &mut Ui, view: &TopBarView, wishes: &mut Vec<Intent>) {
    let menu = ui.scope(|ui| {
        ui.spacing_mut().button_padding.x = 7.0;
        ui.menu_button(RichText::new(look_icon(view.look)).size(18.0), |ui| {
            ui.set_width(200.0);
            looks(ui, view, false, wishes);
        })
    });
    let response = menu.inner.response;
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Look"));
    response.on_hover_text("Dark, light, high contrast, or safe for colour vision.");
}

/// The looks, one below the other; in the menu of a small window, side by side.
fn looks(ui: &mut Ui, view: &TopBarView, is_row: bool, wishes: &mut Vec<Intent>) {
    for known in Look::ALL {
        let is_chosen = view.look == known;
        let (text, width) = if is_row {
            (RichText::new(look_icon(known)).size(18.0), CONTROL_HEIGHT)
        } else {
            let text = format!("{} {}", look_icon(known), known.name());
            (RichText::new(text), ui.available_width())
        };
        let button = Button::new(text).min_size(vec2(width, CONTROL_HEIGHT));
        let response = ui.add(button.selected(is_chosen));
        response.widget_info(|| {
            WidgetInfo::selected(WidgetType::RadioButton, true, is_chosen, known.name())
        });
        let hover = if is_row {
            format!("{}. {}", known.name(), known.sentence())
        } else {
            known.sentence().to_owned()
        };
        if response.on_hover_text(hover).clicked() {
            wishes.push(Intent::SetLook(known));
            ui.close();
        }
    }
}

fn look_icon(look: Look) -> &'static str {
    match look {
        Look::System => icons::MONITOR,
        Look::Dark => icons::MOON,
        Look::Light => icons::SUN,
        Look::HighContrast => icons::CIRCLE_HALF,
        Look::ColourSafe => icons::EYE,
    }
}

fn word_lower(word: &str) -> String {
    word.to_lowercase()
}

fn play(ui: &mut Ui, view: &TopBarView, wishes: &mut Vec<Intent>) {
    let play = &view.play;
    let is_training = play.status == Status::Training;
    let height = 44.0;
    let (icon, word) = if is_training {
        (icons::PAUSE, "Pause")
    } else {
        (icons::PLAY, "Train")
    };
    let ink = ui.visuals().extreme_bg_color;
    let accent = ui.visuals().selection.stroke.color;
    let big = Button::new(strong(format!("{icon}  {word}")).color(ink))
        .fill(accent)
        .min_size(vec2(104.0, height));
    let response = ui.add(big);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, word));
    let hover = match (is_training, play.problem) {
        (true, _) => "Stop here; Train goes on from this point.",
        (false, Some(problem)) => problem,
        (false, None) => "Learn from the training rows until the last epoch.",
    };
    if response.on_hover_text(hover).clicked() {
        wishes.push(match (is_training, play.problem) {
            (true, _) => Intent::Order(Order::Pause),
            (false, Some(problem)) => Intent::Refuse(problem.to_owned()),
            (false, None) => Intent::Order(Order::Train),
        });
    }
    let has_icons = !view.form.is_compact();
    let tall = |ui: &mut Ui, icon: &str, word: &str, shown: &str, hover: &str| {
        let text = if has_icons {
            format!("{icon} {shown}")
        } else {
            shown.to_owned()
        };
        let response = ui.add(Button::new(text).min_size(vec2(44.0, height)));
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, word));
        response.on_hover_text(hover).clicked()
    };
    let hover = "Go once through all training rows; each batch of them is one step.";
    if tall(ui, icons::SKIP_FORWARD, "One epoch", "One epoch", hover) {
        wishes.push(match play.problem {
            Some(problem) => Intent::Refuse(problem.to_owned()),
            None => Intent::Order(Order::TrainOneEpoch),
        });
    }
    let hover = "Bring all weights and biases that are not frozen back to where they started.";
    if tall(ui, icons::ARROW_COUNTER_CLOCKWISE, "Reset", "Reset", hover) {
        wishes.push(Intent::Reset);
    }
    let shown = if has_icons {
        format!("New seed · {}", play.seed)
    } else {
        "New seed".to_owned()
    };
    let hover = format!(
        "Draw other starting weights and another order of the data; the seed is {} now.",
        play.seed
    );
    if tall(ui, icons::DICE_FIVE, "New seed", &shown, &hover) {
        wishes.push(Intent::NewSeed);
    }
}

/// What training is doing: epochs, batches of the current one, the loss.
fn progress(ui: &mut Ui, theme: &Theme, play: &PlayView, width: f32) {
    const LOSS_WIDTH: f32 = 68.0;
    let share = match play.batches {
        0 => 0.0,
        all => play.batch as f32 / all as f32,
    };
    let tone = match play.status {
        Status::Faulted => theme.palette.danger,
        _ => theme.palette.accent,
    };
    let height = ui.available_height().min(44.0);
    let column = |ui: &mut Ui, width: f32, contents: &mut dyn FnMut(&mut Ui)| {
        let layout = Layout::top_down(Align::Min);
        ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
            ui.set_min_size(vec2(width, height));
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(((height - 36.0) / 2.0).max(0.0));
            contents(ui);
        });
    };
    column(ui, width, &mut |ui| {
        let text = format!("epoch {} / {}", play.epochs, play.target_epochs);
        ui.label(RichText::new(text).size(theme.sizes.text_small))
            .on_hover_text("An epoch is one pass through all training rows.");
        ui.add_space(5.0);
        bar(ui, theme, width, share, tone).on_hover_text(format!(
            "Batch {} of {}: the rows from which one step is computed.",
            play.batch, play.batches
        ));
    });
    column(ui, LOSS_WIDTH, &mut |ui| {
        let loss = play.loss.map_or_else(|| "–".to_owned(), number);
        ui.label(small("loss", theme)).on_hover_text(
            "How far the answers are from the targets, averaged over the last epoch: training makes it small.",
        );
        let response = ui.label(strong(loss.clone()));
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(loss.replace('−', "-")),
            ..WidgetInfo::labeled(WidgetType::ProgressIndicator, true, "Loss")
        });
    });
}
