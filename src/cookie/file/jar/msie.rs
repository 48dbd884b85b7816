//! What a jar with the cookies of Internet Explorer can do beside what any jar with a file can.

use std::path::Path;

use super::delayed::DelayedStore;
use super::{FileCookieJar, registry};
use crate::cookie::file::{FileError, LoadReport, MsieFormat};

/// The cookies of Internet Explorer.
impl FileCookieJar<MsieFormat> {
    /// Sets the user whose cookies are loaded: [`MsieFormat::username`]. The original needed it on
    /// Windows 95, 98 and ME, where all users share a folder and there is no `USERNAME`.
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.format = self.format.username(name);
        self
    }

    /// Sets whether text files are read only when they are needed. Off.
    ///
    /// Then [`load`](Self::load) reads the index alone, and a host's text files are read when a
    /// request to it or to a host below it is made, when it sets a cookie, or when its cookies
    /// are looked up by hand. [`LoadReport::later`] says how many files there are. (A folder
    /// without an index is read at once, since only an index tells whose a file is.)
    ///
    /// What loops over the jar, counts it or saves it sees only the cookies that have been read,
    /// until [`read_all_cookies`](Self::read_all_cookies) is called. A file that cannot be read
    /// is not tried again; the log tells of it, and
    /// [`take_store_error`](crate::cookie::CookieJar::take_store_error).
    ///
    /// The jar inside is exchanged for one that has this over the same store. So let the opener
    /// have the jar afterwards: the old handle sees the same cookies, but reads no file.
    ///
    /// ```no_run
    /// use clientcookie::cookie::MsieCookieJar;
    /// use clientcookie::{HttpCookieProcessor, build_opener};
    ///
    /// let jar = MsieCookieJar::default().delayload(true);
    /// jar.load_from_registry()?;
    /// let opener = build_opener(HttpCookieProcessor::new(&jar));
    /// # Ok::<(), clientcookie::cookie::FileError>(())
    /// ```
    #[must_use]
    pub fn delayload(mut self, on: bool) -> Self {
        match (on, self.delayed.take()) {
            (true, Some(delayed)) => self.delayed = Some(delayed),
            (true, None) => self.delay(),
            (false, Some(delayed)) => self.jar = delayed.under().clone(),
            (false, None) => {}
        }
        self
    }

    /// Reads the text files that [`delayload`](Self::delayload) has left for later.
    pub fn read_all_cookies(&self) {
        if let Some(delayed) = &self.delayed {
            delayed.read_all();
        }
    }

    /// Loads one text file, whatever its name, to the cookies in the jar.
    ///
    /// # Errors
    /// As [`load`](Self::load), and if the file is an index.
    pub fn load_cookie_data(&self, path: impl AsRef<Path>) -> Result<LoadReport, FileError> {
        self.load_as_text(path.as_ref())
    }

    /// Loads the cookies of the user who is logged in, from where the registry of Windows says that
    /// they are: the `index.dat` of that folder, or all its text files if there is none.
    ///
    /// # Errors
    /// As [`load`](Self::load); [`FileError::Unsupported`] on other systems; and if `reg.exe`
    /// cannot be run, or does not tell the folder. A folder whose name has other than ASCII
    /// letters may not survive `reg.exe`: load it by name.
    pub fn load_from_registry(&self) -> Result<LoadReport, FileError> {
        let folder = registry::cookie_folder()?;
        let index = folder.join("index.dat");
        self.load_file(if index.is_file() { index } else { folder })
    }
}

impl<F> FileCookieJar<F> {
    /// Exchanges the jar for one that reads files later, over the same store.
    pub(super) fn delay(&mut self) {
        let delayed = DelayedStore::over(&self.jar);
        self.jar = self.jar.over(delayed.clone());
        self.delayed = Some(delayed);
    }
}
