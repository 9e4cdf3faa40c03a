//! A tidy layout: layers from left to right, each centred.

/// Distances of a layout, in scene units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayoutSpacing {
    /// Between the centres of neighbouring layers.
    pub layer_gap: f32,
    /// Between the centres of neighbours in a layer.
    pub row_gap: f32,
}

impl Default for LayoutSpacing {
    fn default() -> Self {
        Self {
            layer_gap: 192.0,
            row_gap: 80.0,
        }
    }
}

/// A place for every id: layers from left to right, in each layer the first on top, the whole
/// centred on the origin. The answer keeps the order of the layers and of their ids.
///
/// ```
/// use geometry::{LayoutSpacing, layers_layout};
///
/// let spacing = LayoutSpacing { layer_gap: 100.0, row_gap: 40.0 };
/// let places = layers_layout(&[vec!['a', 'b'], vec!['c']], spacing);
/// assert_eq!(places, [('a', [-50.0, 20.0]), ('b', [-50.0, -20.0]), ('c', [50.0, 0.0])]);
/// ```
pub fn layers_layout<Id: Copy>(layers: &[Vec<Id>], spacing: LayoutSpacing) -> Vec<(Id, [f32; 2])> {
    let offset = |index: usize, count: usize| index as f32 - (count as f32 - 1.0) / 2.0;
    let places = layers.iter().enumerate().flat_map(|(column, layer)| {
        let x = offset(column, layers.len()) * spacing.layer_gap;
        layer.iter().enumerate().map(move |(row, &id)| {
            // y points up, rows are counted down; adding zero turns -0 into 0.
            let y = 0.0 - offset(row, layer.len()) * spacing.row_gap;
            (id, [x, y])
        })
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rect;

    #[test]
    fn the_whole_is_centred_and_no_two_share_a_place() {
        let layers = [vec![0, 1], vec![2, 3, 4, 5], vec![], vec![6]];
        let places = layers_layout(&layers, LayoutSpacing::default());
        assert_eq!(
            places.iter().map(|place| place.0).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5, 6]
        );
        let points = places.iter().map(|&(_, at)| Rect::around(at, 0.0));
        let bounds = Rect::enclosing(points).expect("there are places");
        assert_eq!(bounds.centre(), [0.0, 0.0]);
        for (index, (_, one)) in places.iter().enumerate() {
            for (_, other) in &places[index + 1..] {
                assert!((one[0] - other[0]).hypot(one[1] - other[1]) >= 80.0);
            }
        }
    }
}
