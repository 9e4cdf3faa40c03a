//! All panels over an empty stage, with a network that learns XOR: `gallery [light] [node] [edge] [notice] [question] [width=1280] [height=720]`.

use bevy::prelude::*;
use bevy_egui::EguiPlugin;
use datasets::Gate;
use graph::{GraphPlugin, Notice, Request, Selection, Subject};
use network::{EdgeId, KindId, NodeId};
use panels::{Asked, FileState, PanelTheme, PanelsPlugin, Question};
use project::{Edit, Project, apply, gesture};
use theme::Theme;
use training::{Order, TrainingPlugin};

fn main() {
    let arg = |name: &str| {
        std::env::args().find_map(|arg| Some(arg.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
    };
    let side = |name: &str, otherwise: u32| {
        arg(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let is_light = std::env::args().any(|arg| arg == "light");
    let theme = if is_light {
        Theme::light()
    } else {
        Theme::dark()
    };
    let window = Window {
        title: "panels gallery".to_owned(),
        resolution: (side("width", 1280), side("height", 720)).into(),
        ..default()
    };
    let mut app = App::new();
    app.add_plugins(DefaultPlugins.set(WindowPlugin {
        primary_window: Some(window),
        ..default()
    }));
    app.add_plugins((
        EguiPlugin::default(),
        GraphPlugin,
        TrainingPlugin,
        PanelsPlugin,
    ))
    .insert_resource(PanelTheme(theme))
    .insert_resource(FileState {
        name: Some("XOR".to_owned()),
        examples: vec![(
            "XOR".to_owned(),
            "The smallest problem that needs a hidden layer.".to_owned(),
        )],
    })
    .add_systems(Startup, open_project)
    .add_systems(Update, train);
    let background = theme.palette.stage.to_linear();
    app.insert_resource(ClearColor(LinearRgba::from_f32_array(background).into()));
    app.run();
}

fn open_project(mut commands: Commands, mut requests: MessageWriter<Request>) {
    commands.spawn(Camera2d);
    requests.write(Request::Open(Box::new(xor())));
}

fn xor() -> Project {
    let mut project = Project::default();
    let mut make = |edit: &dyn Fn(&Project) -> Option<Edit>| {
        if let Some(edit) = edit(&project)
            && let Err(error) = apply(&mut project, &edit)
        {
            error!("the example is broken: {error}");
        }
    };
    let layers = [
        (KindId::INPUT, 2_u8),
        (KindId::HIDDEN, 4),
        (KindId::OUTPUT, 1),
    ];
    for (column, (kind, count)) in layers.into_iter().enumerate() {
        for row in 0..count {
            let at = [200.0 * column as f32, 80.0 * f32::from(row)];
            make(&|project| Some(gesture::add_neuron(project, kind.clone(), at)));
        }
    }
    for hidden in 2..6 {
        for (from, to) in [(0, hidden), (1, hidden), (hidden, 6)] {
            make(&|project| gesture::connect(project, NodeId(from), NodeId(to)).ok());
        }
    }
    make(&|project| gesture::fill_with(project, Gate::Xor).ok());
    project
}

/// Presses Train, and selects what the properties are to show.
fn train(
    mut orders: MessageWriter<Order>,
    mut notices: MessageWriter<Notice>,
    mut question: ResMut<Asked>,
    mut selection: ResMut<Selection>,
    mut frames: Local<u32>,
) {
    *frames += 1;
    let wants = |word: &str| std::env::args().any(|arg| arg == word);
    if *frames == 10 {
        orders.write(Order::Train);
        if wants("node") {
            *selection = Selection::only(Subject::Node(NodeId(6)));
        }
        if wants("notice") {
            let sentence = "“y1” is an output: nothing leaves it. Start the wire at an input or a hidden neuron.";
            notices.write(Notice::refused(sentence));
            notices.write(Notice::info("Loaded 150 rows from iris.csv."));
        }
        if wants("question") {
            question.0 = Some(Question {
                title: "You have unsaved work".to_owned(),
                text: "“XOR” has changes that no file has yet.".to_owned(),
                yes: "Save".to_owned(),
                no: "Discard".to_owned(),
            });
        }
        if wants("edge") {
            *selection = Selection::only(Subject::Edge(EdgeId(2)));
        }
    }
}
