//! Response maps: what each neuron answers over the plane of two inputs, as tiles of one texture.

use std::ops::Range;

use bevy::prelude::Resource;

use super::instances::DirtyRanges;

/// Cells along one side of a tile.
pub const TILE: usize = 32;
/// Tiles side by side in the texture: 64 · 32 = 2048 texels, which every WebGL2
/// device has.
pub const COLUMNS: usize = 64;
/// Texels in one row of the texture.
pub const ATLAS_WIDTH: usize = COLUMNS * TILE;
/// Texels in one row of tiles.
const TILE_ROW: usize = ATLAS_WIDTH * TILE;
/// The texel that means zero.
pub const ZERO: u8 = 128;

/// Turns a response in [−1, 1] into a texel; what lies outside is clamped, and
/// not-a-number is zero.
#[must_use]
pub fn encode(response: f32) -> u8 {
    if response.is_nan() {
        return ZERO;
    }
    (f32::from(ZERO) + response.clamp(-1.0, 1.0) * 127.0).round() as u8
}

/// Column and row of a tile in the atlas.
#[must_use]
pub fn tile_place(tile: usize) -> (usize, usize) {
    (tile % COLUMNS, tile / COLUMNS)
}

/// A rectangle of the atlas that has to go to the GPU, in texels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtlasPatch {
    /// The left column.
    pub x: usize,
    /// The top row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl AtlasPatch {
    /// The index of its first texel.
    #[must_use]
    pub fn start(&self) -> usize {
        self.y * ATLAS_WIDTH + self.x
    }

    /// The texels from its first to its last, whole rows between them.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        let start = self.start();
        start..start + (self.height - 1) * ATLAS_WIDTH + self.width
    }
}

/// One tile of 32 × 32 cells for each neuron that has a response map. A cell is
/// one byte, see [`encode`]; a tile runs row by row from the top left, the top
/// being the largest value of the vertical input.
#[derive(Resource, Default)]
pub struct ResponseMaps {
    texels: Vec<u8>,
    tiles: usize,
    dirty: DirtyRanges,
    revision: u64,
}

impl ResponseMaps {
    /// How many tiles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tiles
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tiles == 0
    }

    /// Rises with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Rows of texels in use: a multiple of [`TILE`].
    #[must_use]
    pub fn height(&self) -> usize {
        self.texels.len() / ATLAS_WIDTH
    }

    /// The texels of the whole atlas, row by row.
    #[must_use]
    pub fn texels(&self) -> &[u8] {
        &self.texels
    }

    /// Makes room for `tiles` tiles; new ones show zero everywhere, those beyond
    /// the new end are forgotten.
    pub fn resize(&mut self, tiles: usize) {
        if tiles == self.tiles {
            return;
        }
        let old = self.tiles;
        self.texels.resize(tiles.div_ceil(COLUMNS) * TILE_ROW, ZERO);
        self.tiles = tiles;
        for tile in old..tiles {
            self.write_tile(tile, &[ZERO; TILE * TILE]);
        }
        self.mark(old.min(tiles)..tiles);
    }

    /// Puts the cells of one tile in place. False, and nothing happens, if there
    /// is no such tile or the cells are not 32 · 32.
    pub fn set_tile(&mut self, tile: usize, cells: &[u8]) -> bool {
        if tile >= self.tiles || cells.len() != TILE * TILE {
            return false;
        }
        self.write_tile(tile, cells);
        self.mark(tile..tile + 1);
        true
    }

    /// Puts all tiles in place at once, one after the other; a last incomplete
    /// tile is left out.
    pub fn replace(&mut self, cells: &[u8]) {
        let tiles = cells.chunks_exact(TILE * TILE);
        self.texels
            .resize(tiles.len().div_ceil(COLUMNS) * TILE_ROW, ZERO);
        self.tiles = tiles.len();
        for (tile, cells) in tiles.enumerate() {
            self.write_tile(tile, cells);
        }
        self.mark(0..self.tiles);
    }

    /// The rectangles that changed since the last call: part of one row of
    /// tiles, or several whole rows.
    pub fn take_dirty(&mut self) -> Vec<AtlasPatch> {
        let ranges = self.dirty.take(self.tiles);
        ranges.into_iter().map(patch_of_tiles).collect()
    }

    fn write_tile(&mut self, tile: usize, cells: &[u8]) {
        let (column, row) = tile_place(tile);
        let start = row * TILE_ROW + column * TILE;
        for (line, cells) in cells.chunks_exact(TILE).enumerate() {
            let at = start + line * ATLAS_WIDTH;
            self.texels[at..at + TILE].copy_from_slice(cells);
        }
    }

    fn mark(&mut self, tiles: Range<usize>) {
        self.dirty.add(tiles);
        self.revision += 1;
    }
}

fn patch_of_tiles(tiles: Range<usize>) -> AtlasPatch {
    let (first_column, first_row) = tile_place(tiles.start);
    let (_, last_row) = tile_place(tiles.end - 1);
    let (x, columns) = if first_row == last_row {
        (first_column, tiles.len())
    } else {
        (0, COLUMNS)
    };
    AtlasPatch {
        x: x * TILE,
        y: first_row * TILE,
        width: columns * TILE,
        height: (last_row - first_row + 1) * TILE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_run_along_a_row_and_then_begin_the_next() {
        assert_eq!(tile_place(0), (0, 0));
        assert_eq!(tile_place(63), (63, 0));
        assert_eq!(tile_place(64), (0, 1));
    }

    #[test]
    fn a_tile_lands_in_its_rectangle_and_nowhere_else() {
        let mut maps = ResponseMaps::default();
        maps.resize(66);
        assert_eq!(maps.height(), 64);
        assert!(maps.set_tile(65, &[200; TILE * TILE]));
        for (index, texel) in maps.texels().iter().enumerate() {
            let (x, y) = (index % ATLAS_WIDTH, index / ATLAS_WIDTH);
            let inside = (32..64).contains(&x) && (32..64).contains(&y);
            assert_eq!(*texel, if inside { 200 } else { ZERO }, "at {x}, {y}");
        }
    }

    #[test]
    fn one_changed_tile_uploads_one_tile() {
        let mut maps = ResponseMaps::default();
        maps.resize(200);
        maps.take_dirty();
        assert!(maps.set_tile(70, &[0; TILE * TILE]));
        let patches = maps.take_dirty();
        assert_eq!(
            patches,
            [AtlasPatch {
                x: 6 * 32,
                y: 32,
                width: 32,
                height: 32
            }]
        );
        assert!(patches[0].span().end <= maps.texels().len());
        assert!(maps.take_dirty().is_empty());
    }

    #[test]
    fn a_change_over_two_rows_of_tiles_uploads_both_rows_whole() {
        let patch = patch_of_tiles(60..70);
        assert_eq!(
            patch,
            AtlasPatch {
                x: 0,
                y: 0,
                width: ATLAS_WIDTH,
                height: 64
            }
        );
        assert_eq!(patch.span(), 0..2 * TILE_ROW);
    }

    #[test]
    fn cells_of_the_wrong_number_are_refused() {
        let mut maps = ResponseMaps::default();
        assert!(!maps.set_tile(0, &[0; TILE * TILE]));
        maps.resize(1);
        assert!(!maps.set_tile(0, &[0; 3]));
        maps.replace(&[7; TILE * TILE + 5]);
        assert_eq!(maps.len(), 1);
        maps.replace(&[]);
        assert!(maps.is_empty() && maps.texels().is_empty());
    }

    #[test]
    fn a_tile_that_was_dropped_and_made_again_is_zero() {
        let mut maps = ResponseMaps::default();
        maps.replace(&[7; 2 * TILE * TILE]);
        maps.resize(1);
        maps.resize(2);
        assert_eq!(maps.texels()[TILE], ZERO);
        assert_eq!(maps.texels()[0], 7);
    }

    #[test]
    fn responses_are_clamped_and_not_a_number_is_zero() {
        assert_eq!(encode(0.0), 128);
        assert_eq!(encode(1.0), 255);
        assert_eq!(encode(-1.0), 1);
        assert_eq!(encode(f32::INFINITY), 255);
        assert_eq!(encode(f32::NEG_INFINITY), 1);
        assert_eq!(encode(f32::NAN), 128);
    }
}
