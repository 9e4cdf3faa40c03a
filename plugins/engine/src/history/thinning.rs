//! Which remembered steps go to make room: so that the whole run stays, old times coarser.

/// Drops at least a quarter of a list that is sorted by step, and one at least. The
/// first and the last stay. Gaps that come about are at most `coarse` parts of the
/// whole time by the number of entries, and shorter for what was lately.
pub(crate) fn thin<T>(list: &mut Vec<T>, step: impl Fn(&T) -> u64, mut dropped: impl FnMut(T)) {
    let len = list.len();
    if len < 3 {
        // Of two the later one goes: what is told next is later still.
        list.drain(len.saturating_sub(1)..).for_each(dropped);
        return;
    }
    let wanted = (len / 4).max(1);
    let mut coarse = 2;
    while len - kept(list, &step, coarse, |_, _, _| ()) < wanted {
        coarse *= 2;
    }
    let stay = kept(list, &step, coarse, |list, from, to| list.swap(from, to));
    list.drain(stay..).for_each(&mut dropped);
}

/// How many stay; each is told where it is and where it goes.
fn kept<T>(
    list: &mut [T],
    step: impl Fn(&T) -> u64,
    coarse: u64,
    mut keep: impl FnMut(&mut [T], usize, usize),
) -> usize {
    let len = list.len();
    let (first, last) = (step(&list[0]), step(&list[len - 1]));
    let whole = last - first;
    // With gaps in proportion to age, every doubling of it has as many entries.
    let doublings = u64::from(whole.max(1).ilog2()) + 1;
    let (mut kept_step, mut stay) = (first, 1);
    for index in 1..len {
        let here = step(&list[index]);
        let is_kept = match list.get(index + 1) {
            None => true,
            Some(next) => {
                let age = (last - here).saturating_mul(doublings);
                let widest = coarse.saturating_mul(whole.min(age)) / len as u64;
                step(next) - kept_step > widest
            }
        };
        if is_kept {
            keep(list, index, stay);
            kept_step = here;
            stay += 1;
        }
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_after(run: u64, room: usize, stride: u64) -> Vec<u64> {
        let mut steps: Vec<u64> = Vec::new();
        for step in (0..=run).step_by(stride as usize) {
            if steps.len() >= room {
                let mut gone = Vec::new();
                let before = steps.clone();
                thin(&mut steps, |&step| step, |step| gone.push(step));
                assert!(!gone.is_empty() && steps.is_sorted());
                gone.extend(&steps);
                gone.sort_unstable();
                assert_eq!(gone, before);
            }
            steps.push(step);
        }
        steps
    }

    #[test]
    fn no_gap_is_wide_whatever_the_run_and_the_room() {
        for (run, room) in [
            (1_000, 10),
            (100_000, 80),
            (100_000, 1_000),
            (3_000_000, 200),
        ] {
            let steps = steps_after(run, room, 1);
            assert_eq!((steps[0], steps[steps.len() - 1]), (0, run));
            let gaps: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let widest = gaps.iter().copied().max().unwrap_or(0);
            assert!(widest <= 8 * run / room as u64, "{room}: {gaps:?}");
            assert_eq!(gaps[gaps.len() - 1], 1);
        }
    }

    #[test]
    fn little_room_is_used_and_never_exceeded() {
        for room in 1..6 {
            let steps = steps_after(1_000, room, 7);
            assert!(
                steps.len() <= room && steps.last() == Some(&994),
                "{room}: {steps:?}"
            );
            assert!(room == 1 || steps[0] == 0, "{steps:?}");
        }
    }
}
