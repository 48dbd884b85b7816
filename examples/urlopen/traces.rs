//! `--trace`, `--trace-html` and `--har`: what the opener did, written down.

use std::error::Error as StdError;

use clientcookie::OpenerDirector;

use crate::options::Options;

/// What is kept while URLs are opened.
#[cfg(feature = "trace")]
pub struct Traces(Option<clientcookie::trace::Trace>);

#[cfg(feature = "trace")]
impl Traces {
    /// Lets the opener be observed, if that is asked for.
    pub fn begin(opener: &mut OpenerDirector, options: &Options) -> Result<Self, Box<dyn StdError>> {
        if !options.wants_trace() {
            return Ok(Self(None));
        }
        if cfg!(not(feature = "har")) && options.har.is_some() {
            return Err("--har needs the feature har".into());
        }
        let trace = clientcookie::trace::Trace::new().secrets(options.verbose > 1).bodies(1 << 20);
        opener.observe(trace.clone());
        Ok(Self(Some(trace)))
    }

    /// Writes it down.
    pub fn end(self, options: &Options) -> Result<(), Box<dyn StdError>> {
        use std::io::{IsTerminal, Write};
        let Some(trace) = self.0 else {
            return Ok(());
        };
        if options.trace {
            let mut stderr = std::io::stderr().lock();
            // https://no-color.org: whatever its value, if there is one.
            let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            match stderr.is_terminal() && !is_plain {
                true => write!(stderr, "{}", trace.coloured())?,
                false => write!(stderr, "{trace}")?,
            }
        }
        if let Some(file) = &options.trace_html {
            std::fs::write(file, trace.html())?;
        }
        #[cfg(feature = "har")]
        if let Some(file) = options.har.as_ref().filter(|_| !options.replay && options.record.is_none()) {
            std::fs::write(file, trace.har())?;
        }
        Ok(())
    }
}

/// Nothing, where the library was built without it.
#[cfg(not(feature = "trace"))]
pub struct Traces;

#[cfg(not(feature = "trace"))]
impl Traces {
    pub fn begin(_: &mut OpenerDirector, options: &Options) -> Result<Self, Box<dyn StdError>> {
        match options.wants_trace() {
            true => Err("--trace, --trace-html and --har need the features trace and har".into()),
            false => Ok(Self),
        }
    }

    pub fn end(self, _: &Options) -> Result<(), Box<dyn StdError>> {
        Ok(())
    }
}
