//! The looks a person can choose between.

use crate::Theme;

/// A look a person can choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Look {
    /// Dark or light, as the system has it.
    #[default]
    System,
    /// Deep ink.
    Dark,
    /// Warm paper.
    Light,
    /// White and strong colours on black.
    HighContrast,
    /// Colours that stay apart for every eye.
    ColourSafe,
}

impl Look {
    /// All of them, in the order they are offered in.
    pub const ALL: [Self; 5] = [
        Self::System,
        Self::Dark,
        Self::Light,
        Self::HighContrast,
        Self::ColourSafe,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "Follow the system",
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::HighContrast => "High contrast",
            Self::ColourSafe => "Colour-vision safe",
        }
    }

    /// What it is in one sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::System => "Light or dark, as the rest of your screen.",
            Self::Dark => "Show everything on deep ink.",
            Self::Light => "Show everything on warm paper.",
            Self::HighContrast => "White and strong colours on black.",
            Self::ColourSafe => "Colours that stay apart whichever of them your eyes confuse.",
        }
    }

    /// The word it is kept under.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::ColourSafe => "colour-safe",
        }
    }

    /// The look of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.word() == word)
    }

    /// The theme it shows, on a system that is light or dark.
    #[must_use]
    pub const fn theme(self, is_system_light: bool) -> Theme {
        match self {
            Self::System if is_system_light => Theme::light(),
            Self::System | Self::Dark => Theme::dark(),
            Self::Light => Theme::light(),
            Self::HighContrast => Theme::high_contrast(),
            Self::ColourSafe => Theme::colour_safe(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_is_found_by_the_word_it_is_kept_under() {
        for look in Look::ALL {
            assert_eq!(Look::of_word(look.word()), Some(look));
        }
        assert_eq!(Look::of_word("sepia"), None);
    }

    #[test]
    fn only_who_follows_the_system_changes_with_it() {
        for look in Look::ALL {
            let changes = look.theme(true) != look.theme(false);
            assert_eq!(changes, look == Look::System, "{look:?}");
        }
    }
}
