//! A body that goes into a file, with a progress bar where somebody looks.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clientcookie::{Error, OpenerDirector, Request, Response, Result, Retrieve};
use indicatif::{ProgressBar, ProgressStyle};

use crate::options::{Options, Output};

/// The file's name; from a URL, what stands behind its last slash.
pub fn name(output: &Output, request: &Request, options: &Options) -> Result<PathBuf> {
    let name = match output {
        Output::Named(file) => file.as_path(),
        _ => Path::new(request.url().path().rsplit('/').next().unwrap_or_default()),
    };
    if name.as_os_str().is_empty() || (name.to_string_lossy().contains('\\') && matches!(output, Output::Remote)) {
        return Err(Error::other("-O finds no name for a file in the URL; give one with -o"));
    }
    let file = options.output_dir.join(name);
    if let Some(folder) = file.parent().filter(|_| options.create_dirs) {
        fs::create_dir_all(folder)
            .map_err(|error| Error::other(format!("the folder {folder:?} is not made: {error}")))?;
    }
    Ok(file)
}

/// The answer, without its body: that is in the file. What is there and no plain file (a pipe,
/// `/dev/null`) is written to; behind a link is the file that is meant.
pub fn to_file(opener: &OpenerDirector, request: Request, file: &Path, options: &Options) -> Result<Response> {
    let meant = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if fs::metadata(&meant).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let mut response = opener.open(request)?;
        io::copy(&mut response, &mut fs::File::options().write(true).open(&meant)?)?;
        return Ok(response);
    }
    let bar = bar(options.silent);
    let how = Retrieve::to(meant).resume_others(options.resume).reporthook(|blocks, size, total| {
        let arrived = blocks.saturating_mul(size as u64);
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_position(total.map_or(arrived, |total| arrived.min(total)));
    });
    let retrieved = opener.retrieve(request, how);
    bar.finish_and_clear();
    let retrieved = retrieved?;
    Ok(Response::new(retrieved.url().clone(), retrieved.status(), "")?.with_headers(retrieved.headers().clone()))
}

/// A file for the page of an error.
pub fn create(file: &Path) -> Result<fs::File> {
    fs::File::create(file).map_err(|error| Error::other(format!("the file {file:?} cannot be written: {error}")))
}

/// On stderr; where that is no terminal, it is not drawn.
fn bar(silent: bool) -> ProgressBar {
    if silent {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
