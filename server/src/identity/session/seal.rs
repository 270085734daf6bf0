//! Encrypted cookies: AES-256-GCM with a fresh nonce each, bound to the cookie's name, so that a value that was made
//! for one cookie opens no other.
//!
//! The first key seals, every key opens: a key is replaced by putting the new one first and dropping the old one
//! when the longest session has ended.

use std::{fs, path::Path};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};

use crate::error::Fault;

const KEY_BYTES: usize = 32;

pub struct Seal {
    keys: Vec<RandomizedNonceKey>,
}

impl Seal {
    /// One key a line, 32 random bytes in base64 each. The error is one sentence for the person who configures.
    pub fn from_file(path: &Path) -> Result<Seal, String> {
        let fault = |cause: &str| format!("--session-key-file {}: {cause}", path.display());
        let text = fs::read_to_string(path).map_err(|cause| fault(&format!("cannot be read: {cause}")))?;
        Seal::from_lines(&text).map_err(|cause| fault(&cause))
    }

    fn from_lines(text: &str) -> Result<Seal, String> {
        let wrong = |line: usize| {
            format!("line {line} is no key: give 32 random bytes in base64 a line, as `openssl rand -base64 32` prints")
        };
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let keys = lines
            .map(|(index, line)| {
                let bytes = BASE64_STANDARD.decode(line.trim()).map_err(|_| wrong(index + 1))?;
                if bytes.len() != KEY_BYTES {
                    return Err(wrong(index + 1));
                }
                RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong(index + 1))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err("holds no key; fill it with `openssl rand -base64 32`".to_owned());
        }
        Ok(Seal { keys })
    }

    /// Text that fits into a cookie.
    pub fn seal(&self, name: &str, plain: &[u8]) -> Result<String, Fault> {
        let broken = || Fault::Internal("a cookie could not be sealed".to_owned());
        let key = self.keys.first().ok_or_else(broken)?;
        let mut sealed = plain.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut sealed)
            .map_err(|_| broken())?;
        let mut whole = nonce.as_ref().to_vec();
        whole.append(&mut sealed);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(whole))
    }

    /// `None` for whatever none of our keys has sealed for this name.
    pub fn open(&self, name: &str, text: &str) -> Option<Vec<u8>> {
        let whole = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = whole.split_at_checked(NONCE_LEN)?;
        self.keys.iter().find_map(|key| {
            let mut opened = sealed.to_vec();
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let plain = key.open_in_place(nonce, Aad::from(name.as_bytes()), &mut opened).ok()?;
            Some(plain.to_vec())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    const NEW: &str = "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=";

    #[test]
    fn promise_25_what_is_sealed_opens_under_its_own_name_only() {
        let seal = Seal::from_lines(OLD).unwrap();
        let text = seal.seal("session", b"geheim").unwrap();
        assert!(!text.contains("geheim"));
        assert_eq!(seal.open("session", &text), Some(b"geheim".to_vec()));
        assert_eq!(seal.open("login", &text), None);
        assert_ne!(
            text,
            seal.seal("session", b"geheim").unwrap(),
            "each seal has a nonce of its own"
        );
    }

    #[test]
    fn a_changed_value_does_not_open() {
        let seal = Seal::from_lines(OLD).unwrap();
        let text = seal.seal("session", b"geheim").unwrap();
        for index in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[index] = if other[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                seal.open("session", std::str::from_utf8(&other).unwrap()),
                None,
                "byte {index}"
            );
        }
        assert_eq!(seal.open("session", ""), None);
        assert_eq!(seal.open("session", "!"), None);
    }

    #[test]
    fn promise_25_a_former_key_still_opens_and_no_longer_seals() {
        let before = Seal::from_lines(OLD).unwrap().seal("session", b"x").unwrap();
        let both = Seal::from_lines(&format!("{NEW}\n\n{OLD}\n")).unwrap();
        assert_eq!(both.open("session", &before), Some(b"x".to_vec()));
        let after = both.seal("session", b"y").unwrap();
        assert_eq!(Seal::from_lines(OLD).unwrap().open("session", &after), None);
        assert_eq!(Seal::from_lines(NEW).unwrap().open("session", &before), None);
    }

    #[test]
    fn a_file_without_proper_keys_is_refused() {
        let check = |text: &str| Seal::from_lines(text).err().unwrap();
        insta::assert_snapshot!(check("\n"), @"holds no key; fill it with `openssl rand -base64 32`");
        insta::assert_snapshot!(
            check(&format!("{NEW}\nchange me\n")),
            @"line 2 is no key: give 32 random bytes in base64 a line, as `openssl rand -base64 32` prints"
        );
        assert!(check("YWJj").starts_with("line 1 is no key"), "too short");
    }
}
