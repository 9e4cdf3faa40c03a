//! The CSV reader: bytes of any origin become a table that fits a network, or one sentence that says why not.

mod error;
mod fit;
mod read;
mod text;

pub use error::CsvError;
pub use fit::fit;
pub use read::{CsvTable, HeaderRow, read_csv};

/// The largest file that is read, in bytes: 256 MiB.
pub const MAX_CSV_BYTES: usize = 256 * 1024 * 1024;
/// The most rows of values that are read.
pub const MAX_CSV_ROWS: usize = 1_000_000;
/// The most columns that are read; a larger image belongs into a binary format.
pub const MAX_CSV_COLUMNS: usize = 100_000;
/// The most different texts, over all columns, that are taken for names of classes rather than for prose.
pub const MAX_CSV_CLASSES: usize = 65_536;
/// The most values a table made from a file may hold (1 GiB); only one-hot classes make it hold more than its file.
pub const MAX_CSV_VALUES: usize = 1 << 28;
