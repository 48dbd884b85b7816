//! The values of Chromium's cookies, as it encrypts them on Linux where it has no keyring
//! (components/os_crypt/sync/os_crypt_linux.cc).

use aes::Aes128;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::cookie::file::{Reason, lines::has_control};

/// What the key of `v10` is made of: no secret, the same in every copy of Chromium.
const PASSWORD: &[u8] = b"peanuts";

/// What it was made of for a while, when the keyring did not answer: Chromium tries it after the
/// right one, for `v10` and
/// `v11` (the same file, `kEmptyKey`).
const NO_PASSWORD: &[u8] = b"";

const SALT: &[u8] = b"saltysalt";
const ROUNDS: u32 = 1;

const IV: [u8; 16] = [b' '; 16];

/// Bytes of a SHA-256 hash.
const HASH: usize = 32;

type Key = [u8; 16];

/// The keys that are known.
pub(super) struct Decryptor {
    of_v10: [Key; 2],
    of_v11: [Key; 1],
    /// Whether a hash of the host stands before the value.
    hashed: bool,
}

impl Decryptor {
    pub(super) fn new(hashed: bool) -> Self {
        let (key, empty) = (key(PASSWORD), key(NO_PASSWORD));
        Self { of_v10: [key, empty], of_v11: [empty], hashed }
    }

    /// The value, if it can be told that this is the one.
    pub(super) fn value(&self, encrypted: &[u8], host: &[u8]) -> Result<Vec<u8>, Reason> {
        let (keys, encrypted, otherwise) = match encrypted.split_at_checked(3) {
            Some((b"v10", rest)) => (&self.of_v10[..], rest, Reason::Undecodable),
            Some((b"v11", rest)) => (&self.of_v11[..], rest, Reason::InKeyring),
            _ => return Err(Reason::Undecodable),
        };
        keys.iter().find_map(|key| self.with_key(key, encrypted, host)).ok_or(otherwise)
    }

    /// None if it is not the right key.
    fn with_key(&self, key: &Key, encrypted: &[u8], host: &[u8]) -> Option<Vec<u8>> {
        let mut buffer = encrypted.to_vec();
        let cipher = cbc::Decryptor::<Aes128>::new(key.into(), &IV.into());
        let plain = cipher.decrypt_padded::<Pkcs7>(&mut buffer).ok()?;
        if self.hashed {
            let (hash, value) = plain.split_at_checked(HASH)?;
            return (*hash == *Sha256::digest(host)).then(|| value.to_vec());
        }
        // Of 256 wrong keys one leaves a padding that looks right, but hardly ever a text.
        let is_text = str::from_utf8(plain).is_ok() && !has_control(plain);
        is_text.then(|| plain.to_vec())
    }
}

fn key(password: &[u8]) -> Key {
    let mut key = Key::default();
    pbkdf2_hmac::<Sha1>(password, SALT, ROUNDS, &mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn a_value_is_told_only_if_it_is_sure() {
        // Of Chromium 156: `below=b` for `.shop.test`.
        let below =
            "763130C3DA4578A58A4A81ED5510F4B2776FE783A815ADC96D5C581A669BB660AA0CD82653100644F1AE8AA7FE54107D3E6D78";
        let below = bytes(below);
        let hashed = Decryptor::new(true);
        assert_eq!(hashed.value(&below, b".shop.test"), Ok(b"b".to_vec()));
        assert_eq!(hashed.value(&below, b"shop.test"), Err(Reason::Undecodable), "the cookie of another host");
        assert_eq!(Decryptor::new(false).value(&below, b".shop.test"), Err(Reason::Undecodable), "a hash is no text");
        assert_eq!(hashed.value(&below[..below.len() - 1], b".shop.test"), Err(Reason::Undecodable), "cut");
        assert_eq!(hashed.value(&below[..below.len() - 16], b".shop.test"), Err(Reason::Undecodable), "a block less");
        assert_eq!(hashed.value(b"v10", b".shop.test"), Err(Reason::Undecodable), "nothing");
        assert_eq!(hashed.value(b"v11abc", b".shop.test"), Err(Reason::InKeyring));
        assert_eq!(hashed.value(b"v20abc", b".shop.test"), Err(Reason::Undecodable));
        for at in 3..below.len() {
            let mut changed = below.clone();
            changed[at] ^= 1;
            let value = hashed.value(&changed, b".shop.test");
            assert!(at >= 19 || value == Err(Reason::Undecodable), "byte {at}: {value:?}");
        }
    }

    #[test]
    fn wrong_keys_hardly_ever_make_a_text() {
        // 20,000 blocks as if from another key.
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        let old = Decryptor::new(false);
        let texts = (0..20_000).filter(|_| {
            let blocks: Vec<u8> = b"v10".iter().copied().chain((0..16).map(|_| random())).collect();
            old.value(&blocks, b"").is_ok()
        });
        assert_eq!(texts.count(), 0);
    }
}
