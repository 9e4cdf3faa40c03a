//! The program: a window, a command without one, or a page in the browser.

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    neurarium::cli::run(
        std::env::args_os(),
        neurarium::app::open_window,
        neurarium::app::draw_picture,
    )
}

#[cfg(target_family = "wasm")]
fn main() {
    neurarium::app::open_page();
}
