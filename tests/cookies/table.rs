//! Seventy small sentences about what goes where, in the manner of the tests of Go's cookiejar: the
//! row sets cookies from its URL, and each query is a URL and its `Cookie` header.

use super::*;

const H: &str = "http://www.host.test/";
const S: &str = "https://www.host.test/";

/// A sentence, a URL, its `Set-Cookie` headers, and queries.
type Short = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const ROWS: &[Short] = &[
    ("a session cookie", H, &["a=1"], &[(H, "a=1")]),
    ("two", H, &["a=1", "b=2"], &[(H, "a=1; b=2")]),
    ("the same name twice is one", H, &["a=1", "a=2"], &[(H, "a=2")]),
    ("overwriting keeps the place", H, &["a=1", "b=2", "a=3"], &[(H, "a=3; b=2")]),
    ("deleting and setting does not", H, &["a=1", "b=2", "a=; Max-Age=0", "a=3"], &[(H, "b=2; a=3")]),
    ("names have case", H, &["a=1", "A=2"], &[(H, "a=1; A=2")]),
    ("an empty value", H, &["a="], &[(H, "a=")]),
    ("no value", H, &["a"], &[(H, "a")]),
    ("no name and an empty value are two cookies", H, &["a", "a="], &[(H, "a; a=")]),
    ("no name", H, &["=1"], &[(H, "1")]),
    ("nothing", H, &["", ";", " ", "; Path=/"], &[(H, "")]),
    ("blanks around", H, &["  a  =  1  "], &[(H, "a=1")]),
    ("blanks inside", H, &["a b=c d"], &[(H, "a b=c d")]),
    ("equals signs in the value", H, &["a==1=="], &[(H, "a==1==")]),
    ("quotes stay", H, &["a=\"1\""], &[(H, "a=\"1\"")]),
    ("a lone quote stays", H, &["a=\"1"], &[(H, "a=\"1")]),
    ("a comma stays", H, &["a=1,b=2"], &[(H, "a=1,b=2")]),
    ("a semicolon ends even what is quoted", H, &["a=\"1;2\""], &[(H, "a=\"1")]),
    ("unknown attributes", H, &["a=1; b=2; c; =d; ;"], &[(H, "a=1")]),
    ("percent signs are not decoded", H, &["a%20=%3B"], &[(H, "a%20=%3B")]),
    ("Version=1 is a cookie like any other", H, &["a=1; Version=1"], &[(H, "a=1")]),
    ("so is Version=7", H, &["a=1; Version=7"], &[(H, "a=1")]),
    (
        "Port is an attribute like any unknown one",
        H,
        &["a=1; Port=443", "b=2; Port=\"443\"", "c=3; Port=x", "d=4; Port", "e=5; Port=\"80\""],
        &[(H, "a=1; b=2; c=3; d=4; e=5"), ("http://www.host.test:8080/", "a=1; b=2; c=3; d=4; e=5")],
    ),
    ("host-only: not below", H, &["a=1"], &[("http://x.www.host.test/", "")]),
    ("host-only: not above", H, &["a=1"], &[("http://host.test/", "")]),
    ("host-only: not beside", H, &["a=1"], &[("http://shop.host.test/", "")]),
    ("host-only: any port", H, &["a=1"], &[("http://www.host.test:8080/", "a=1")]),
    ("host-only: any scheme", H, &["a=1"], &[(S, "a=1"), ("wss://www.host.test/", "a=1")]),
    ("hosts have no case", "http://WWW.Host.TEST/", &["a=1"], &[(H, "a=1")]),
    ("a domain: the host", H, &["a=1; Domain=www.host.test"], &[(H, "a=1"), ("http://x.www.host.test/", "a=1")]),
    ("a domain: the parent", H, &["a=1; Domain=host.test"], &[("http://host.test/", "a=1"), (H, "a=1")]),
    ("a domain: its other children", H, &["a=1; Domain=host.test"], &[("http://x.y.host.test/", "a=1")]),
    ("a domain with a dot", H, &["a=1; Domain=.host.test"], &[("http://host.test/", "a=1")]),
    ("a domain in capitals", H, &["a=1; Domain=HOST.Test"], &[(H, "a=1")]),
    ("a domain with a port", H, &["a=1; Domain=host.test:80"], &[(H, "")]),
    ("a domain below", H, &["a=1; Domain=x.www.host.test"], &[(H, ""), ("http://x.www.host.test/", "")]),
    ("a domain beside", H, &["a=1; Domain=shop.host.test"], &[(H, ""), ("http://shop.host.test/", "")]),
    ("a domain that only ends alike", H, &["a=1; Domain=ost.test"], &[(H, "")]),
    ("a top-level domain", H, &["a=1; Domain=test", "b=1; Domain=.test"], &[(H, "")]),
    ("no domain but a dot", H, &["a=1; Domain=."], &[(H, "")]),
    ("two dots", H, &["a=1; Domain=..host.test"], &[(H, "")]),
    ("a dot behind", H, &["a=1; Domain=host.test."], &[(H, "")]),
    ("an empty domain", H, &["a=1; Domain="], &[(H, "a=1"), ("http://host.test/", "")]),
    ("with and without domain are two", H, &["a=1", "a=2; Domain=www.host.test"], &[(H, "a=1; a=2")]),
    ("the last domain counts", H, &["a=1; Domain=host.test; Domain=www.host.test"], &[("http://host.test/", "")]),
    ("an address", "http://1.2.3.4/", &["a=1"], &[("http://1.2.3.4/", "a=1"), ("http://2.3.4/", "")]),
    ("an address that names itself", "http://1.2.3.4/", &["a=1; Domain=1.2.3.4"], &[("http://1.2.3.4/", "a=1")]),
    ("an address with a dot", "http://1.2.3.4/", &["a=1; Domain=.1.2.3.4"], &[("http://1.2.3.4/", "a=1")]),
    ("a part of an address", "http://1.2.3.4/", &["a=1; Domain=3.4"], &[("http://1.2.3.4/", "")]),
    ("IPv6", "http://[::1]/", &["a=1"], &[("http://[::1]:81/", "a=1"), ("http://[::2]/", "")]),
    ("localhost", "http://localhost/", &["a=1"], &[("http://localhost:8080/", "a=1")]),
    ("localhost by name", "http://localhost/", &["a=1; Domain=localhost"], &[("http://localhost/", "a=1")]),
    ("the default path", "http://www.host.test/a/b", &["x=1"], &[("http://www.host.test/a/c", "x=1"), (H, "")]),
    ("the default path of a directory", "http://www.host.test/a/", &["x=1"], &[("http://www.host.test/a", "x=1")]),
    ("no path but a query", "http://www.host.test?/a/b", &["x=1"], &[(H, "x=1")]),
    ("a path", H, &["a=1; Path=/x"], &[("http://www.host.test/x/y?z", "a=1"), ("http://www.host.test/xy", "")]),
    (
        "a path with a slash",
        H,
        &["a=1; Path=/x/"],
        &[("http://www.host.test/x", ""), ("http://www.host.test/x/", "a=1")],
    ),
    ("a path has case", H, &["a=1; Path=/x"], &[("http://www.host.test/X", "")]),
    ("a path in two spellings", H, &["a=1; Path=/%7ex"], &[("http://www.host.test/%7Ex", "a=1")]),
    ("a path with a blank", H, &["a=1; Path=/x y"], &[("http://www.host.test/x%20y/", "a=1")]),
    ("a path in raw UTF-8", H, &["a=1; Path=/é"], &[("http://www.host.test/é", "a=1")]),
    ("an escaped slash is none", H, &["a=1; Path=/x"], &[("http://www.host.test/x%2fy", "")]),
    ("two paths are two cookies", H, &["a=1; Path=/", "a=2; Path=/x"], &[("http://www.host.test/x", "a=2; a=1")]),
    (
        "longer paths first",
        H,
        &["a=1; Path=/", "b=2; Path=/x/y", "c=3; Path=/x"],
        &[("http://www.host.test/x/y", "b=2; c=3; a=1")],
    ),
    ("older first", H, &["b=1", "a=2; Domain=host.test", "c=3"], &[(H, "b=1; a=2; c=3")]),
    ("Secure from https", S, &["a=1; Secure"], &[(S, "a=1"), (H, "")]),
    ("Secure from http", H, &["a=1; Secure"], &[(S, "")]),
    ("Secure with a value", S, &["a=1; secure=false"], &[(H, ""), (S, "a=1")]),
    ("HttpOnly is sent", H, &["a=1; HttpOnly"], &[(H, "a=1")]),
    ("SameSite is sent", S, &["a=1; SameSite=Strict; Secure"], &[(S, "a=1")]),
    ("Max-Age", H, &["a=1; Max-Age=1"], &[(H, "a=1")]),
    ("Max-Age=0", H, &["a=1", "a=1; Max-Age=0"], &[(H, "")]),
    ("Max-Age=0 with another path", H, &["a=1", "a=1; Max-Age=0; Path=/x"], &[(H, "a=1")]),
    ("an old date", H, &["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], &[(H, "")]),
    ("a date to come", H, &["a=1; Expires=Fri, 01 Jan 2038 00:00:00 GMT"], &[(H, "a=1")]),
    ("a bad date", H, &["a=1; Expires=Fri, 32 Jan 2038 00:00:00 GMT"], &[(H, "a=1")]),
    ("nothing is sent elsewhere", H, &["a=1; Domain=host.test"], &[("ftp://other.test/", ""), ("http://test/", "")]),
    ("no host, no cookie", "file:///x", &["a=1"], &[("file:///x", "")]),
];

#[test]
fn what_goes_where() {
    assert!(ROWS.len() >= 70, "{}", ROWS.len());
    for (sentence, url, headers, queries) in ROWS {
        let (jar, _) = jar();
        extract(&jar, url, headers);
        for (next, expected) in *queries {
            assert_eq!(next_cookie_header(&jar, next), *expected, "{sentence}: {next}\n{jar:?}");
        }
    }
}
