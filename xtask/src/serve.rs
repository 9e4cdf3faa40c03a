//! A small web server for the page on this machine.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use tiny_http::{Header, Request, Response, Server};

/// The port that is tried first when none is asked for.
const USUAL_PORT: u16 = 8080;

/// Serves `folder` until the program is ended; prints the address.
pub fn serve(folder: &Path, port: Option<u16>) -> anyhow::Result<()> {
    let listen = |port: u16| Server::http(("127.0.0.1", port));
    let server = match port {
        Some(port) => listen(port),
        // Zero is any port that is free.
        None => listen(USUAL_PORT).or_else(|_| listen(0)),
    }
    .map_err(|error| anyhow!("The page cannot be served: {error}"))?;
    let port = server.server_addr().to_ip().map_or(0, |it| it.port());
    println!("The page is at http://localhost:{port}/ (Ctrl+C ends it)");
    for request in server.incoming_requests() {
        let folder = folder.to_owned();
        // A browser asks for several files at once.
        std::thread::spawn(move || answer(request, &folder));
    }
    Ok(())
}

/// Answers one request; a browser that has gone away needs no answer.
fn answer(request: Request, folder: &Path) {
    let file = file_for(request.url(), folder)
        .and_then(|path| Some((File::open(&path).ok()?, mime_type(&path))));
    let _ = match file {
        Some((file, mime_type)) => {
            let mut response = Response::from_file(file);
            let headers = [
                ("Content-Type", mime_type),
                // The page is built again and again: the browser is to ask each time.
                ("Cache-Control", "no-cache"),
                // A frame without an origin of its own may load modules only with this.
                ("Access-Control-Allow-Origin", "*"),
            ];
            for (name, value) in headers {
                if let Ok(header) = Header::from_bytes(name, value) {
                    response.add_header(header);
                }
            }
            request.respond(response)
        }
        None => {
            request.respond(Response::from_string("There is nothing here.").with_status_code(404))
        }
    };
}

/// The file of `folder` that a request's address means, if there is one.
fn file_for(url: &str, folder: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.trim_start_matches('/');
    let is_plain = |part: &str| part != ".." && !part.contains(['\\', ':', '%']);
    if !path.split('/').all(is_plain) {
        return None;
    }
    let mut file = folder.join(path);
    if file.is_dir() {
        file.push("index.html");
    }
    file.is_file().then_some(file)
}

/// What a file is, by its name.
fn mime_type(path: &Path) -> &'static str {
    match path.extension().and_then(|it| it.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use anyhow::Context;

    use super::*;

    fn folder() -> anyhow::Result<PathBuf> {
        let folder = crate::shell::target_dir()?.join("tmp/xtask-serve/page");
        std::fs::create_dir_all(folder.join("webgl2"))?;
        std::fs::write(folder.join("index.html"), "")?;
        std::fs::write(folder.join("webgl2/neurarium_bg.wasm"), "")?;
        std::fs::write(folder.with_file_name("secret"), "")?;
        Ok(folder)
    }

    #[test]
    fn the_address_without_a_file_is_the_page() -> anyhow::Result<()> {
        let folder = folder()?;
        let page = Some(folder.join("index.html"));
        assert_eq!(file_for("/", &folder), page);
        assert_eq!(file_for("/?gpu=webgl2", &folder), page);
        let bundle = file_for("/webgl2/neurarium_bg.wasm?v=1", &folder);
        assert_eq!(bundle, Some(folder.join("webgl2/neurarium_bg.wasm")));
        Ok(())
    }

    #[test]
    fn nothing_outside_the_folder_is_served() -> anyhow::Result<()> {
        let folder = folder()?;
        for url in [
            "/../secret",
            "/webgl2/../../secret",
            "/%2e%2e/secret",
            "/..\\secret",
            "//../secret",
        ] {
            assert_eq!(file_for(url, &folder), None, "{url}");
        }
        Ok(())
    }

    #[test]
    fn a_browser_is_answered_with_bytes_type_and_leave_to_load_them() -> anyhow::Result<()> {
        let folder = folder()?;
        let server = Server::http("127.0.0.1:0").map_err(|error| anyhow!("{error}"))?;
        let address = server.server_addr().to_ip().context("it listens")?;
        let answering = std::thread::spawn(move || {
            for request in server.incoming_requests().take(2) {
                answer(request, &folder);
            }
        });
        let ask = |path: &str| -> anyhow::Result<String> {
            let mut stream = std::net::TcpStream::connect(address)?;
            write!(
                stream,
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )?;
            let mut text = String::new();
            stream.read_to_string(&mut text)?;
            Ok(text)
        };
        let program = ask("/webgl2/neurarium_bg.wasm?v=1")?;
        assert!(program.starts_with("HTTP/1.1 200 "), "{program}");
        for header in [
            "Content-Type: application/wasm",
            "Access-Control-Allow-Origin: *",
        ] {
            assert!(program.contains(header), "{program}");
        }
        assert!(ask("/nowhere")?.starts_with("HTTP/1.1 404 "));
        assert!(answering.join().is_ok());
        Ok(())
    }

    #[test]
    fn browsers_compile_only_what_is_called_wasm() {
        assert_eq!(
            mime_type(Path::new("a/neurarium_bg.wasm")),
            "application/wasm"
        );
        assert_eq!(
            mime_type(Path::new("page.js")),
            "text/javascript; charset=utf-8"
        );
    }
}
