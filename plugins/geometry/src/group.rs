//! Where a folded group is and how large: at the middle of its members, with room for their picture.

use crate::Rect;

/// Around the picture of a folded group, in scene units.
pub const GROUP_PADDING: f32 = 10.0;

/// The rectangle of a folded group, in scene units: centred on the bounds of its
/// members' centres, and large enough for a picture of so many columns and rows.
/// `None` without members.
pub fn folded_group(
    members: impl IntoIterator<Item = [f32; 2]>,
    picture: [usize; 2],
) -> Option<Rect> {
    let points = members.into_iter().map(|at| Rect::around(at, 0.0));
    let centre = Rect::enclosing(points)?.centre();
    let half = folded_half_size(picture);
    Some(Rect::from_corners(
        [centre[0] - half[0], centre[1] - half[1]],
        [centre[0] + half[0], centre[1] + half[1]],
    ))
}

/// Half the width and half the height of a folded group with a picture of so many
/// columns and rows, in scene units: it grows more slowly than its picture, so that
/// a cell of a large one is small.
#[must_use]
pub fn folded_half_size(picture: [usize; 2]) -> [f32; 2] {
    let longest = picture[0].max(picture[1]).max(1) as f32;
    let cell = (28.0 + 26.0 * longest.sqrt()) / longest;
    picture.map(|cells| (0.5 * cell * cells.max(1) as f32).max(18.0) + GROUP_PADDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_group_is_in_the_middle_of_its_members() {
        let members = [[0.0, 0.0], [100.0, 40.0], [10.0, 300.0]];
        let rect = folded_group(members, [2, 2]).expect("it has members");
        assert_eq!(rect.centre(), [50.0, 150.0]);
        assert_eq!(folded_group([], [0, 0]), None);
    }

    #[test]
    fn a_larger_picture_has_more_room_but_smaller_cells() {
        let [small, large] = [[2, 2], [28, 28]].map(folded_half_size);
        assert!(large[0] > small[0] && large[0] < 5.0 * small[0]);
        assert!(folded_half_size([100, 1])[0] > folded_half_size([100, 1])[1]);
        assert!(folded_half_size([0, 0]).iter().all(|half| *half > 0.0));
    }
}
