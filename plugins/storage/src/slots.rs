//! Records of unsaved work that several tabs share: which is offered, which is too old to stay, what a sound one is.

use std::cmp::Reverse;

/// The form of records this program writes, and the newest it reads.
pub(crate) const FORMAT: u32 = 1;
/// More records than this are not kept.
const MOST_RECORDS: usize = 16;
/// Nor more bytes in all of them.
const MOST_BYTES: usize = 256 << 20;

/// A record without its bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heading {
    /// What it is found by: one for each tab.
    pub slot: String,
    /// The file name of the project.
    pub name: String,
    /// When it was written, in milliseconds since 1970.
    pub time_ms: f64,
    /// How large the project is.
    pub bytes: usize,
    /// Why it cannot be read, if so.
    pub fault: Option<String>,
}

impl Heading {
    /// Takes the fields of a record as they are found, whatever they are.
    pub(crate) fn of(
        slot: String,
        version: Option<f64>,
        name: Option<String>,
        time_ms: Option<f64>,
        bytes: Option<usize>,
    ) -> Self {
        let fault = match version {
            None => Some("found no version, expected 1".to_owned()),
            Some(version) if version == f64::from(FORMAT) => bytes
                .is_none()
                .then(|| "found no project in the record".to_owned()),
            Some(version) => Some(format!(
                "found version {version}, expected {FORMAT}: a newer Neurarium wrote it"
            )),
        };
        Self {
            slot,
            name: name
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "Rescued.ron".to_owned()),
            time_ms: time_ms.filter(|time| time.is_finite()).unwrap_or(0.0),
            bytes: bytes.unwrap_or(0),
            fault,
        }
    }
}

/// Puts records in the order in which they are offered: the newest first.
pub(crate) fn sort(headings: &mut [Heading]) {
    headings.sort_by(|one, other| {
        let key = |heading: &Heading| Reverse(heading.time_ms.max(0.0).to_bits());
        (key(one), &one.slot).cmp(&(key(other), &other.slot))
    });
}

/// Of sorted records those that have to go, so that not too many and not too
/// large ones stay. The newest always stays.
pub(crate) fn surplus(sorted: &[Heading]) -> impl Iterator<Item = &Heading> {
    let mut sum: usize = 0;
    sorted
        .iter()
        .enumerate()
        .filter_map(move |(rank, heading)| {
            sum = sum.saturating_add(heading.bytes);
            let is_surplus = rank > 0 && (rank >= MOST_RECORDS || sum > MOST_BYTES);
            is_surplus.then_some(heading)
        })
}

/// The name of a slot nobody else has: made of the time and a drawn number.
pub(crate) fn slot(now_ms: f64, drawn: f64) -> String {
    // A drawn number is below one: 2⁵³ of them are told apart.
    format!(
        "{:.0}-{:014x}",
        now_ms,
        (drawn * 9_007_199_254_740_992.0) as u64
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(slot: &str, time_ms: f64, bytes: usize) -> Heading {
        Heading::of(
            slot.to_owned(),
            Some(1.0),
            Some("XOR.ron".to_owned()),
            Some(time_ms),
            Some(bytes),
        )
    }

    fn slots<'a>(headings: impl IntoIterator<Item = &'a Heading>) -> Vec<&'a str> {
        headings.into_iter().map(|it| it.slot.as_str()).collect()
    }

    #[test]
    fn the_newest_record_is_offered_first() {
        let mut headings = [("b", 5.0), ("a", 5.0), ("old", -1.0), ("new", 1e12)]
            .map(|(slot, time)| heading(slot, time, 1));
        sort(&mut headings);
        assert_eq!(slots(&headings), ["new", "a", "b", "old"]);
    }

    #[test]
    fn only_so_many_records_stay_and_the_oldest_go() {
        let mut headings: Vec<_> = (0..20)
            .map(|time| heading(&time.to_string(), f64::from(time), 1))
            .collect();
        sort(&mut headings);
        assert_eq!(slots(surplus(&headings)), ["3", "2", "1", "0"]);
    }

    #[test]
    fn only_so_many_bytes_stay_but_always_the_newest_record() {
        let mut headings = [
            heading("huge", 9.0, MOST_BYTES * 2),
            heading("small", 8.0, 1),
        ];
        sort(&mut headings);
        assert_eq!(slots(surplus(&headings)), ["small"]);
        headings[0].bytes = MOST_BYTES - 1;
        assert_eq!(surplus(&headings).count(), 0);
        headings[1].bytes = usize::MAX;
        assert_eq!(surplus(&headings).count(), 1);
    }

    #[test]
    fn a_record_of_any_other_shape_has_a_fault_and_a_name() {
        let broken = |version, bytes| Heading::of("s".to_owned(), version, None, None, bytes);
        let fault = |version, bytes| broken(version, bytes).fault;
        assert_eq!(fault(Some(1.0), Some(3)), None);
        assert_eq!(
            fault(Some(2.0), Some(3)).as_deref(),
            Some("found version 2, expected 1: a newer Neurarium wrote it")
        );
        assert_eq!(
            fault(None, Some(3)).as_deref(),
            Some("found no version, expected 1")
        );
        assert_eq!(
            fault(Some(1.0), None).as_deref(),
            Some("found no project in the record")
        );
        assert_eq!(broken(None, None).name, "Rescued.ron");
    }

    #[test]
    fn slots_of_the_same_moment_differ() {
        let now = 1_700_000_000_000.0;
        assert_eq!(slot(now, 0.0), "1700000000000-00000000000000");
        assert_ne!(slot(now, 0.25), slot(now, 0.25 + f64::EPSILON));
        assert_eq!(
            slot(now, 1.0 - f64::EPSILON / 2.0).len(),
            slot(now, 0.0).len()
        );
    }
}
