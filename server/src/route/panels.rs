//! `POST /api/panels`: a whole dashboard, each panel on its way as soon as it is ready; and `POST /api/slos`: the board of
//! objectives, whole.

use std::{io, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Response,
        header::{ACCEPT, CONTENT_TYPE},
    },
};
use bytes::Bytes;
use futures_util::stream;
use serde::de::DeserializeOwned;
use server_api::{
    PanelsRequest, Record, SlosAnswer,
    wire::{self, FRAMES_V1, FRAMES_V1_PACKED, NDJSON},
};

use super::body;
use crate::{
    app::App,
    error::{Fault, clip},
    identity::Caller,
    query::{self, Hold, Unread},
    telemetry::RequestId,
};

/// The forms of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Ndjson,
    FramesV1,
    FramesV1Packed,
}

impl Form {
    /// Lines of JSON for whoever does not ask for frames; an unknown version of them is refused, not guessed.
    fn of(headers: &HeaderMap) -> Result<Form, Fault> {
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        for kind in values.flat_map(|value| value.split(',')) {
            let mut parameters = kind.split(';').map(str::trim);
            if parameters.next() != Some("application/vnd.servelens.frames") {
                continue;
            }
            let parameters: Vec<&str> = parameters.collect();
            return match parameters.iter().find_map(|parameter| parameter.strip_prefix("v=")) {
                Some("1") if parameters.contains(&"packed=1") => Ok(Form::FramesV1Packed),
                Some("1") => Ok(Form::FramesV1),
                version => Err(Fault::UnknownFrameVersion(clip(version.unwrap_or_default(), 20))),
            };
        }
        Ok(Form::Ndjson)
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Form::Ndjson => NDJSON,
            Form::FramesV1 => FRAMES_V1,
            Form::FramesV1Packed => FRAMES_V1_PACKED,
        })
    }

    fn encode(self, record: &Record) -> io::Result<Bytes> {
        let encoded = match self {
            Form::Ndjson => wire::encode_ndjson(record),
            Form::FramesV1 => wire::encode_frames(record),
            Form::FramesV1Packed => wire::encode_packed(record),
        };
        encoded.map(Bytes::from).map_err(io::Error::other)
    }

    /// Its room is held until the last byte is out.
    fn piece(self, unread: Unread) -> io::Result<Bytes> {
        let Unread { record, hold } = unread;
        let text = self.encode(&record)?;
        Ok(match hold {
            Some(hold) => Bytes::from_owner(Piece { text, _hold: hold }),
            None => text,
        })
    }
}

/// A record on its way out.
struct Piece {
    text: Bytes,
    _hold: Hold,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

pub async fn panels(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Result<Response<Body>, Fault> {
    let form = Form::of(request.headers())?;
    let request: PanelsRequest = read(&body::read(app.limits.body, request.into_body()).await?)?;
    let mut answers = query::dashboard(&app, caller, request, &id)?;
    let records = stream::poll_fn(move |context| answers.poll_recv(context));
    let pieces = futures_util::StreamExt::map(records, move |unread| form.piece(unread));
    let mut response = Response::new(Body::from_stream(pieces));
    response.headers_mut().insert(CONTENT_TYPE, form.content_type());
    Ok(response)
}

/// How every objective stands.
pub async fn slos(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Arc<Caller>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Result<Json<SlosAnswer>, Fault> {
    let request = read(&body::read(app.limits.body, request.into_body()).await?)?;
    query::objectives(&app, caller, request, &id).await.map(Json)
}

/// The sentence names the field: `vars.model: invalid type: …`.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let request = serde_path_to_error::deserialize(&mut json).map_err(|fault| {
        let at = match fault.path().to_string().as_str() {
            // The object itself, or an end before anything could be named.
            "." | "?" => String::new(),
            path => format!("at `{path}`: "),
        };
        Fault::BadRequest(clip(&format!("{at}{}", fault.into_inner()), 300))
    })?;
    json.end()
        .map_err(|_| Fault::BadRequest("something follows the JSON object".to_owned()))?;
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_sent_to_whoever_asks_for_version_1_and_json_lines_to_the_rest() {
        let check = |accept: &str, expect: Result<Form, Fault>| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
            assert_eq!(Form::of(&headers), expect, "{accept:?}");
        };
        let unknown = |version: &str| Err(Fault::UnknownFrameVersion(version.to_owned()));
        assert_eq!(Form::of(&HeaderMap::new()), Ok(Form::Ndjson));
        check("*/*", Ok(Form::Ndjson));
        check("application/x-ndjson", Ok(Form::Ndjson));
        check("application/vnd.servelens.frames;v=1", Ok(Form::FramesV1));
        check(
            "text/html, application/vnd.servelens.frames; v=1, */*;q=0.1",
            Ok(Form::FramesV1),
        );
        check(
            "application/vnd.servelens.frames;v=1;packed=1",
            Ok(Form::FramesV1Packed),
        );
        check(
            "application/vnd.servelens.frames; packed=1; v=1",
            Ok(Form::FramesV1Packed),
        );
        check("application/vnd.servelens.frames;v=1;packed=7", Ok(Form::FramesV1));
        check("application/vnd.servelens.frames;v=2;packed=1", unknown("2"));
        check("application/vnd.servelens.frames;v=2", unknown("2"));
        check("application/vnd.servelens.frames", unknown(""));
    }

    #[test]
    fn a_body_that_cannot_be_read_is_answered_with_where_and_why() {
        let check = |body: &str| match read::<PanelsRequest>(body.as_bytes()) {
            Err(Fault::BadRequest(reason)) => reason,
            other => panic!("{other:?}"),
        };
        insta::assert_snapshot!([
            r#"{"panels":["a"],"from":1,"to":2,"width":600,"query":"up"}"#,
            r#"{"panels":["a"],"vars":{"model":["m",7]},"from":1,"to":2,"width":600}"#,
            r#"{"panels":["a"],"from":1,"to":2}"#,
            r#"{"panels":["a"],"from":1.5,"to":2,"width":600}"#,
            r#"{"panels":["a"],"from":1,"to":2,"width":600} {}"#,
            r#"{"panels":["a"]"#,
            "",
        ].map(check).join("\n"), @r#"
        at `query`: unknown field `query`, expected one of `panels`, `vars`, `from`, `to`, `width` at line 1 column 51
        at `vars.model[1]`: invalid type: integer `7`, expected a string at line 1 column 38
        missing field `width` at line 1 column 32
        at `from`: invalid type: floating point `1.5`, expected i64 at line 1 column 26
        something follows the JSON object
        EOF while parsing an object at line 1 column 15
        EOF while parsing a value at line 1 column 0
        "#);
    }
}
