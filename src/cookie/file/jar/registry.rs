//! Where Windows keeps the cookies of Internet Explorer: a value in the registry, which `reg.exe`
//! prints.

use std::path::PathBuf;

use crate::cookie::file::FileError;
#[cfg(windows)]
use crate::cookie::file::FormatError;

#[cfg(not(windows))]
pub(super) fn cookie_folder() -> Result<PathBuf, FileError> {
    Err(FileError::Unsupported { what: "the registry with the folder of Internet Explorer's cookies" })
}

#[cfg(windows)]
pub(super) fn cookie_folder() -> Result<PathBuf, FileError> {
    const KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders";
    // By its full name, so that no program of the same name is run that lies elsewhere.
    let system = std::env::var_os("SystemRoot").map(PathBuf::from).filter(|path| path.is_absolute());
    let program = system.unwrap_or_else(|| PathBuf::from(r"C:\Windows")).join(r"System32\reg.exe");
    let output = std::process::Command::new(&program).args(["query", KEY, "/v", "Cookies"]).output();
    let output = output.map_err(|error| FileError::io(Some(&program), "run", error))?;
    value_in(&output.stdout).ok_or_else(|| {
        FileError::format(None, FormatError::new("the registry does not say where Internet Explorer's cookies are"))
    })
}

/// The folder, in what `reg query` prints: the key, and below it `    Cookies    REG_SZ    C:\...`.
/// Windows XP has TABs between the three.
#[cfg(any(windows, test))]
fn value_in(printed: &[u8]) -> Option<PathBuf> {
    let value = str::from_utf8(printed).ok()?.lines().find_map(|line| {
        let (name, rest) = line.trim().split_once(char::is_whitespace)?;
        let value = rest.trim_start().strip_prefix("REG_SZ").filter(|_| name.eq_ignore_ascii_case("Cookies"))?;
        value.starts_with(char::is_whitespace).then(|| value.trim())
    });
    value.filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_found_in_what_reg_prints() {
        const KEY: &str = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders";
        for (sentence, printed, expected) in [
            (
                "Windows 7",
                format!("\r\n{KEY}\r\n    Cookies    REG_SZ    C:\\Users\\joe\\Cookies\r\n\r\n"),
                Some(r"C:\Users\joe\Cookies"),
            ),
            (
                "Windows XP, and a folder with blanks",
                format!(
                    "\r\n! REG.EXE VERSION 3.0\r\n\r\n{KEY}\r\n    Cookies\tREG_SZ\tC:\\Documents and Settings\\joe\r\n"
                ),
                Some(r"C:\Documents and Settings\joe"),
            ),
            ("another value before it", "  Cache  REG_SZ  C:\\x\n  cookies  REG_SZ  D:\\y\n".to_owned(), Some(r"D:\y")),
            ("a name that begins like it", "  CookiesOld  REG_SZ  C:\\x\n".to_owned(), None),
            ("a value to be expanded, which it never is", "  Cookies  REG_EXPAND_SZ  %X%\n".to_owned(), None),
            ("an empty value", "  Cookies  REG_SZ  \n".to_owned(), None),
            ("no such value", "ERROR: The system was unable to find the specified registry key.\n".to_owned(), None),
            ("nothing", String::new(), None),
        ] {
            assert_eq!(value_in(printed.as_bytes()), expected.map(PathBuf::from), "{sentence}");
        }
        assert_eq!(value_in(b"  Cookies  REG_SZ  C:\\\xfc\n"), None, "a code page that is not UTF-8");
    }

    #[cfg(not(windows))]
    #[test]
    fn other_systems_have_no_registry() {
        assert!(matches!(cookie_folder(), Err(FileError::Unsupported { .. })));
    }
}
