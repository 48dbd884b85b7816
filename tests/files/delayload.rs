//! Internet Explorer's text files, read when a request first needs them.

use std::sync::Mutex;
use std::thread;

use super::msie::{cookie, index, url};
use super::*;

/// A folder with a text file for each place, and a jar that has loaded its index alone.
fn delayed(name: &str, places: &[&str]) -> (Folder, MsieCookieJar) {
    let folder = Folder::new(name);
    let mut records = Vec::new();
    for (i, place) in places.iter().enumerate() {
        let (host, file) = (place.split('/').next().unwrap(), format!("{i}.txt"));
        records.push(url(&format!("Cookie:joe@{host}/"), &file));
        fs::write(folder.file(&file), cookie(&format!("n{i}"), "file", place)).unwrap();
    }
    fs::write(folder.file("index.dat"), index(&records)).unwrap();
    let jar = MsieCookieJar::new(folder.file("index.dat")).with_jar(&memory()).delayload(true);
    let report = jar.load().unwrap();
    assert_eq!((report.stored, report.later, jar.len()), (0, places.len(), 0), "only the index was read");
    (folder, jar)
}

fn set(jar: &CookieJar, set_cookie: &str, url: &str) -> Result<(), Refusal> {
    jar.set_from_str(set_cookie, &url::Url::parse(url).unwrap())
}

#[test]
fn a_file_is_read_when_its_host_is_asked_for_and_once() {
    let (folder, jar) = delayed("delay-once", &["a.test/", "a.test/x", "www.a.test/", "b.test/"]);
    assert_eq!(header(&jar, "http://c.test/"), "");
    assert_eq!(jar.len(), 0, "of another host nothing is read");
    assert_eq!(header(&jar, "http://a.test/x"), "n1=file; n0=file", "all files of the host");
    assert_eq!(jar.len(), 2, "and of no other");
    (0..2).for_each(|i| fs::remove_file(folder.file(&format!("{i}.txt"))).unwrap());
    assert_eq!(header(&jar, "http://a.test/x"), "n1=file; n0=file");
    assert!(jar.take_store_error().is_none(), "the files were not asked for again");
    assert_eq!(header(&jar, "http://www.a.test/"), "n2=file");
    jar.read_all_cookies();
    assert_eq!(jar.len(), 4);
    assert_eq!(header(&jar, "http://b.test/"), "n3=file");
}

#[test]
fn a_file_of_a_parent_is_read_too() {
    let (_folder, jar) = delayed("delay-parent", &[".a.test/"]);
    assert_eq!(header(&jar, "http://x.y.a.test/"), "n0=file");
}

#[test]
fn a_file_that_cannot_be_read_is_reported_once_and_keeps_no_other_back() {
    let (folder, jar) = delayed("delay-broken", &["a.test/", "a.test/", "b.test/", "c.test/"]);
    fs::remove_file(folder.file("0.txt")).unwrap();
    fs::write(folder.file("2.txt"), "nonsense\n").unwrap();
    assert_eq!(header(&jar, "http://a.test/"), "n1=file");
    let error = jar.take_store_error().unwrap().to_string();
    assert!(error.contains("0.txt: cannot be read: "), "{error}");
    assert_eq!((header(&jar, "http://a.test/"), jar.take_store_error().is_none()), ("n1=file".to_owned(), true));
    jar.read_all_cookies();
    let error = jar.take_store_error().unwrap().to_string();
    assert!(error.ends_with("2.txt: line 1: not a cookie file of Internet Explorer: it is cut off"), "{error}");
    assert_eq!(jar.len(), 2);
}

#[test]
fn what_a_server_or_the_user_sets_is_newer_than_the_file() {
    let (_folder, jar) = delayed("delay-newer", &["a.test/", "b.test/", "c.test/"]);
    set(&jar, "n0=server; Path=/", "http://a.test/").unwrap();
    jar.set_cookie(Cookie::new("n1", "user", "b.test"));
    assert_eq!(jar.remove("c.test", "/", "n2").unwrap().value(), b"file");
    jar.read_all_cookies();
    assert_eq!(header(&jar, "http://a.test/"), "n0=server");
    assert_eq!(header(&jar, "http://b.test/"), "n1=user");
    assert_eq!(header(&jar, "http://c.test/"), "");
}

#[test]
fn a_file_with_cookies_of_others_does_not_replace_theirs() {
    let (folder, jar) = delayed("delay-others", &["a.test/"]);
    let both = cookie("n", "file", "b.test/") + &cookie("m", "file", "b.test/");
    fs::write(folder.file("0.txt"), both).unwrap();
    set(&jar, "n=server; Path=/", "http://b.test/").unwrap();
    assert_eq!(header(&jar, "http://a.test/"), "");
    assert_eq!(header(&jar, "http://b.test/"), "n=server; m=file");
}

#[test]
fn secure_cookies_that_are_still_in_files_are_guarded() {
    let (folder, jar) = delayed("delay-secure", &["www.a.test/", "xa.test/"]);
    let secure = |file: &str| {
        let text = fs::read_to_string(folder.file(file)).unwrap().replace("1024", "1025");
        fs::write(folder.file(file), text).unwrap();
    };
    secure("0.txt");
    secure("1.txt");
    let answer = set(&jar, "n0=evil; Domain=a.test; Path=/", "http://a.test/");
    assert_eq!(answer, Err(Refusal::ShadowsSecure));
    assert_eq!(jar.len(), 1, "those of the names below, and of no other");
}

#[test]
fn looking_up_and_clearing_a_domain_reads_its_files() {
    let (_folder, jar) = delayed("delay-look", &["a.test/", "b.test/", "c.test/"]);
    assert!(jar.get("a.test", "/", "n0").is_some());
    assert_eq!(jar.clear_domain("b.test").unwrap(), 1);
    assert_eq!(header(&jar, "http://b.test/"), "");
    jar.clear();
    jar.read_all_cookies();
    assert!(jar.is_empty(), "what is cleared does not come back from files");
    jar.load().unwrap();
    assert_eq!(header(&jar, "http://c.test/"), "n2=file", "unless it is loaded again");
}

#[test]
fn revert_forgets_what_is_still_to_be_read() {
    let (folder, jar) = delayed("delay-revert", &["a.test/", "b.test/"]);
    assert_eq!(header(&jar, "http://a.test/"), "n0=file");
    fs::write(folder.file("index.dat"), index(&[url("Cookie:joe@b.test/", "0.txt")])).unwrap();
    let report = jar.revert().unwrap();
    assert_eq!((report.later, jar.len()), (1, 0));
    jar.read_all_cookies();
    assert_eq!(jar.len(), 1);
}

#[test]
fn expired_cookies_are_passed_over_unless_asked_for() {
    let (folder, jar) = delayed("delay-expired", &["a.test/"]);
    let past = fs::read_to_string(folder.file("0.txt")).unwrap().replace("32108254", "29000000");
    fs::write(folder.file("0.txt"), &past).unwrap();
    jar.read_all_cookies();
    assert_eq!(jar.len(), 0);
    let jar = jar.ignore_expires(true);
    jar.load().unwrap();
    jar.read_all_cookies();
    assert_eq!(jar.len(), 1);
}

#[test]
fn the_setting_can_be_made_before_and_after_that_of_the_jar_and_taken_back() {
    let (folder, _) = delayed("delay-order", &["a.test/"]);
    let new = || MsieCookieJar::new(folder.file("index.dat"));
    let under = memory();
    for jar in [new().delayload(true).with_jar(&under), new().with_jar(&under).delayload(true)] {
        assert_eq!(jar.load().unwrap().later, 1);
        assert_eq!(header(&under, "http://a.test/"), "", "the jar below reads no file");
        assert_eq!(header(&jar, "http://a.test/"), "n0=file");
        assert_eq!(header(&under, "http://a.test/"), "n0=file", "but has the same cookies");
        under.clear();
    }
    let report = new().with_jar(&under).delayload(true).delayload(false).load().unwrap();
    assert_eq!((report.stored, report.later, under.len()), (1, 0, 1));
}

#[test]
fn a_clone_and_an_opener_have_the_same_files() {
    let (_folder, jar) = delayed("delay-clone", &["a.test/"]);
    let plain: CookieJar = jar.jar().clone();
    assert_eq!(header(&plain, "http://a.test/"), "n0=file");
    assert_eq!(jar.clone().len(), 1);
}

/// Looks into the jar whenever it is asked whether a cookie can be stored.
struct Curious(Arc<Mutex<Option<CookieJar>>>, DefaultCookiePolicy);

impl CookiePolicy for Curious {
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.1.set_ok(cookie, transaction)
    }
    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.1.return_ok(cookie, transaction)
    }
    fn storable(&self, cookie: &Cookie) -> Result<(), Refusal> {
        let jar = self.0.lock().unwrap().clone();
        assert!(jar.is_none_or(|jar| jar.get(cookie.domain(), cookie.path_bytes(), cookie.name_bytes()).is_none()));
        self.1.storable(cookie)
    }
}

#[test]
fn a_policy_may_look_into_the_jar_while_a_file_is_read() {
    let (folder, _) = delayed("delay-curious", &["a.test/", "a.test/x"]);
    let known = Arc::new(Mutex::new(None));
    let under = memory();
    under.set_policy(Curious(known.clone(), DefaultCookiePolicy::new()));
    let jar = MsieCookieJar::new(folder.file("index.dat")).with_jar(&under).delayload(true);
    jar.load().unwrap();
    *known.lock().unwrap() = Some(jar.jar().clone());
    assert_eq!(header(&jar, "http://a.test/x"), "n1=file; n0=file");
    *known.lock().unwrap() = None;
}

#[test]
fn threads_that_need_the_same_file_all_get_its_cookies() {
    let places: Vec<String> = (0..20).map(|i| format!("h{i}.test/")).collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let (_folder, jar) = delayed("delay-threads", &places);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for i in 0..20 {
                    assert_eq!(header(&jar, &format!("http://h{i}.test/")), format!("n{i}=file"));
                    jar.set_cookie(Cookie::new(format!("n{i}"), "file", format!("h{i}.test")));
                }
            });
        }
        scope.spawn(|| jar.read_all_cookies());
    });
    assert_eq!((jar.len(), jar.take_store_error().is_none()), (20, true));
}
