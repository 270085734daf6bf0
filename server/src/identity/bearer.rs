//! The token of `Authorization: Bearer …`, and of nothing else: not of the address, a cookie or another header.

use std::{fs::File, io::Read as _, path::Path};

use axum::http::{HeaderMap, header::AUTHORIZATION};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Fault;

/// A JWT with many groups has some kilobytes; the listener's limit on all headers is 16 KiB.
const LONGEST_TOKEN: usize = 12 << 10;

pub fn token(headers: &HeaderMap) -> Result<SecretString, Fault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Fault::NoCaller);
    };
    let text = value.to_str().map_err(|_| Fault::NoCaller)?;
    let (scheme, token) = text.split_once(' ').ok_or(Fault::NoCaller)?;
    let fits = !token.is_empty() && token.len() <= LONGEST_TOKEN && token.bytes().all(is_token_byte);
    if !scheme.eq_ignore_ascii_case("bearer") || !fits {
        return Err(Fault::NoCaller);
    }
    Ok(SecretString::from(token))
}

/// A token alone, as `oc whoami -t` writes it. The error never repeats what the file holds.
pub fn file(path: &Path) -> Result<SecretString, String> {
    let name = path.display();
    let mut text = String::new();
    let most = LONGEST_TOKEN as u64 + 2;
    File::open(path)
        .and_then(|file| file.take(most).read_to_string(&mut text))
        .map_err(|cause| format!("the token's file {name} cannot be read: {cause}"))?;
    let token = SecretString::from(text);
    let bare = token.expose_secret().trim();
    if bare.is_empty() || bare.len() > LONGEST_TOKEN || !bare.bytes().all(is_token_byte) {
        return Err(format!(
            "{name} holds no token; write one there, e.g. with oc whoami -t"
        ));
    }
    Ok(SecretString::from(bare))
}

/// RFC 6750's `b64token`.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}
