//! `/api/setup/…`: plain answers, and runs whose events are handed on as they come.

use gloo_net::http::Request;
use serde::de::DeserializeOwned;
use server_api::{ApiError, SetupEvent, lean};

use super::{CSRF_HEADER, Client, fault, good, panels::Pieces};
use crate::{route::encode, words::key};

/// An event is a line; one longer than this is none of ours.
const LONGEST: usize = 1 << 20;

impl Client {
    /// `checks`, `plan`, `verify`, or `remove`: what that would take away.
    pub async fn setup<T: DeserializeOwned>(&self, what: &str, namespace: &str) -> Result<T, ApiError> {
        self.get(&path(what, namespace)).await
    }

    /// Starts `apply`, `repair` or `remove`. The server goes on to the end whether or not anybody listens; `Ok` says that
    /// the run has told its end.
    pub async fn set_up(
        &self,
        what: &str,
        namespace: &str,
        on_event: &mut dyn FnMut(SetupEvent),
    ) -> Result<(), ApiError> {
        let mut request = Request::post(&self.url(&path(what, namespace))).header("Accept", "text/event-stream");
        if let Some(token) = &self.csrf {
            request = request.header(CSRF_HEADER, token);
        }
        let response = good(request.send().await.map_err(|_| fault::unreachable())?).await?;
        let mut pieces = Pieces::of(&response).ok_or_else(run_lost)?;
        let mut lines = Lines::default();
        while let Some(piece) = pieces.next().await.map_err(|_| run_lost())? {
            for event in lines.push(&piece).ok_or_else(fault::not_understood)? {
                let last = matches!(event.event.as_str(), "end" | "failed");
                on_event(event);
                if last {
                    return Ok(());
                }
            }
        }
        Err(run_lost())
    }
}

/// A run that changes the cluster goes on without anybody who listens.
fn run_lost() -> ApiError {
    fault::fault(
        "run_lost",
        key("The connection to the run was lost."),
        key("The server goes on with it: look again in a minute."),
    )
}

fn path(what: &str, namespace: &str) -> String {
    let mut path = format!("/api/setup/{what}?namespace=");
    encode(namespace, &mut path);
    path
}

/// Server-sent events put together again from pieces of any size: each event of ours is one line of data.
#[derive(Default)]
struct Lines {
    held: Vec<u8>,
}

impl Lines {
    /// Adds a piece and gives every event that is now whole; `None` where it is none of ours.
    fn push(&mut self, piece: &[u8]) -> Option<Vec<SetupEvent>> {
        self.held.extend_from_slice(piece);
        let mut events = Vec::new();
        while let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.held.drain(..=end).collect();
            // Comments keep the connection alive, and an empty line ends an event.
            if let Some(data) = line.strip_prefix(b"data:") {
                events.push(lean::from_slice(data).ok()?);
            }
        }
        (self.held.len() <= LONGEST).then_some(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_they_are_cut() {
        let sent = b"data: {\"event\":\"begun\",\"step\":1,\"of\":2,\"object\":\"Namespace caf\xc3\xa9\"}\n\n:\n\ndata: {\"event\":\"end\",\"done\":1,\"kept\":0,\"left\":[],\"stopped\":null}\n\n";
        for size in 1..sent.len() {
            let mut lines = Lines::default();
            let mut events = Vec::new();
            for piece in sent.chunks(size) {
                events.extend(lines.push(piece).unwrap());
            }
            let told: Vec<_> = events
                .iter()
                .map(|event| (event.event.as_str(), event.object.as_str()))
                .collect();
            assert_eq!(told, [("begun", "Namespace café"), ("end", "")], "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_event_of_ours_is_not_understood() {
        assert_eq!(Lines::default().push(b"data: <html>\n"), None);
        assert_eq!(Lines::default().push(&vec![b'x'; LONGEST + 1]), None);
    }

    #[test]
    fn a_namespace_is_a_value_and_nothing_else() {
        assert_eq!(
            path("plan", "a&adopt=true"),
            "/api/setup/plan?namespace=a%26adopt%3Dtrue"
        );
    }
}
