//! The canvas as an SVG picture: what it shows of a project, in the colours of a theme.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use canvas::glyph::{Curve, SHARES};
use geometry::{Rect, WireCurve};
use network::{Activation, Edge, ElementId, Network, Node, NodeId, Position, Role};
use project::{Group, Note, Project};
use svg::Document;
use svg::node::Text as Words;
use svg::node::element::path::Data;
use svg::node::element::{Circle, Group as Layer, Image, Path, Rectangle, Text, Title};
use theme::{Rgba8, Theme};

/// Free space around everything, in scene units.
const MARGIN: f32 = 40.0;

/// Free space between a group's frame and its neurons, in scene units.
const GROUP_MARGIN: f32 = 22.0;

/// How wide a letter is on the average, in its own height.
const LETTER_WIDTH: f32 = 0.5;

/// How high a line is, in the height of its letters.
const LINE_HEIGHT: f32 = 1.35;

/// How far the mark of the activation function reaches below the middle of a neuron,
/// and how large it is, in radii.
const BADGE: [f32; 2] = [1.0, 0.32];

mod wires;

pub use wires::{Gradients, Wires};

/// The outputs of a neuron over a plane, row by row from low to high y, each −1 to 1.
pub struct Response<'a> {
    /// Cells in a row, and rows.
    pub side: usize,
    /// As many as `side · side`.
    pub cells: &'a [f32],
}

/// The picture of a project: wires as wide as their weights, dashed where negative;
/// neurons with rims as wide as their biases, what they respond to, activation
/// functions and names; groups and notes. Where colours tell gradients, wires wear ticks
/// beside them.
pub fn picture<'a>(
    project: &Project,
    theme: &Theme,
    style: &Wires,
    response: impl Fn(NodeId) -> Option<Response<'a>>,
) -> String {
    let network = project.network();
    let bounds = bounds(project, theme);
    let [width, height] = bounds.size();
    let corner = on_paper([bounds.min[0], bounds.max[1]]);
    let mut document = Document::new()
        .set("viewBox", (corner[0], corner[1], width, height))
        .set("width", width)
        .set("height", height)
        .set("font-family", "Inter, system-ui, sans-serif")
        .add(Title::new("A network drawn by Neurarium"))
        .add(
            Rectangle::new()
                .set("x", corner[0])
                .set("y", corner[1])
                .set("width", width)
                .set("height", height)
                .set("fill", ink(theme.palette.stage)),
        );
    for group in project.groups() {
        document = document.add(frame(network, group, theme));
    }
    let mut wires = Layer::new().set("class", "wires").set("fill", "none");
    for edge in network.edges() {
        for path in wires::wire(network, edge, theme, style) {
            wires = wires.add(path);
        }
    }
    let mut neurons = Layer::new().set("class", "neurons");
    for node in network.nodes() {
        neurons = neurons.add(neuron(network, node, theme, response(node.id)));
    }
    document = document.add(wires).add(neurons);
    for note in project.notes() {
        document = document.add(written(note, theme));
    }
    document.to_string()
}

/// Everything with a margin.
pub(crate) fn bounds(project: &Project, theme: &Theme) -> Rect {
    let network = project.network();
    let reach = 2.0 * theme.sizes.neuron_radius;
    let neurons = network
        .nodes()
        .map(|node| Rect::around(node.position, reach));
    let wires = network
        .edges()
        .filter_map(|edge| Some(curve(network, edge, theme)?.bounds()));
    let notes = project.notes().map(|note| {
        let [x, y] = note.position;
        let height = lines(note, theme).len() as f32 * LINE_HEIGHT * theme.sizes.text_body;
        Rect::from_corners([x, y], [x + note.width, y - height])
    });
    let all = Rect::enclosing(neurons.chain(wires).chain(notes));
    let all = all.unwrap_or(Rect::around([0.0; 2], reach));
    Rect {
        min: all.min.map(|side| side - MARGIN),
        max: all.max.map(|side| side + MARGIN),
    }
}

/// Scene points have y up, paper has it down.
fn on_paper([x, y]: Position) -> Position {
    // Adding zero turns -0 into 0.
    [x, 0.0 - y]
}

fn ink(colour: Rgba8) -> String {
    let Rgba8 { r, g, b, .. } = colour;
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn curve(network: &Network, edge: &Edge, theme: &Theme) -> Option<WireCurve> {
    let [from, to] = [edge.from, edge.to].map(|end| network.node(end.node()));
    let radius = theme.sizes.neuron_radius;
    let ([x0, y0], [x1, y1]) = (from?.position, to?.position);
    Some(WireCurve::between([x0 + radius, y0], [x1 - radius, y1]))
}

fn neuron(network: &Network, node: &Node, theme: &Theme, response: Option<Response>) -> Layer {
    let (palette, sizes) = (&theme.palette, &theme.sizes);
    let role = network.role(node);
    let (class, hue) = match role {
        Role::Input => ("neuron input", palette.input),
        Role::Hidden => ("neuron hidden", palette.hidden),
        Role::Output => ("neuron output", palette.output),
    };
    let [x, y] = on_paper(node.position);
    let bias = network.element(ElementId::bias(node.id));
    let rim = sizes.rim_width(bias.map_or(0.0, |bias| bias.value));
    let inner = sizes.neuron_radius - 0.5 * rim;
    let line = outline([x, y], inner, role);
    let clip = format!("inside-{}", node.id.0);
    let glass = palette.stage.mix(hue, 0.22);
    let mut layer = Layer::new()
        .set("class", class)
        .add(Title::new(node.name.clone()))
        .add(Path::new().set("d", line.clone()).set("fill", ink(glass)));
    if let Some(tile) = response.and_then(|response| tile(&response, theme)) {
        layer = layer
            .add(
                svg::node::element::ClipPath::new()
                    .set("id", clip.clone())
                    .add(Path::new().set("d", line.clone())),
            )
            .add(
                Image::new()
                    .set("href", tile)
                    .set("x", x - inner)
                    .set("y", y - inner)
                    .set("width", 2.0 * inner)
                    .set("height", 2.0 * inner)
                    .set("preserveAspectRatio", "none")
                    .set("clip-path", format!("url(#{clip})")),
            );
    }
    layer = layer.add(
        Path::new()
            .set("class", "rim")
            .set("d", line)
            .set("fill", "none")
            .set("stroke", ink(hue))
            .set("stroke-width", rim),
    );
    let badge = [x, y + BADGE[0] * sizes.neuron_radius];
    if role != Role::Input {
        layer = layer.add(glyph(
            node.activation,
            badge,
            BADGE[1] * sizes.neuron_radius,
            theme,
        ));
    }
    if bias.is_some_and(|bias| bias.is_frozen) {
        let at = [
            x + 0.72 * sizes.neuron_radius,
            y - 0.72 * sizes.neuron_radius,
        ];
        layer = layer.add(padlock(at, theme));
    }
    let below = badge[1] + BADGE[1] * sizes.neuron_radius + sizes.text_small;
    layer.add(
        line_of_text(&node.name, [x, below], sizes.text_small, palette.text_dim)
            .set("class", "name")
            .set("text-anchor", "middle"),
    )
}

/// A disc with a flat side where nothing enters or leaves.
fn outline([x, y]: Position, radius: f32, role: Role) -> Data {
    let corner = 0.3 * radius;
    let arc = |data: Data, radius: f32, to: [f32; 2]| {
        data.elliptical_arc_to((radius, radius, 0, 0, 1, to[0], to[1]))
    };
    let (left, right, top, bottom) = (x - radius, x + radius, y - radius, y + radius);
    let mut data = Data::new().move_to((x, top));
    data = if role == Role::Output {
        let data = arc(
            data.line_to((right - corner, top)),
            corner,
            [right, top + corner],
        );
        arc(
            data.line_to((right, bottom - corner)),
            corner,
            [right - corner, bottom],
        )
        .line_to((x, bottom))
    } else {
        arc(data, radius, [x, bottom])
    };
    data = if role == Role::Input {
        let data = arc(
            data.line_to((left + corner, bottom)),
            corner,
            [left, bottom - corner],
        );
        arc(
            data.line_to((left, top + corner)),
            corner,
            [left + corner, top],
        )
    } else {
        arc(data, radius, [x, top])
    };
    data.close()
}

/// The cells in the colours of the theme, as the address of a PNG picture.
fn tile(response: &Response, theme: &Theme) -> Option<String> {
    let side = u32::try_from(response.side).ok()?;
    let rows: Vec<&[f32]> = response.cells.chunks_exact(response.side.max(1)).collect();
    if side == 0 || rows.len() != response.side {
        return None;
    }
    // Maps run from low to high y, pictures from the top.
    let cells = rows.iter().rev().flat_map(|row| row.iter());
    let pixels: Vec<u8> = cells
        .map(|&cell| theme.palette.heat(cell))
        .flat_map(|Rgba8 { r, g, b, .. }| [r, g, b])
        .collect();
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::from_raw(side, side, pixels)?
        .write_to(&mut png, image::ImageFormat::Png)
        .ok()?;
    let text = STANDARD.encode(png.into_inner());
    Some(format!("data:image/png;base64,{text}"))
}

/// The activation function as a curve on a small disc.
fn glyph(activation: Activation, [x, y]: Position, radius: f32, theme: &Theme) -> Layer {
    let palette = &theme.palette;
    let unit = 0.62 * radius;
    let strokes: Vec<Vec<[f32; 2]>> = match activation {
        Activation::Softmax => SHARES.iter().map(|bar| bar.to_vec()).collect(),
        function => {
            let curve = Curve::of(function);
            let ground = curve.ground_line().map(|line| line.to_vec());
            std::iter::once(curve.points().collect())
                .chain(ground)
                .collect()
        }
    };
    let mut data = Data::new();
    for stroke in &strokes {
        for (index, [right, up]) in stroke.iter().enumerate() {
            let at = (x + unit * right, y - unit * up);
            data = if index == 0 {
                data.move_to(at)
            } else {
                data.line_to(at)
            };
        }
    }
    let disc = Circle::new()
        .set("cx", x)
        .set("cy", y)
        .set("r", radius)
        .set("fill", ink(palette.sheet))
        .set("stroke", ink(palette.sheet_border));
    let curve = Path::new()
        .set("d", data)
        .set("fill", "none")
        .set("stroke", ink(palette.text))
        .set("stroke-width", 0.16 * radius)
        .set("stroke-linecap", "round")
        .set("stroke-linejoin", "round");
    Layer::new().set("class", "activation").add(disc).add(curve)
}

fn padlock([x, y]: Position, theme: &Theme) -> Layer {
    let frost = ink(theme.palette.frost);
    let body = Rectangle::new()
        .set("x", x - 4.5)
        .set("y", y - 1.0)
        .set("width", 9.0)
        .set("height", 7.0)
        .set("rx", 1.5)
        .set("fill", frost.clone());
    let shackle = Path::new()
        .set(
            "d",
            Data::new().move_to((x - 3.0, y - 1.0)).elliptical_arc_to((
                3.0,
                3.5,
                0,
                0,
                1,
                x + 3.0,
                y - 1.0,
            )),
        )
        .set("fill", "none")
        .set("stroke", frost)
        .set("stroke-width", 1.8);
    Layer::new().set("class", "lock").add(shackle).add(body)
}

/// A frame around the members of a group, with its name.
fn frame(network: &Network, group: &Group, theme: &Theme) -> Layer {
    let members = group.members.iter().filter_map(|&id| network.node(id));
    let reach = theme.sizes.neuron_radius + GROUP_MARGIN;
    let around = Rect::enclosing(members.map(|node| Rect::around(node.position, reach)));
    let layer = Layer::new().set("class", "group");
    let Some(around) = around else {
        return layer;
    };
    let [x, y] = on_paper([around.min[0], around.max[1]]);
    let [width, height] = around.size();
    let palette = &theme.palette;
    let border = Rectangle::new()
        .set("x", x)
        .set("y", y)
        .set("width", width)
        .set("height", height)
        .set("rx", theme.sizes.corner_radius)
        .set("fill", ink(palette.sheet))
        .set("stroke", ink(palette.sheet_border));
    let small = theme.sizes.text_small;
    let name = line_of_text(&group.name, [x + 8.0, y - 6.0], small, palette.text_dim);
    layer.add(border).add(name)
}

fn written(note: &Note, theme: &Theme) -> Layer {
    let [x, y] = on_paper(note.position);
    let size = theme.sizes.text_body;
    let lines = lines(note, theme);
    let texts = lines.iter().enumerate().map(|(index, line)| {
        let down = (index as f32 * LINE_HEIGHT + 1.0) * size;
        line_of_text(line, [x, y + down], size, theme.palette.text)
    });
    texts.fold(Layer::new().set("class", "note"), Layer::add)
}

/// The lines of a note as they fit into its width, about.
fn lines(note: &Note, theme: &Theme) -> Vec<String> {
    let room = (note.width / (LETTER_WIDTH * theme.sizes.text_body)).max(1.0) as usize;
    let mut lines = Vec::new();
    for paragraph in note.text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let length = line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && length > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

fn line_of_text(text: &str, [x, y]: Position, size: f32, colour: Rgba8) -> Text {
    // Control characters have no place in XML.
    let sound: String = text.chars().filter(|letter| !letter.is_control()).collect();
    let mut line = Text::new("")
        .set("x", x)
        .set("y", y)
        .set("font-size", size)
        .set("fill", ink(colour));
    svg::Node::append(&mut line, Words::new(sound));
    line
}
