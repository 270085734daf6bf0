//! Which of the prepared encodings a request accepts. Nothing is compressed while somebody waits.

/// In the order we prefer them: brotli is the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    pub const BY_PREFERENCE: [Encoding; 3] = [Encoding::Brotli, Encoding::Gzip, Encoding::Plain];

    pub fn suffix(self) -> &'static str {
        match self {
            Encoding::Brotli => ".br",
            Encoding::Gzip => ".gz",
            Encoding::Plain => "",
        }
    }

    /// The name in `Content-Encoding`; plain has none.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Encoding::Brotli => Some("br"),
            Encoding::Gzip => Some("gzip"),
            Encoding::Plain => None,
        }
    }

    /// Whether `Accept-Encoding` allows it. Plain always passes: a page that can be read beats a 406.
    pub fn is_accepted(self, accept: &str) -> bool {
        let Some(token) = self.token() else {
            return true;
        };
        let named = accept.split(',').find_map(|part| quality(part, token));
        named
            .or_else(|| accept.split(',').find_map(|part| quality(part, "*")))
            .is_some_and(|q| q > 0.0)
    }
}

/// The `q` of one part of `Accept-Encoding`, where the part names `token`.
fn quality(part: &str, token: &str) -> Option<f64> {
    let mut pieces = part.split(';').map(str::trim);
    if !pieces.next()?.eq_ignore_ascii_case(token) {
        return None;
    }
    let q = pieces.find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")));
    Some(q.map_or(1.0, |q| q.trim().parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::Encoding::{self, Brotli, Gzip, Plain};

    fn check(accept: &str, expect: Encoding) {
        let chosen = Encoding::BY_PREFERENCE
            .into_iter()
            .find(|encoding| encoding.is_accepted(accept));
        assert_eq!(chosen, Some(expect), "{accept:?}");
    }

    #[test]
    fn the_smallest_encoding_that_is_accepted_wins() {
        check("gzip, deflate, br, zstd", Brotli);
        check("gzip;q=1.0, br;q=0.1", Brotli);
        check("br;q=0, gzip", Gzip);
        check("GZIP ; q=0.5", Gzip);
        check("*", Brotli);
        check("*;q=0.5, br;q=0", Gzip);
        check("brotli, xgzip", Plain);
        check("br;q=none", Plain);
        check("identity;q=0", Plain);
        check("", Plain);
    }
}
