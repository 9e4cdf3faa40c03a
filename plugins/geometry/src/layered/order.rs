//! Who stands above whom: wires over several columns get bends, and columns an order that crosses
//! little.

use petgraph::unionfind::UnionFind;

use super::Layers;

/// How often the columns are gone through in search of fewer crossings, each time the other way.
const SWEEPS_MAX: usize = 24;

/// Large networks are gone through less often: about so many links are looked at in all.
const LINKS_LOOKED_AT: usize = 2_000_000;

/// So many bends at most; the longest ways go without.
const BENDS_MAX: usize = 50_000;

/// Things in columns, from top to bottom: neurons, numbered from 0, and after them the bends of
/// wires that pass through a column.
pub(super) struct Arranged {
    /// The columns.
    pub layers: Layers,
    /// What is joined to what, from left to right: to the next column, but for ways without bends.
    pub links: Vec<(usize, usize)>,
    /// How many neurons and bends there are.
    pub len: usize,
}

impl Arranged {
    /// These layers of so many neurons, and bends where a link passes through a column. Links of a
    /// neuron to the same column share one way.
    ///
    /// `height` is how high a neuron stands now.
    pub fn new(
        layers: Layers,
        links: &[(usize, usize)],
        len: usize,
        height: impl Fn(usize) -> f32,
    ) -> Self {
        let column_of = columns(&layers, len);
        let length = |&(from, to): &(usize, usize)| column_of[to] - column_of[from];
        let mut long: Vec<_> = links.iter().filter(|link| length(link) > 1).collect();
        long.sort_by_key(|&link| (length(link), link.0));
        let mut arranged = Self {
            layers,
            links: links
                .iter()
                .filter(|link| length(link) == 1)
                .copied()
                .collect(),
            len,
        };
        let mut heights: Vec<f32> = (0..len).map(height).collect();
        for way in long.chunk_by(|one, other| one.0 == other.0 && length(one) == length(other)) {
            let (&(from, to), length) = (way[0], length(way[0]));
            let mut before = from;
            if arranged.len - len + length <= BENDS_MAX {
                for step in 1..length {
                    let bend = arranged.len;
                    arranged.links.push((before, bend));
                    arranged.layers[column_of[from] + step].push(bend);
                    let part = step as f32 / length as f32;
                    heights.push(heights[from] + (heights[to] - heights[from]) * part);
                    arranged.len += 1;
                    before = bend;
                }
            }
            arranged
                .links
                .extend(way.iter().map(|link| (before, link.1)));
        }
        arranged.links.sort_unstable();
        for layer in &mut arranged.layers {
            layer.sort_by(|&one, &other| heights[other].total_cmp(&heights[one]));
        }
        arranged
    }

    /// For each thing its neighbours on the left, and those on the right.
    pub fn neighbours(&self) -> [Vec<Vec<usize>>; 2] {
        let mut sides = [vec![Vec::new(); self.len], vec![Vec::new(); self.len]];
        for &(from, to) in &self.links {
            sides[0][to].push(from);
            sides[1][from].push(to);
        }
        sides
    }

    /// The same columns in an order that crosses less, or as they were if none is found: every
    /// thing goes to the barycentre of its neighbours on one side, again and again (Sugiyama,
    /// Tagawa and Toda 1981), once from the order that is, and once from that in which
    /// neurons are reached depth first (Gansner, Koutsofios, North and Vo 1993), what is not joined
    /// kept apart.
    pub fn with_few_crossings(mut self) -> Self {
        let sides = self.neighbours();
        let mut fewest = u64::MAX;
        let present = self.layers.clone();
        self.sweep(present.clone(), &vec![0; self.len], &sides, &mut fewest);
        if fewest > 0 {
            let parts = parts(&self, &present);
            let layers = depth_first(&self, &present, &parts, &sides[1]);
            if layers != present {
                self.sweep(layers, &parts, &sides, &mut fewest);
            }
        }
        self
    }

    /// Goes through the columns from an order, in which parts stay above each other by their
    /// numbers; keeps the best that is found.
    fn sweep(
        &mut self,
        mut layers: Layers,
        parts: &[usize],
        sides: &[Vec<Vec<usize>>; 2],
        fewest: &mut u64,
    ) {
        let mut rows = vec![0.0; self.len];
        for layer in &layers {
            number_rows(layer, &mut rows);
        }
        self.keep_if_better(&layers, fewest);
        let sweeps = (LINKS_LOOKED_AT / self.links.len().max(1)).clamp(2, SWEEPS_MAX);
        let mut unchanged = 0;
        for sweep in 0..sweeps {
            if *fewest == 0 || unchanged == 2 {
                break;
            }
            unchanged += 1;
            let sources = &sides[sweep % 2];
            let count = layers.len();
            for step in 0..count {
                let layer = &mut layers[if sweep % 2 == 0 {
                    step
                } else {
                    count - 1 - step
                }];
                let wanted = |number: usize| match &sources[number][..] {
                    [] => rows[number],
                    some => some.iter().map(|&n| rows[n]).sum::<f64>() / some.len() as f64,
                };
                let mut keyed: Vec<_> = layer.iter().map(|&n| (parts[n], wanted(n), n)).collect();
                keyed.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
                let sorted: Vec<_> = keyed.into_iter().map(|(.., number)| number).collect();
                if sorted != *layer {
                    *layer = sorted;
                    number_rows(layer, &mut rows);
                    unchanged = 0;
                }
            }
            if sweeps == SWEEPS_MAX && exchange(&mut layers, sides, &mut rows) {
                unchanged = 0;
            }
            if unchanged == 0 {
                self.keep_if_better(&layers, fewest);
            }
        }
    }

    fn keep_if_better(&mut self, layers: &Layers, fewest: &mut u64) {
        let count = crossings(layers, &self.links, self.len);
        if count < *fewest {
            *fewest = count;
            self.layers.clone_from(layers);
        }
    }
}

/// In which column each thing is.
fn columns(layers: &Layers, len: usize) -> Vec<usize> {
    let mut column_of = vec![0; len];
    for (column, layer) in layers.iter().enumerate() {
        for &number in layer {
            column_of[number] = column;
        }
    }
    column_of
}

/// For each thing the part of the whole that it is in: joined things are in one part. They are
/// numbered as they come, column by column.
fn parts(arranged: &Arranged, layers: &Layers) -> Vec<usize> {
    let mut joined = UnionFind::new(arranged.len);
    for &(from, to) in &arranged.links {
        joined.union(from, to);
    }
    let labels = joined.into_labeling();
    let (mut numbers, mut next) = (vec![None; arranged.len], 0);
    for &thing in layers.iter().flatten() {
        numbers[labels[thing]].get_or_insert_with(|| {
            next += 1;
            next
        });
    }
    labels
        .iter()
        .map(|&label| numbers[label].unwrap_or(0))
        .collect()
}

/// The same columns part by part, and each in the order in which it is reached from the left, depth
/// first.
fn depth_first(
    arranged: &Arranged,
    layers: &Layers,
    parts: &[usize],
    after: &[Vec<usize>],
) -> Layers {
    let column_of = columns(layers, arranged.len);
    let mut rows = vec![0.0; arranged.len];
    for layer in layers {
        number_rows(layer, &mut rows);
    }
    let mut reached = vec![Vec::new(); layers.len()];
    let mut is_reached = vec![false; arranged.len];
    let mut open = Vec::new();
    for &start in layers.iter().flatten() {
        open.push(start);
        while let Some(number) = open.pop() {
            if std::mem::replace(&mut is_reached[number], true) {
                continue;
            }
            reached[column_of[number]].push(number);
            let first = open.len();
            open.extend(after[number].iter().filter(|&&next| !is_reached[next]));
            open[first..].sort_by(|&one, &other| rows[other].total_cmp(&rows[one]));
        }
    }
    for layer in &mut reached {
        layer.sort_by_key(|&number| parts[number]);
    }
    reached
}

/// Lets neighbours in a column change places where that crosses less; whether any did.
fn exchange(layers: &mut Layers, sides: &[Vec<Vec<usize>>; 2], rows: &mut [f64]) -> bool {
    let mut is_changed = false;
    // The rows of a thing's neighbours on either side, from the top.
    let ends = |number: usize, rows: &[f64], ends: &mut [Vec<f64>; 2]| {
        for (ends, side) in ends.iter_mut().zip(sides) {
            ends.clear();
            ends.extend(side[number].iter().map(|&other| rows[other]));
            ends.sort_unstable_by(f64::total_cmp);
        }
    };
    let (mut above, mut below) = ([vec![], vec![]], [vec![], vec![]]);
    for layer in layers {
        ends(layer[0], rows, &mut above);
        for row in 1..layer.len() {
            ends(layer[row], rows, &mut below);
            let gain: i64 = above.iter().zip(&below).map(|(a, b)| excess(a, b)).sum();
            if gain > 0 {
                layer.swap(row - 1, row);
                is_changed = true;
            } else {
                std::mem::swap(&mut above, &mut below);
            }
        }
        number_rows(layer, rows);
    }
    is_changed
}

/// How many more pairs cross with these ends above those than below them; both are sorted.
fn excess(above: &[f64], below: &[f64]) -> i64 {
    let (mut excess, mut less, mut not_more) = (0, 0, 0);
    for end in above {
        less += below[less..]
            .iter()
            .take_while(|other| *other < end)
            .count();
        not_more += below[not_more..]
            .iter()
            .take_while(|other| *other <= end)
            .count();
        excess += less as i64 - (below.len() - not_more) as i64;
    }
    excess
}

/// Rows are counted from the middle of a layer.
fn number_rows(layer: &[usize], rows: &mut [f64]) {
    for (row, &number) in layer.iter().enumerate() {
        rows[number] = row as f64 - (layer.len() as f64 - 1.0) / 2.0;
    }
}

/// How many pairs of links between the same two layers cross.
fn crossings(layers: &Layers, links: &[(usize, usize)], len: usize) -> u64 {
    let mut places = vec![(0, 0); len];
    for (column, layer) in layers.iter().enumerate() {
        for (row, &number) in layer.iter().enumerate() {
            places[number] = (column as u32, row as u32);
        }
    }
    let mut lines: Vec<[u32; 4]> = links
        .iter()
        .map(|&(from, to)| {
            let ((start, from), (end, to)) = (places[from], places[to]);
            [start, end, from, to]
        })
        .collect();
    lines.sort_unstable();
    let mut count = 0;
    for bundle in lines.chunk_by(|one, other| one[..2] == other[..2]) {
        // A Fenwick tree of how many of the lines so far end in the rows from the bottom up to one.
        let rows = layers[bundle[0][1] as usize].len();
        let mut ends = vec![0u64; rows + 1];
        for line in bundle {
            let from_bottom = rows - line[3] as usize;
            let mut place = from_bottom - 1;
            while place > 0 {
                count += ends[place];
                place &= place - 1;
            }
            place = from_bottom;
            while place <= rows {
                ends[place] += 1;
                place += place & place.wrapping_neg();
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_those_of_all_pairs() {
        let layers = vec![vec![0, 1, 2], vec![3, 4, 5], vec![6]];
        let links = [
            (0, 4),
            (0, 5),
            (1, 3),
            (1, 5),
            (2, 3),
            (2, 4),
            (0, 6),
            (3, 6),
            (5, 6),
        ];
        let row = |number: usize| number % 3;
        let mut expected = 0;
        for one in &links[..6] {
            for other in &links[..6] {
                expected += u64::from(row(one.0) < row(other.0) && row(one.1) > row(other.1));
            }
        }
        assert_eq!(crossings(&layers, &links, 7), expected);
    }

    #[test]
    fn the_excess_is_what_changing_places_saves() {
        let lists: [&[f64]; 6] = [
            &[],
            &[1.0],
            &[0.0, 2.0],
            &[1.0, 1.0, 3.0],
            &[2.0, 3.0, 4.0],
            &[-1.0, 1.0, 5.0],
        ];
        // A pair crosses where the upper one ends lower.
        let crossing = |upper: &[f64], lower: &[f64]| {
            let pairs = upper.iter().flat_map(|a| lower.iter().map(move |b| a > b));
            pairs.filter(|is_crossing| *is_crossing).count() as i64
        };
        for above in lists {
            for below in lists {
                let saved = crossing(above, below) - crossing(below, above);
                assert_eq!(excess(above, below), saved, "{above:?} over {below:?}");
            }
        }
    }

    #[test]
    fn things_change_places_where_barycentres_are_equal_but_fewer_would_cross() {
        // 3 has its ends on both sides of 4's, and both lie on average in the middle.
        let mut layers = vec![vec![0, 1, 2], vec![3, 4], vec![5, 6]];
        let links = [(0, 3), (2, 3), (1, 4), (3, 6), (4, 5)];
        let mut sides = [vec![Vec::new(); 7], vec![Vec::new(); 7]];
        for (from, to) in links {
            sides[0][to].push(from);
            sides[1][from].push(to);
        }
        let mut rows = vec![0.0; 7];
        for layer in &layers {
            number_rows(layer, &mut rows);
        }
        let before = crossings(&layers, &links, 7);
        assert!(exchange(&mut layers, &sides, &mut rows));
        assert!(crossings(&layers, &links, 7) < before);
        assert!(!exchange(&mut layers, &sides, &mut rows));
    }
}
