//! A body that goes into a file, with a progress bar where somebody looks.

use std::path::Path;

use clientcookie::{OpenerDirector, Request, Response, Result, Retrieve};
use indicatif::{ProgressBar, ProgressStyle};

use crate::options::Options;

/// The answer, without its body: that is in the file.
pub fn to_file(opener: &OpenerDirector, request: Request, file: &Path, options: &Options) -> Result<Response> {
    let bar = bar(options.silent);
    let how = Retrieve::to(file).resume_others(options.resume).reporthook(|blocks, size, total| {
        let arrived = blocks.saturating_mul(size as u64);
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_position(total.map_or(arrived, |total| arrived.min(total)));
    });
    let retrieved = opener.retrieve(request, how);
    bar.finish_and_clear();
    let retrieved = retrieved?;
    Ok(Response::new(retrieved.url().clone(), retrieved.status(), retrieved.headers().clone(), ""))
}

/// On stderr; where that is no terminal, it is not drawn.
fn bar(silent: bool) -> ProgressBar {
    if silent {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
