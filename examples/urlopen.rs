//! Opens URLs: the front door of the library, and a tool with the flags people know from curl.
//!
//! ```text
//! cargo run --example urlopen                          # a tour of a small site on this machine
//! cargo run --example urlopen -- -v http://localhost/  # open a URL and see both heads
//! cargo run --example urlopen -- --serve               # keep the small site up, to be asked from elsewhere
//! cargo run --example urlopen -- --help
//! ```

#[path = "urlopen/body.rs"]
mod body;
#[path = "urlopen/chain.rs"]
mod chain;
#[path = "urlopen/cookies.rs"]
mod cookies;
#[path = "urlopen/curl.rs"]
mod curl;
#[path = "urlopen/demo_site.rs"]
mod demo_site;
#[path = "urlopen/download.rs"]
mod download;
#[path = "urlopen/form.rs"]
mod form;
#[path = "urlopen/handlers.rs"]
mod handlers;
#[path = "urlopen/help.rs"]
mod help;
#[path = "urlopen/options.rs"]
mod options;
#[path = "urlopen/output.rs"]
mod output;
#[path = "urlopen/place.rs"]
mod place;
#[path = "urlopen/speed.rs"]
mod speed;
#[path = "urlopen/tour.rs"]
mod tour;
#[path = "urlopen/traces.rs"]
mod traces;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use clientcookie::{Error, ErrorKind, HttpErrorCause, OpenerDirector, Request, Response};
use env_logger::Env;

use options::{Command, Options, Output};
use output::{Shown, Transfer};
use place::with_scheme;
use traces::Traces;

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
            io::stdout().write_all(help::HELP.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Tour => tour::visit().map(|()| ExitCode::SUCCESS),
        Command::Serve => serve().map(|()| ExitCode::SUCCESS),
        Command::Open(options) => {
            let cookies = cookies::load(&options)?;
            let mut opener = chain::opener(&options, &cookies.jar)?;
            let traces = Traces::begin(&mut opener, &options)?;
            let code = open_all(&opener, &options);
            traces.end(&options)?;
            cookies.save(&options)?;
            Ok(code)
        }
    }
}

/// Keeps the small site up until somebody stops the program, or its stdin ends.
fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let site = demo_site::DemoSite::start()?;
    writeln!(io::stdout(), "{}", site.url("/"))?;
    let _ = writeln!(io::stderr(), "The small site is up; Ctrl-C or the end of stdin takes it down.");
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

/// What became of the URLs.
#[derive(Default)]
struct Outcomes {
    /// One was not answered, or its answer not shown.
    failed: bool,
    /// One was answered with an error.
    refused: bool,
}

impl Outcomes {
    fn code(&self) -> u8 {
        match self {
            Self { failed: true, .. } => 1,
            Self { refused: true, .. } => HTTP_ERROR,
            Self { .. } => 0,
        }
    }
}

/// Opens the URLs in order, whatever becomes of each. A failure weighs more than an answer that is
/// an error.
fn open_all(opener: &OpenerDirector, options: &Options) -> ExitCode {
    let mut outcomes = Outcomes::default();
    for index in 0..options.urls.len() {
        let goes_on = open_one(opener, options, index, &mut outcomes);
        if !goes_on {
            // Nobody reads on.
            break;
        }
    }
    ExitCode::from(outcomes.code())
}

/// Opens one URL, and shows and tells what became of it. Whether somebody still reads.
fn open_one(opener: &OpenerDirector, options: &Options, index: usize, outcomes: &mut Outcomes) -> bool {
    let url = &options.urls[index];
    let begun = Instant::now();
    let mut transfer = Transfer { url: url.clone(), number: index, ..Transfer::default() };
    let (answer, problem) = match fetch(opener, options, index, &mut transfer) {
        Ok(response) => (Some((response, None)), None),
        Err(error) => {
            let sentence = sentence(url, &error);
            let answer = error.into_http_error().ok().map(|error| {
                let cause = error.cause().clone();
                (error.into_response(), Some(cause))
            });
            (answer, Some(sentence))
        }
    };
    outcomes.refused |= answer.is_some() && problem.is_some();
    outcomes.failed |= answer.is_none();
    let shown = answer.map_or(Ok(()), |(mut response, cause)| {
        transfer.take_head(&response);
        show(&mut response, cause.as_ref(), options, &mut transfer)
    });
    outcomes.failed |= shown.is_err();
    let problem = match (problem, &shown) {
        (problem, Ok(())) => problem,
        (None, Err(error)) => Some(sentence(url, error)),
        (Some(problem), Err(error)) => Some(format!("{problem}; its page is not whole: {}", without_url(error))),
    };
    if let Some(problem) = &problem {
        complain(problem);
    }
    if let Some(format) = &options.write_out {
        transfer.total = begun.elapsed();
        transfer.exit_code = outcomes.code();
        transfer.error = problem.unwrap_or_default();
        outcomes.failed |= output::write_out(format, &transfer).is_err();
    }
    !matches!(shown, Err(error) if matches!(error.kind(), ErrorKind::Io(_)))
}

fn fetch(opener: &OpenerDirector, options: &Options, index: usize, transfer: &mut Transfer) -> Result<Response, Error> {
    let request = options.request(&options.urls[index])?;
    transfer.method = request.method().to_string();
    let file = match options.outputs.get(index) {
        None | Some(Output::Stdout) => return opener.open(request),
        Some(output) => download::name(output, &request, options)?,
    };
    transfer.file.clone_from(&file);
    download::to_file(opener, request, &file, options)
}

/// Shows an answer; what is not the site's own, but a proxy's or the library's, on stderr. The page
/// of an error goes where the body would have gone, but into no file that is gone on with.
fn show(
    response: &mut Response,
    cause: Option<&HttpErrorCause>,
    options: &Options,
    transfer: &mut Transfer,
) -> Result<(), Error> {
    let has_file = !transfer.file.as_os_str().is_empty();
    if cause.is_some() && (options.fail || (has_file && options.resume)) {
        return Ok(());
    }
    let shown = Shown::of(options);
    transfer.size = match cause {
        Some(HttpErrorCause::TunnelRefused | HttpErrorCause::RobotExclusion { .. }) => {
            output::show(response, shown, &mut io::stderr().lock())?
        }
        Some(_) if has_file => output::show(response, Shown::Body, &mut download::create(&transfer.file)?)?,
        _ => output::show(response, shown, &mut io::stdout().lock())?,
    };
    Ok(())
}

/// One sentence on stderr. If nobody listens there, there is nobody to tell.
fn complain(sentence: &str) {
    let _ = writeln!(io::stderr(), "error: {sentence}");
}

/// The error as a sentence that names a URL, and never the password in it: what was typed is not
/// shown as it was.
fn sentence(url: &str, error: &Error) -> String {
    match (error.url(), Request::new(&with_scheme(url))) {
        (None, Ok(request)) => format!("{}: {error}", request.url()),
        _ => error.to_string(),
    }
}

/// What went wrong, where the URL was told already.
fn without_url(error: &Error) -> String {
    match error.url() {
        Some(url) => error.to_string().trim_start_matches(url).trim_start_matches(": ").to_owned(),
        None => error.to_string(),
    }
}
