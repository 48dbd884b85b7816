//! [`Algorithm`]: the hashes of RFC 7616.

/// A hash, and whether its secret is for a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Algorithm {
    hash: Hash,
    is_session: bool,
}

/// From the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    #[cfg(feature = "tls")]
    Sha256,
    #[cfg(feature = "tls")]
    Sha512_256,
}

impl Algorithm {
    /// The algorithm of this name; `None` if it is not known.
    pub(super) fn named(name: &str) -> Option<Self> {
        let suffix = name.len().checked_sub("-sess".len()).and_then(|at| name.split_at_checked(at));
        let (base, is_session) = match suffix {
            Some((base, suffix)) if suffix.eq_ignore_ascii_case("-sess") => (base, true),
            _ => (name, false),
        };
        let hash = match base.to_ascii_uppercase().as_str() {
            "MD5" => Hash::Md5,
            #[cfg(feature = "tls")]
            "SHA-256" => Hash::Sha256,
            #[cfg(feature = "tls")]
            "SHA-512-256" => Hash::Sha512_256,
            _ => return None,
        };
        Some(Self { hash, is_session })
    }

    /// As RFC 7616 spells it.
    pub(super) fn name(self) -> &'static str {
        match (self.hash, self.is_session) {
            (Hash::Md5, false) => "MD5",
            (Hash::Md5, true) => "MD5-sess",
            #[cfg(feature = "tls")]
            (Hash::Sha256, false) => "SHA-256",
            #[cfg(feature = "tls")]
            (Hash::Sha256, true) => "SHA-256-sess",
            #[cfg(feature = "tls")]
            (Hash::Sha512_256, false) => "SHA-512-256",
            #[cfg(feature = "tls")]
            (Hash::Sha512_256, true) => "SHA-512-256-sess",
        }
    }

    /// To be compared with another's.
    pub(super) fn strength(self) -> impl Ord {
        self.hash
    }

    /// Whether the secret holds the nonce and the client's own.
    pub(super) fn is_session(self) -> bool {
        self.is_session
    }

    /// The hash in hexadecimal digits.
    pub(super) fn hash(self, text: &[u8]) -> String {
        match self.hash {
            Hash::Md5 => format!("{:x}", md5::compute(text)),
            #[cfg(feature = "tls")]
            Hash::Sha256 => hexadecimal(&ring::digest::SHA256, text),
            #[cfg(feature = "tls")]
            Hash::Sha512_256 => hexadecimal(&ring::digest::SHA512_256, text),
        }
    }
}

#[cfg(feature = "tls")]
fn hexadecimal(algorithm: &'static ring::digest::Algorithm, text: &[u8]) -> String {
    ring::digest::digest(algorithm, text).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
