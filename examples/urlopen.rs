//! Opens URLs: the front door of the library, and a tool with the flags people know from curl.
//!
//! ```text
//! cargo run --example urlopen                          # a tour of a small site on this machine
//! cargo run --example urlopen -- -v http://localhost/  # open a URL and see both heads
//! cargo run --example urlopen -- --help
//! ```

#[path = "urlopen/chain.rs"]
mod chain;
#[path = "urlopen/cookies.rs"]
mod cookies;
#[path = "urlopen/demo_site.rs"]
mod demo_site;
#[path = "urlopen/download.rs"]
mod download;
#[path = "urlopen/options.rs"]
mod options;
#[path = "urlopen/tour.rs"]
mod tour;

use std::io::{self, Read, Write};
use std::process::ExitCode;

use clientcookie::{Error, ErrorKind, HttpError, OpenerDirector, Request, Response};
use env_logger::Env;

use options::{Command, Options};

/// What `--debug` shows.
const DEBUG: &str = "clientcookie::http_redirects=info,clientcookie::http_responses=info";

/// What curl's `--fail` exits with when a server answered with an error.
const HTTP_ERROR: u8 = 22;

fn main() -> ExitCode {
    match Options::parse().and_then(run) {
        Ok(code) => code,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let debug = matches!(&command, Command::Open(options) if options.debug);
    // RUST_LOG=clientcookie=debug shows what goes on inside.
    env_logger::Builder::from_env(Env::default().default_filter_or(if debug { DEBUG } else { "error" })).init();
    match command {
        Command::Help => {
            io::stdout().write_all(options::HELP.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Tour => tour::visit().map(|()| ExitCode::SUCCESS),
        Command::Open(options) => {
            let cookies = cookies::load(&options)?;
            let opener = chain::opener(&options, &cookies.jar)?;
            let code = open_all(&opener, &options);
            cookies.save(&options)?;
            Ok(code)
        }
    }
}

/// Opens the URLs in order, whatever becomes of each. A failure weighs more than an answer that is an error.
fn open_all(opener: &OpenerDirector, options: &Options) -> ExitCode {
    let (mut failed, mut refused) = (false, false);
    for (index, url) in options.urls.iter().enumerate() {
        let outcome = options.request(url).and_then(|request| match options.outputs.get(index) {
            Some(file) => download::to_file(opener, request, file, options),
            None => opener.open(request),
        });
        let (response, error) = match outcome {
            Ok(response) => (Some(response), None),
            Err(error) => {
                let sentence = sentence(url, &error);
                // An error that is an answer is shown like one.
                (error.into_http_error().ok().map(HttpError::into_response), Some(sentence))
            }
        };
        refused |= response.is_some() && error.is_some();
        failed |= response.is_none();
        let shown = response.map_or(Ok(()), |mut response| show(&mut response, options.silent));
        if let Err(error) = &shown {
            failed = true;
            complain(&sentence(url, error));
        }
        if let Some(error) = error {
            complain(&error);
        }
        if matches!(&shown, Err(error) if matches!(error.kind(), ErrorKind::Io(_))) {
            // Nobody reads on.
            break;
        }
    }
    match (failed, refused) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(HTTP_ERROR),
        (false, false) => ExitCode::SUCCESS,
    }
}

/// One sentence on stderr. If nobody listens there, there is nobody to tell.
fn complain(sentence: &str) {
    let _ = writeln!(io::stderr(), "error: {sentence}");
}

/// The error as a sentence that names a URL, and never the password in it: what was typed is not shown as it was.
fn sentence(url: &str, error: &Error) -> String {
    match (error.url(), Request::new(url)) {
        (None, Ok(request)) => format!("{}: {error}", request.url()),
        _ => error.to_string(),
    }
}

/// The final URL, the status, the headers as received, an empty line, the body; or the body alone.
fn show(response: &mut Response, silent: bool) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    if !silent {
        writeln!(out, "{}", response.url())?;
        writeln!(out, "{} {}", response.status().as_u16(), response.reason().escape_debug())?;
        writeln!(out, "{}", response.headers())?;
    }
    let mut buffer = vec![0; 64 * 1024];
    loop {
        // What has arrived is shown before the next bytes are waited for.
        let amount = response.read(&mut buffer)?;
        if amount == 0 {
            break;
        }
        out.write_all(&buffer[..amount])?;
        out.flush()?;
    }
    Ok(out.flush()?)
}
