//! The variables that name proxies.

/// A variable of this program's environment. What of it is no text becomes U+FFFD, which no host's
/// name holds.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The schemes that have a variable, `all` among them.
const SCHEMES: [&str; 4] = ["all", "ftp", "http", "https"];

/// For each scheme that has a proxy, its name, the variable's and the variable's value; and the
/// value of `no_proxy`.
pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> (Vec<(String, String, String)>, String) {
    let is_cgi = variable("REQUEST_METHOD").is_some();
    let found = SCHEMES.iter().filter_map(|scheme| {
        let (name, value) = either(&variable, &format!("{scheme}_proxy"), is_cgi && *scheme == "http")?;
        Some(((*scheme).to_owned(), name, value))
    });
    let proxies = found.collect();
    (proxies, either(&variable, "no_proxy", false).map(|(_, value)| value).unwrap_or_default())
}

/// The variable under this name, else in capitals. An empty one is none; in small letters it hides
/// the other.
fn either(variable: impl Fn(&str) -> Option<String>, name: &str, is_httpoxy: bool) -> Option<(String, String)> {
    // Windows does not tell the two apart.
    let small = if is_httpoxy && cfg!(windows) { None } else { variable(name) };
    let capitals = name.to_ascii_uppercase();
    let (name, value) = match small {
        Some(value) => (name.to_owned(), value),
        None if is_httpoxy => return None,
        None => {
            let value = variable(&capitals)?;
            (capitals, value)
        }
    };
    (!value.trim().is_empty()).then_some((name, value))
}
