//! A large upload: its memory, and that it can be sent twice.

use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};
use std::{env, fs};

use super::{example, text};
use crate::support::Server;

/// How many mebibytes are sent instead of 64.
const SIZE: &str = "CLIENTCOOKIE_UPLOAD_MIB";

#[test]
fn the_upload_example_answers_a_challenge() {
    let output = example("upload").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "status 200: thanks\n");
}

/// The most memory that a process has ever had, in kibibytes.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The size of its body, which is read and forgotten, and its head.
fn next_request(connection: &mut impl Read) -> io::Result<Option<(u64, String)>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.extend(byte);
    }
    let head = text(&head);
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok()).unwrap_or_default();
    Ok(Some((io::copy(&mut connection.take(length), &mut io::sink())?, head)))
}

#[test]
fn a_large_upload_is_sent_again_after_a_challenge_and_never_in_memory() {
    let size = env::var(SIZE).map_or(64, |mebibytes| mebibytes.parse::<u64>().unwrap()) << 20;
    // Full of holes: it takes no room on the disk.
    let film = env::temp_dir().join(format!("clientcookie-film-{}.mp4", std::process::id()));
    fs::File::create(&film).unwrap().set_len(size).unwrap();
    let process = Arc::new(OnceLock::<u32>::new());
    let (sender, sent) = std::sync::mpsc::channel();
    let whose = Arc::clone(&process);
    let server = Server::raw(move |_, connection| {
        while let Some((length, head)) = next_request(connection)? {
            sender.send((length, head.contains("\r\nAuthorization: Digest "), peak(*whose.wait()))).unwrap();
            let answer = match head.contains("\r\nAuthorization: ") {
                true => "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks",
                false => {
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n\
                     Content-Length: 0\r\n\r\n"
                }
            };
            connection.write_all(answer.as_bytes())?;
        }
        Ok(())
    });
    let url = server.url("/").replace("://", "://me:secret@");
    let mut command = example("upload");
    let child = command.arg(url).arg(&film).stdout(std::process::Stdio::piped()).spawn().unwrap();
    process.set(child.id()).unwrap();
    let output = child.wait_with_output().unwrap();
    fs::remove_file(&film).unwrap();
    assert_eq!(text(&output.stdout), "status 200: thanks\n");
    let [first, second] = sent.try_iter().collect::<Vec<_>>().try_into().unwrap();
    for (length, _, peak) in [first, second] {
        assert!(length > size, "the whole file and a form around it: {length}");
        // What the program needs at all is about 10 MiB; the file would be 64 more.
        assert!(peak < 40 << 10, "{peak} KiB");
    }
    assert!(!first.1 && second.1, "once before the challenge, and once after");
}
