//! From the jar into a file, or any writer.

use std::borrow::Borrow;
use std::io::Write;
use std::path::Path;

use super::{FileCookieJar, LwpCookieJar, TARGET};
use crate::cookie::Cookie;
use crate::cookie::file::{FileError, SaveReport, WriteFormat, check_size, lwp, save};

/// Saving.
impl<F: WriteFormat> FileCookieJar<F> {
    /// Saves the cookies to the file, in the place of what it held; its mode is 0600 then, whatever it was.
    ///
    /// A cookie that the format cannot hold is not saved; [`SaveReport::left_out`] has it, and the log.
    ///
    /// # Errors
    /// There is no file name, or the file cannot be written, or it would be larger than its limit, or it is a link, a
    /// folder or a pipe, or the store under the jar fails. What was there is there still.
    pub fn save(&self) -> Result<SaveReport, FileError> {
        self.save_file(self.remembered()?)
    }

    /// The same with the file of this name, which is not remembered.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_file(&self, path: impl AsRef<Path>) -> Result<SaveReport, FileError> {
        let path = path.as_ref();
        let (bytes, report) = self.written(Some(path))?;
        save::replace(path, &bytes, self.follow_symlinks)?;
        Ok(report)
    }

    /// Writes the same bytes to a writer.
    ///
    /// # Errors
    /// As [`save`](Self::save), but what the writer has taken before it failed is written.
    pub fn save_to(&self, mut writer: impl Write) -> Result<SaveReport, FileError> {
        let (bytes, report) = self.written(None)?;
        let written = writer.write_all(&bytes).and_then(|()| writer.flush());
        written.map_err(|error| FileError::io(None, "written", error))?;
        Ok(report)
    }

    fn written(&self, path: Option<&Path>) -> Result<(Vec<u8>, SaveReport), FileError> {
        let now = self.jar.now();
        let stored = self.jar.snapshot().map_err(|error| FileError::store(path, error))?;
        let all = sorted(stored.into_iter().map(|stored| stored.cookie));
        let cookies: Vec<Cookie> = all.iter().filter(|cookie| self.wants(cookie, now)).map(|c| (**c).clone()).collect();
        let written = self.format.write(&cookies).map_err(|error| FileError::format(path, error))?;
        check_size(written.bytes.len(), path, self.file_limit)?;
        for left_out in &written.left_out {
            let (name, reason) = (left_out.cookie.name_bytes().escape_ascii(), left_out.reason);
            log::warn!(target: TARGET, "cookie {name} not saved: {reason}");
        }
        let (saved, passed_over) = (cookies.len() - written.left_out.len(), all.len() - cookies.len());
        Ok((written.bytes, SaveReport { saved, passed_over, left_out: written.left_out }))
    }
}

impl LwpCookieJar {
    /// All cookies, expired and session cookies among them, as lines of an LWP file without its first line.
    ///
    /// ```
    /// use clientcookie::cookie::{Cookie, LwpCookieJar};
    ///
    /// let jar = LwpCookieJar::without_filename();
    /// jar.set_cookie(Cookie::new("sid", "31d4", "example.com"));
    /// let expected = "Set-Cookie3: sid=31d4; path=\"/\"; domain=\"example.com\"; discard; version=0\n";
    /// assert_eq!(jar.as_lwp_str(), expected);
    /// ```
    pub fn as_lwp_str(&self) -> String {
        let lines = sorted(self.jar.iter()).into_iter().map(|cookie| lwp::plain_line(&cookie));
        // Bytes that are not UTF-8 are escaped, so nothing is lost.
        lines.map(|line| String::from_utf8_lossy(&line).into_owned() + "\n").collect()
    }
}

/// By domain, path and name, so that two saves of the same cookies are the same file.
fn sorted<C: Borrow<Cookie>>(cookies: impl Iterator<Item = C>) -> Vec<C> {
    let mut cookies: Vec<C> = cookies.collect();
    cookies.sort_by(|one, other| one.borrow().key().cmp(&other.borrow().key()));
    cookies
}
