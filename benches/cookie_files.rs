//! What cookie files cost: loading and saving 100,000 cookies of 10,000 hosts, compared with
//! Python, libcurl and the `cookie_store` crate.
//!
//! `cargo bench --bench cookie_files` prints ratios of CPU time to peers that took turns in the
//! same run; absolute figures are for orientation. Each peer measures its own load, without its
//! start. libcurl is asked by a C program, which takes `cc` and libcurl's headers; a peer that is
//! not there is skipped, and said so.
//!
//! The data are ten cookies a host, half of them for the hosts below as well, all persistent, with
//! values of 34 characters.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, thread};

use clientcookie::cookie::{Cookie, CookieFormat, CookieJar, FileCookieJar, LwpFormat, MozillaFormat, WriteFormat};
use cookie_store::CookieStore;
use url::Url;

const COOKIES: usize = 100_000;
const COOKIES_A_HOST: usize = 10;
const ROUNDS: usize = 5;

/// 2100-01-01 00:00:00 UTC.
const EXPIRES: i64 = 4_102_444_800;

fn main() {
    let folder = env::temp_dir().join(format!("cookie_files-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for temporary files");
    let jar = filled();
    let (mozilla, lwp) = (folder.join("cookies.txt"), folder.join("cookies.lwp"));
    FileCookieJar::with_format(MozillaFormat::new()).with_jar(&jar).save_file(&mozilla).expect("a file");
    FileCookieJar::with_format(LwpFormat::new()).with_jar(&jar).file_limit(usize::MAX).save_file(&lwp).expect("a file");

    let store = store_of(&jar);
    let mut json = Vec::new();
    cookie_store::serde::json::save(&store, &mut json).expect("JSON");

    println!("{COOKIES} cookies, the median of {ROUNDS} rounds:");
    let curl = curl(&folder);
    loading::<MozillaFormat>(
        "cookies.txt loaded",
        &mozilla,
        &[("Python", python("MozillaCookieJar")), ("libcurl", curl)],
        &json,
    );
    loading::<LwpFormat>("LWP file loaded", &lwp, &[("Python", python("LWPCookieJar"))], &json);
    saving(&jar, &store);
    fs::remove_dir_all(folder).expect("the folder goes");
}

fn filled() -> CookieJar {
    let jar = CookieJar::new();
    for number in 0..COOKIES {
        let host = number / COOKIES_A_HOST;
        let value = host.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number;
        let domain = if number.is_multiple_of(2) { format!(".host{host}.com") } else { format!("www.host{host}.com") };
        let name = format!("name{}", number % COOKIES_A_HOST);
        jar.set_cookie(Cookie::new(name, format!("{value:034x}"), domain).with_expires(EXPIRES));
    }
    assert_eq!(jar.len(), COOKIES);
    jar
}

/// A program that loads the file that is its last argument, and prints the seconds of CPU that took
/// and the number of cookies; or why there is none.
type Peer = Result<(PathBuf, Vec<String>), String>;

fn loading<F: CookieFormat + Default>(what: &str, file: &Path, peers: &[(&str, Peer)], json: &[u8]) {
    let (mut ours, mut stores) = (Vec::new(), Vec::new());
    let mut theirs = vec![Vec::new(); peers.len()];
    for round in 0..=ROUNDS {
        let jar = FileCookieJar::<F>::without_filename().file_limit(usize::MAX);
        let before = cpu();
        jar.load_file(file).expect("a cookie file");
        let mine = cpu() - before;
        assert_eq!(black_box(jar).len(), COOKIES);
        let before = cpu();
        let store = cookie_store::serde::json::load(json).expect("JSON");
        let other = cpu() - before;
        assert_eq!(black_box(store).iter_any().count(), COOKIES);
        // The first round is for warming up.
        if round == 0 {
            continue;
        }
        ours.push(mine);
        stores.push(other);
        for ((_, peer), times) in peers.iter().zip(&mut theirs) {
            times.extend(peer.as_ref().ok().map(|(program, arguments)| peer_time(program, arguments, file)));
        }
    }
    println!("{what}: {:.1} ms of CPU", median(ours.iter().copied()) * 1e3);
    println!(
        "  {:.2} x what cookie_store needs to load its JSON   ({:.1} ms)",
        median(ours.iter().zip(&stores).map(|(ours, theirs)| ours / theirs)),
        median(stores.iter().copied()) * 1e3
    );
    for ((name, peer), times) in peers.iter().zip(&theirs) {
        match peer {
            Ok(_) => println!(
                "  {name} needs {:.2} x that   ({:.1} ms)",
                median(ours.iter().zip(times).map(|(ours, theirs)| theirs / ours)),
                median(times.iter().copied()) * 1e3
            ),
            Err(why) => println!("  skipped: {name}, {why}"),
        }
    }
}

fn peer_time(program: &Path, arguments: &[String], file: &Path) -> f64 {
    let output = Command::new(program).args(arguments).arg(file).output().expect("the peer runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let (seconds, count) = printed.trim().split_once(' ').expect("seconds, and a number of cookies");
    assert_eq!(count.parse(), Ok(COOKIES), "the peer has them all");
    seconds.parse().expect("seconds")
}

const PYTHON: &str = "
import http.cookiejar, sys, time
jar = getattr(http.cookiejar, sys.argv[1])()
before = time.process_time()
jar.load(sys.argv[2])
print(time.process_time() - before, len(jar))
";

fn python(kind: &str) -> Peer {
    if !succeeds(Command::new("python3").arg("--version")) {
        return Err("python3 is not installed".to_owned());
    }
    Ok(("python3".into(), ["-c", PYTHON, kind].map(str::to_owned).into()))
}

const CURL: &str = r#"
#include <curl/curl.h>
#include <stdio.h>
#include <time.h>
int main(int count, char **arguments) {
    struct curl_slist *cookies = NULL, *each;
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, arguments[count - 1]);
    clock_t before = clock();
    curl_easy_setopt(curl, CURLOPT_COOKIELIST, "RELOAD");
    double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    curl_easy_getinfo(curl, CURLINFO_COOKIELIST, &cookies);
    for (count = 0, each = cookies; each; each = each->next) count++;
    printf("%f %d\n", seconds, count);
    return 0;
}
"#;

/// The C program, in the folder.
fn curl(folder: &Path) -> Peer {
    let (source, program) = (folder.join("load.c"), folder.join("load"));
    fs::write(&source, CURL).expect("a source file");
    let mut cc = Command::new("cc");
    if !succeeds(cc.arg("-O2").arg(&source).arg("-o").arg(&program).arg("-lcurl")) {
        return Err("there is no C compiler with libcurl's headers".to_owned());
    }
    Ok((program, Vec::new()))
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The same cookies in the other jar.
fn store_of(jar: &CookieJar) -> CookieStore {
    let mut store = CookieStore::default();
    for cookie in jar {
        let host = cookie.domain().trim_start_matches('.');
        let domain = if cookie.domain_specified() { format!("; Domain={host}") } else { String::new() };
        let header = format!("{}={}; Path=/{domain}; Max-Age=86400000", cookie.name(), cookie.value_str());
        store.parse(&header, &Url::parse(&format!("https://{host}/")).expect("a URL")).expect("a cookie");
    }
    store
}

fn saving(jar: &CookieJar, store: &CookieStore) {
    let mut json = Vec::new();
    let save = |bytes: &mut Vec<u8>| cookie_store::serde::json::save(store, bytes).expect("JSON");
    // Into memory, since the disk is the same for all.
    let (mut mozilla, mut lwp, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let before = cpu();
        json.clear();
        save(&mut json);
        let other = cpu() - before;
        let (netscape, perl) = (save_time::<MozillaFormat>(jar), save_time::<LwpFormat>(jar));
        if round > 0 {
            mozilla.push(netscape);
            lwp.push(perl);
            theirs.push(other);
        }
    }
    assert_eq!(cookie_store::serde::json::load(&*json).expect("JSON").iter_any().count(), COOKIES);
    for (what, ours) in [("cookies.txt", mozilla), ("LWP file", lwp)] {
        println!("{what} saved: {:.1} ms of CPU", median(ours.iter().copied()) * 1e3);
        println!(
            "  cookie_store's JSON needs {:.2} x that   ({:.1} ms)",
            median(ours.iter().zip(&theirs).map(|(ours, theirs)| theirs / ours)),
            median(theirs.iter().copied()) * 1e3
        );
    }
}

fn save_time<F: WriteFormat + Default>(jar: &CookieJar) -> f64 {
    let jar = FileCookieJar::<F>::without_filename().with_jar(jar).file_limit(usize::MAX);
    let mut bytes = Vec::new();
    let before = cpu();
    let report = jar.save_to(&mut bytes).expect("a file");
    let seconds = cpu() - before;
    assert_eq!((report.saved, black_box(bytes).is_empty()), (COOKIES, false));
    seconds
}

/// Seconds of CPU that this thread has used; where the system does not say, seconds that have
/// passed.
fn cpu() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    // Linux counts at its ticks, some milliseconds apart, and when a thread steps back.
    thread::yield_now();
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(Instant::elapsed).as_secs_f64(),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
