//! Faults that the server could not word itself: no answer, half an answer, another program's answer.

use server_api::{ApiError, lean};

use crate::words::{key, t, t_with};

pub fn fault(code: &str, message: &str, next_step: &str) -> ApiError {
    ApiError {
        code: code.to_owned(),
        message: t(message),
        next_step: t(next_step),
        request_id: String::new(),
        sign_in: None,
    }
}

pub fn unreachable() -> ApiError {
    fault(
        "unreachable",
        key("The Servelens server did not answer."),
        key("Check your network connection, then try again."),
    )
}

/// Public because the board uses it for panels that the server never mentioned.
pub fn cut_short() -> ApiError {
    fault(
        "cut_short",
        key("The answer ended before this panel's part of it came."),
        key("Try again; if it happens every time, a proxy on the way cuts long answers."),
    )
}

pub fn not_understood() -> ApiError {
    fault(
        "not_understood",
        key("The answer was not one that this page understands."),
        key("Reload the page: its version and the server's may differ."),
    )
}

/// The server's own words where the body holds them; else what the status means.
pub fn fault_of(status: u16, body: &str) -> ApiError {
    if let Ok(own) = lean::from_slice::<ApiError>(body.as_bytes()) {
        return own;
    }
    match status {
        401 => fault(
            "not_signed_in",
            key("You are not signed in, or your session has ended."),
            key("Sign in again, then reload the page."),
        ),
        403 => fault(
            "forbidden",
            key("The server refused this request."),
            key("Ask a cluster administrator for the right to view metrics."),
        ),
        404 => fault(
            "no_such_door",
            key("The server does not know this address."),
            key("Reload the page: its version and the server's may differ."),
        ),
        _ => fault(
            &format!("http_{status}"),
            &t_with(
                "Something on the way to the Servelens server answered with status {{status}}.",
                &[("status", &status.to_string())],
            ),
            key("Try again in a moment; if it stays, ask whoever runs Servelens to read its log."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, code: &str) {
        let got = fault_of(status, body);
        assert_eq!(got.code, code);
        assert!(!got.message.is_empty() && !got.next_step.is_empty());
    }

    #[test]
    fn the_server_s_own_words_win_and_every_other_answer_still_says_what_to_do() {
        let own = r#"{"code":"upstream_timeout","message":"m","next_step":"n","request_id":"r"}"#;
        check(504, own, "upstream_timeout");
        check(504, "<html>504 Gateway Time-out</html>", "http_504");
        check(401, "", "not_signed_in");
        check(403, "Forbidden (user=x)", "forbidden");
        check(404, "404 page not found", "no_such_door");
    }
}
