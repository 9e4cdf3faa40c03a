//! The program that runs in the Web Worker: what `web/worker.js` calls.

#[cfg(target_family = "wasm")]
mod program;

/// In the browser: begins to listen to panics. Elsewhere there is nothing to do.
fn main() {
    #[cfg(target_family = "wasm")]
    program::tell_panics();
    #[cfg(not(target_family = "wasm"))]
    println!(
        "This program runs in a Web Worker; `cargo xtask web` builds the page that starts it."
    );
}
