//! From the jar into a file, or any writer.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::{FileCookieJar, LwpCookieJar, TARGET};
use crate::cookie::file::{FileError, SaveReport, WriteFormat, check_size, lwp, save};
use crate::cookie::{Cookie, CookieJar, Reading, Stored};

/// Saving.
impl<F: WriteFormat> FileCookieJar<F> {
    /// Saves the cookies to the file, in the place of what it held; its mode is 0600 then, whatever
    /// it was.
    ///
    /// A cookie that the format cannot hold is not saved; [`SaveReport::left_out`] has it, and the
    /// log. A file from which a load has lost something is kept under another name:
    /// [`keep_backup`](Self::keep_backup).
    ///
    /// # Errors
    /// There is no file name, or the file cannot be written, or it would be larger than its limit,
    /// or it is a link, a folder or a pipe, or the store under the jar fails. What was there is
    /// there still.
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
        save::check(path, self.follow_symlinks)?;
        let backup = self.back_up(path)?;
        save::replace(path, &bytes, self.follow_symlinks)?;
        self.forget_losses(path);
        Ok(SaveReport { backup, ..report })
    }

    /// Whether the file's name is one to save to: that of a regular file, or of none in a folder
    /// that is there. A program that works for hours before it saves asks first.
    ///
    /// # Errors
    /// There is no file name, or it is that of a link, a folder, a pipe or a device, or its folder
    /// is not there.
    pub fn can_save(&self) -> Result<(), FileError> {
        save::check(self.remembered()?, self.follow_symlinks)
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
        let all = in_order(&self.jar, self.jar.snapshot().map_err(|error| FileError::store(path, error))?);
        let mut wanted = 0;
        let cookies =
            all.iter().map(|cookie| &**cookie).filter(|cookie| self.wants(cookie, now)).inspect(|_| wanted += 1);
        let written = self.format.write(cookies).map_err(|error| FileError::format(path, error))?;
        check_size(written.bytes.len(), path, self.file_limit)?;
        for left_out in &written.left_out {
            let (name, reason) = (left_out.cookie.name_bytes().escape_ascii(), left_out.reason);
            log::warn!(target: TARGET, "cookie {name} not saved: {reason}");
        }
        let (saved, passed_over) = (wanted - written.left_out.len(), all.len() - wanted);
        Ok((written.bytes, SaveReport { saved, passed_over, left_out: written.left_out, backup: None }))
    }
}

impl LwpCookieJar {
    /// All cookies, expired and session cookies among them, as lines of an LWP file without its
    /// first line.
    ///
    /// ```
    /// use clientcookie::cookie::{Cookie, LwpCookieJar};
    ///
    /// let jar = LwpCookieJar::without_filename();
    /// jar.set_cookie(Cookie::new("sid", "31d4", "example.com"));
    /// let expected =
    ///     "Set-Cookie3: sid=31d4; path=\"/\"; domain=\"example.com\"; discard; version=0\n";
    /// assert_eq!(jar.as_lwp_str(), expected);
    /// ```
    pub fn as_lwp_str(&self) -> String {
        let mut lines = Vec::new();
        for cookie in in_order(&self.jar, self.jar.snapshot().unwrap_or_default()) {
            lwp::write_line(&cookie, &mut lines);
            lines.push(b'\n');
        }
        // Bytes that are not UTF-8 are escaped, so nothing is lost.
        String::from_utf8_lossy(&lines).into_owned()
    }
}

/// In the order of their creation, so that a jar that loads them sends them in the same one (RFC
/// 6265 section 5.4); and as the original had them, by domain, path and name, in a jar that reads
/// as the original did.
fn in_order(jar: &CookieJar, stored: Vec<Stored>) -> Vec<Arc<Cookie>> {
    let mut cookies: Vec<Arc<Cookie>> = stored.into_iter().map(|stored| stored.cookie).collect();
    if jar.policy().protocols().reading == Reading::Classic {
        cookies.sort_by(|one, other| one.key().cmp(&other.key()));
    }
    cookies
}
