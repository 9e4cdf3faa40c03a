//! A map that is kept until it is old: its picture and its points.

use bevy_egui::egui::{Context, TextureHandle, TextureOptions};
use network::NodeId;
use project::Project;
use theme::Theme;
use training::{Maps, Part, Probe, Spreads};

use crate::map::{Axis, MapView, Tone, picture};
use crate::points::{Facts, Point, Summary, points_of};

/// What a chart is drawn from.
pub(crate) struct Sources<'a> {
    pub project: &'a Project,
    pub parts: &'a [Part],
    pub spreads: &'a Spreads,
    pub maps: &'a Maps,
    /// Lowest and highest value of the neuron's column.
    pub targets: Option<[f32; 2]>,
    /// Rises when rows, parts or targets change.
    pub data_revision: u64,
}

/// The map of one neuron as it was drawn last.
#[derive(Default)]
pub(crate) struct Chart {
    key: Option<(u64, u64, NodeId, Theme)>,
    texture: Option<TextureHandle>,
    /// Lowest and highest answer or target: how far a line goes up and down.
    heights: [f32; 2],
    points: Vec<Point>,
    summary: Summary,
}

impl Chart {
    /// Draws it anew if anything of it is old.
    pub(crate) fn draw(
        &mut self,
        ctx: &Context,
        name: &str,
        theme: &Theme,
        sources: &Sources,
        subject: NodeId,
    ) {
        let Some(found) = &sources.maps.maps else {
            return;
        };
        let key = (
            sources.maps.revision,
            sources.data_revision,
            subject,
            *theme,
        );
        let Some((cells, resolution)) = cells(sources.maps, subject) else {
            return;
        };
        if self.key == Some(key) {
            return;
        }
        self.key = Some(key);
        let node = sources.project.network().node(subject);
        let activation = node.map(|node| node.activation).unwrap_or_default();
        let tone = Tone::of(activation, sources.targets);
        let image = picture(cells, resolution, tone, &theme.palette);
        match &mut self.texture {
            // In place: a texture set anew is missing for a frame, and while
            // training every frame sets it.
            Some(texture) if texture.size() == image.size => {
                texture.set_partial([0, 0], image, TextureOptions::LINEAR);
            }
            Some(texture) => texture.set(image, TextureOptions::LINEAR),
            None => self.texture = Some(ctx.load_texture(name, image, TextureOptions::LINEAR)),
        }
        (self.points, self.summary) = points_of(
            &Facts {
                project: sources.project,
                parts: sources.parts,
                spreads: sources.spreads,
                request: &found.request,
                close: sources.maps.close(subject),
                tone,
                targets: sources.targets,
            },
            subject,
        );
        self.heights = heights(cells, &self.points);
    }

    /// The neuron it shows.
    pub(crate) fn subject(&self) -> Option<NodeId> {
        self.key.map(|(_, _, subject, _)| subject)
    }

    /// The map to be shown.
    pub(crate) fn view<'a>(
        &'a self,
        project: &'a Project,
        maps: &'a Maps,
        probe: &Probe,
    ) -> Option<MapView<'a>> {
        let subject = self.subject()?;
        let request = &maps.maps.as_ref()?.request;
        let (cells, resolution) = cells(maps, subject)?;
        let name = |node: NodeId| Some(project.network().node(node)?.name.as_str());
        let axis = |node, range| {
            Some(Axis {
                node,
                name: name(node)?,
                range,
            })
        };
        let is_line = request.x == request.y;
        let put = |node: NodeId| probe.inputs.get(&node).copied();
        Some(MapView {
            project,
            subject: name(subject)?,
            picture: self.texture.as_ref()?.id(),
            cells,
            resolution,
            x: axis(request.x, request.x_range)?,
            y: if is_line {
                axis(subject, self.heights)?
            } else {
                axis(request.y, request.y_range)?
            },
            is_line,
            others: &request.fixed,
            points: &self.points,
            summary: self.summary,
            probe: match (is_line, put(request.x), put(request.y)) {
                (false, Some(x), Some(y)) => Some([x, y]),
                (true, Some(x), _) => probe.value(subject).map(|answer| [x, answer]),
                _ => None,
            },
        })
    }
}

/// The finest cells there are of a neuron, and how many along a side.
fn cells(maps: &Maps, node: NodeId) -> Option<(&[f32], usize)> {
    let close = maps
        .close(node)
        .map(|close| (close.cells, close.resolution));
    let coarse = || {
        let resolution = maps.maps.as_ref()?.request.resolution as usize;
        Some((maps.cells(node)?, resolution))
    };
    close.or_else(coarse)
}

/// Lowest and highest answer and point, with a margin.
fn heights(cells: &[f32], points: &[Point]) -> [f32; 2] {
    let ups = points.iter().map(|point| point.at[1]);
    let all = cells.iter().copied().chain(ups).filter(|up| up.is_finite());
    let [low, high] = all.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], up| {
        [low.min(up), high.max(up)]
    });
    if low > high {
        return [0.0, 1.0];
    }
    let margin = if high > low { 0.08 * (high - low) } else { 1.0 };
    [low - margin, high + margin]
}
