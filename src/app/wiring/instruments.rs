//! Training → canvas: response maps inside neurons.

use bevy::prelude::*;
use canvas::drawing::{ResponseMaps, TILE, encode_response};
use canvas::{SceneSystems, Tiles};
use training::Maps;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        PostUpdate,
        show_maps
            .run_if(resource_changed::<Maps>)
            .before(SceneSystems::Structure),
    );
}

/// Each neuron that has a map shows it; the tiles are in the order of its number.
fn show_maps(
    maps: Res<Maps>,
    mut shown: Local<u64>,
    mut tiles: ResMut<Tiles>,
    mut atlas: ResMut<ResponseMaps>,
) {
    let Some(maps_now) = maps.maps.as_ref() else {
        if tiles.set_if_neq(Tiles::default()) {
            atlas.resize(0);
        }
        return;
    };
    if *shown == maps.revision {
        return;
    }
    *shown = maps.revision;
    let side = maps_now.request.resolution as usize;
    let mut nodes = maps_now.nodes.clone();
    nodes.sort_unstable();
    atlas.resize(nodes.len());
    for (tile, &node) in nodes.iter().enumerate() {
        if let Some(cells) = maps.cells(node) {
            atlas.set_tile(tile, &tile_of(cells, side));
        }
    }
    tiles.set_if_neq(Tiles(nodes));
}

/// A map of any resolution as the cells of a tile. Maps run from low to high y,
/// tiles from the top.
fn tile_of(cells: &[f32], side: usize) -> Vec<u8> {
    let source = |along: usize| along * side / TILE;
    (0..TILE)
        .flat_map(|row| (0..TILE).map(move |column| (source(TILE - 1 - row), source(column))))
        .map(|(row, column)| {
            let cell = cells.get(row * side + column).copied();
            encode_response(cell.unwrap_or_default())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_turned_so_that_its_highest_row_is_on_top() {
        let cells: Vec<f32> = [-1.0, -1.0, 1.0, 1.0].to_vec();
        let tile = tile_of(&cells, 2);
        assert_eq!(tile.len(), TILE * TILE);
        assert_eq!(tile[0], 255, "top left is the highest y");
        assert_eq!(tile[TILE * TILE - 1], 1, "bottom right is the lowest y");
    }
}
