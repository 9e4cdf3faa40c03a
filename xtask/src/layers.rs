//! The floors of the house: which crates may use which, and which stay free of Bevy.

use std::collections::BTreeMap;

use crate::shell;

/// A crate of the workspace and what it promises.
struct Resident {
    name: &'static str,
    /// It may use crates of lower floors only.
    floor: u8,
    /// Bevy is nowhere in its dependency tree.
    is_bevy_free: bool,
}

const fn free(name: &'static str, floor: u8) -> Resident {
    Resident {
        name,
        floor,
        is_bevy_free: true,
    }
}

const fn with_bevy(name: &'static str, floor: u8) -> Resident {
    Resident {
        name,
        floor,
        is_bevy_free: false,
    }
}

/// Every crate there is or will be; those that do not exist yet are passed over.
const HOUSE: &[Resident] = &[
    free("network", 0),
    free("datasets", 0),
    free("theme", 0),
    free("geometry", 0),
    free("xtask", 0),
    free("project", 1),
    free("engine", 2),
    free("worker", 3),
    free("examples", 3),
    with_bevy("graph", 3),
    with_bevy("training", 4),
    with_bevy("canvas", 4),
    with_bevy("controls", 4),
    with_bevy("storage", 4),
    with_bevy("panels", 5),
    with_bevy("kiosk", 5),
    with_bevy("neurarium", 6),
];

/// One sentence for each promise that is broken; none when the house stands.
pub fn offences() -> anyhow::Result<Vec<String>> {
    let tree = shell::output(shell::cargo().args([
        "tree",
        "--workspace",
        "--edges=normal,build",
        "--depth=1",
        "--prefix=depth",
        "--no-dedupe",
    ]))?;
    let uses = uses_in(&tree);
    let mut offences = floor_offences(&uses);
    for resident in HOUSE {
        if !resident.is_bevy_free || !uses.contains_key(resident.name) {
            continue;
        }
        // One crate at a time: together, the crates would switch on each other's features.
        let tree = shell::output(shell::cargo().args([
            "tree",
            "--package",
            resident.name,
            "--edges=normal",
            "--prefix=none",
        ]))?;
        offences.extend(bevy_in(&tree).map(|bevy| {
            let name = resident.name;
            format!("`{name}` must stay free of Bevy, but its dependency tree holds `{bevy}`")
        }));
    }
    Ok(offences)
}

/// Which crates of the workspace each of them uses directly, by the output of `cargo tree` with the
/// depth before each line.
fn uses_in(tree: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut user = None;
    for line in tree.lines().filter(|line| is_local(line)) {
        let name = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(name) = name.split(' ').next() else {
            continue;
        };
        if line.starts_with('0') {
            uses.entry(name).or_default();
            user = Some(name);
        } else if let Some(user) = user {
            uses.entry(user).or_default().push(name);
        }
    }
    uses
}

/// Whether a line of `cargo tree` ends in a path, as it does for crates of the workspace.
fn is_local(line: &str) -> bool {
    line.split_once(" (")
        .is_some_and(|(_, rest)| rest.contains(['/', '\\']))
}

/// The uses that go up or sideways in the house, and the crates that have no place in it.
fn floor_offences(uses: &BTreeMap<&str, Vec<&str>>) -> Vec<String> {
    let floor = |name: &str| {
        let resident = HOUSE.iter().find(|resident| resident.name == name)?;
        Some(resident.floor)
    };
    let mut offences = Vec::new();
    for (user, used) in uses {
        let Some(user_floor) = floor(user) else {
            offences.push(format!("`{user}` has no floor in xtask/src/layers.rs yet"));
            continue;
        };
        // A used crate without a floor is reported once, as a user.
        for (name, used_floor) in used.iter().filter_map(|name| Some((name, floor(name)?))) {
            if used_floor >= user_floor {
                offences.push(format!(
                    "`{user}` on floor {user_floor} must not use `{name}` on floor {used_floor}: \
                     a crate may use crates of lower floors only"
                ));
            }
        }
    }
    offences
}

/// The first crate of Bevy in the output of `cargo tree` without prefixes.
fn bevy_in(tree: &str) -> Option<&str> {
    let line = tree.lines().find(|line| line.starts_with("bevy"))?;
    line.split(' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "\
0canvas v0.1.0 (/home/me/neurarium/plugins/canvas)
1bevy v0.19.1
1graph v0.1.0 (/home/me/neurarium/plugins/graph)
1serde_derive v1.0.0 (proc-macro)
1theme v0.1.0 (/home/me/neurarium/plugins/theme)

0graph v0.1.0 (/home/me/neurarium/plugins/graph)
[build-dependencies]
1project v0.1.0 (/home/me/neurarium/plugins/project)
";

    #[test]
    fn the_tree_tells_which_crates_of_the_workspace_use_which() {
        let expected = BTreeMap::from([
            ("canvas", vec!["graph", "theme"]),
            ("graph", vec!["project"]),
        ]);
        assert_eq!(uses_in(TREE), expected);
    }

    #[test]
    fn using_lower_floors_is_no_offence() {
        assert_eq!(floor_offences(&uses_in(TREE)), Vec::<String>::new());
    }

    #[test]
    fn using_a_higher_or_the_same_floor_is_named() {
        let uses = BTreeMap::from([("network", vec!["datasets"]), ("project", vec!["graph"])]);
        let offences = floor_offences(&uses);
        assert_eq!(offences.len(), 2);
        assert!(offences[0].starts_with("`network` on floor 0 must not use `datasets` on floor 0"));
        assert!(offences[1].starts_with("`project` on floor 1 must not use `graph` on floor 3"));
    }

    #[test]
    fn a_crate_without_a_floor_is_named() {
        let offences = floor_offences(&BTreeMap::from([("attic", vec!["network"])]));
        assert_eq!(
            offences,
            ["`attic` has no floor in xtask/src/layers.rs yet"]
        );
    }

    #[test]
    fn bevy_is_found_deep_in_a_tree() {
        let tree = "theme v0.1.0 (/home/me/plugins/theme)\nserde v1.0.0\nbevy_color v0.19.1\n";
        assert_eq!(bevy_in(tree), Some("bevy_color"));
        assert_eq!(bevy_in("theme v0.1.0\nserde v1.0.0\n"), None);
    }
}
