//! The program: a window, or a command without one.

use std::process::ExitCode;

fn main() -> ExitCode {
    neurarium::cli::run(
        std::env::args_os(),
        neurarium::app::open_window,
        neurarium::app::draw_picture,
    )
}
