//! Which of curl's flags are not offered, and what a mistyped one may have meant.

/// curl 8's long flags that mean something to curl and nothing here. Those that are offered stand
/// in `options.rs`.
const NOT_OFFERED: &str = "abstract-unix-socket alt-svc append aws-sigv4 capath cert-status cert-type ciphers \
    config connect-to create-file-mode crlf crlfile curves delegation disable-eprt disable-epsv \
    disallow-username-in-url dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-cert-status doh-insecure \
    doh-url ech egd-file engine etag-compare etag-save expect100-timeout fail-early false-start form-escape \
    ftp-account ftp-alternative-to-user ftp-create-dirs ftp-method ftp-pasv ftp-port ftp-pret ftp-skip-pasv-ip \
    ftp-ssl-ccc ftp-ssl-ccc-mode ftp-ssl-control happy-eyeballs-timeout-ms haproxy-clientip haproxy-protocol \
    hostpubmd5 hostpubsha256 hsts http0.9 http1.0 http2-prior-knowledge http3 http3-only ignore-content-length \
    ip-tos ipfs-gateway ipv4 ipv6 junk-session-cookies keepalive-cnt keepalive-time key-type krb libcurl \
    limit-rate list-only local-port location-trusted login-options mail-auth mail-from mail-rcpt \
    mail-rcpt-allowfails max-filesize metalink mptcp negotiate next no-alpn no-clobber no-keepalive no-sessionid \
    ntlm ntlm-wb parallel parallel-immediate parallel-max pass path-as-is pinnedpubkey post301 post302 post303 \
    preproxy proto-default proto-redir proxy-anyauth proxy-basic proxy-cacert proxy-capath proxy-cert \
    proxy-cert-type proxy-ciphers proxy-crlfile proxy-digest proxy-header proxy-http2 proxy-insecure proxy-key \
    proxy-key-type proxy-negotiate proxy-ntlm proxy-pass proxy-pinnedpubkey proxy-service-name \
    proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword \
    proxy-tlsuser proxy-tlsv1 proxy1.0 proxytunnel pubkey quote random-file rate raw remote-header-name remote-time \
    remove-on-error request-target retry-all-errors retry-delay sasl-authzid sasl-ir service-name skip-existing \
    socks4 socks4a socks5 socks5-basic socks5-gssapi socks5-gssapi-nec socks5-gssapi-service socks5-hostname ssl \
    ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 stderr \
    styled-output suppress-connect-headers tcp-fastopen tcp-nodelay telnet-option tftp-blksize tftp-no-options \
    time-cond tls-earlydata tls-max tls13-ciphers tlsauthtype tlspassword tlsuser tlsv1.3 tr-encoding trace \
    trace-ascii trace-config trace-ids trace-time use-ascii variable vlan-priority xattr";

/// The same for short ones.
const NOT_OFFERED_SHORT: &str = "aBJKMPQRZjlptz0234:";

/// What to say of a long flag that is not offered here.
pub fn unknown(flag: &str, offered: &str) -> String {
    if NOT_OFFERED.split_whitespace().any(|known| known == flag) {
        return format!("curl's --{flag} is not offered here; --help lists what is");
    }
    let offered = offered.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'));
    let offered = offered.filter_map(|word| word.strip_prefix("--")).filter(|word| !word.is_empty());
    let nearest = offered.map(|known| (distance(flag, known), known)).min();
    match nearest {
        Some((distance, known)) if distance <= 1 + flag.len() / 4 => {
            format!("there is no flag --{flag}; did you mean --{known}?")
        }
        _ => format!("there is no flag --{flag}; --help lists those that there are"),
    }
}

/// The same for a short one.
pub fn unknown_short(flag: char) -> String {
    match NOT_OFFERED_SHORT.contains(flag) {
        true => format!("curl's -{flag} is not offered here; --help lists what is"),
        false => format!("there is no flag -{flag}; --help lists those that there are"),
    }
}

/// How many letters to put in, take out, replace or swap with their neighbour (Damerau and
/// Levenshtein's).
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let before = &rows[i];
            let mut best = (before[j] + usize::from(x != y)).min(before[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or_default()
}
