//! Any text as a list of hosts and as a proxy: nothing panics, what a list names is named by it
//! twice, and the errors show no password.

use clientcookie::transport::Proxy;
use clientcookie::{NoProxy, Request};

pub fn run(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let (list, host) = text.split_once('\n').unwrap_or((text, "www.example.com"));
    let named = NoProxy::new(list).matches(host, 80);
    assert_eq!(NoProxy::new(&format!("{list},{list}")).matches(host, 80), named);
    let has_labels = |host: &str| host.strip_suffix('.').unwrap_or(host).split('.').all(|label| !label.is_empty());
    if let Some(request) = Request::new(&format!("http://{host}/")).ok().filter(|request| has_labels(request.host())) {
        assert!(NoProxy::new(request.host()).matches(request.host(), 80), "a host names itself");
    }
    if let Ok(proxy) = Proxy::new(list) {
        assert!(proxy.url().username().is_empty() && proxy.url().password().is_none());
    }
}
