//! `POST /api/panels`, read as it comes: each panel is handed on as soon as its record is whole.

use gloo_net::http::{Request, Response};
use js_sys::{Reflect, Uint8Array};
use server_api::{
    ApiError, PanelAnswer, PanelsRequest, Record,
    wire::{Decoder, FRAMES_V1_PACKED},
};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader};

use super::{CSRF_HEADER, Client, cut_short, fault, good};

impl Client {
    /// Ends with `Ok` only when the server said that nothing is missing.
    pub async fn panels(
        &self,
        asked: &PanelsRequest,
        signal: Option<&AbortSignal>,
        on_panel: &mut dyn FnMut(PanelAnswer),
    ) -> Result<(), ApiError> {
        let mut request = Request::post(&self.url("/api/panels"))
            .header("Accept", FRAMES_V1_PACKED)
            .header("Content-Type", "application/json")
            .abort_signal(signal);
        if let Some(token) = &self.csrf {
            request = request.header(CSRF_HEADER, token);
        }
        let body = serde_json::to_string(asked).map_err(|_| fault::not_understood())?;
        let request = request.body(body).map_err(|_| fault::unreachable())?;
        let response = good(request.send().await.map_err(|_| fault::unreachable())?).await?;
        let mut pieces = Pieces::of(&response).ok_or_else(cut_short)?;
        read(&mut pieces, on_panel).await
    }
}

async fn read(pieces: &mut Pieces, on_panel: &mut dyn FnMut(PanelAnswer)) -> Result<(), ApiError> {
    let mut decoder = Decoder::default();
    while let Some(piece) = pieces.next().await.map_err(|_| cut_short())? {
        for record in decoder.push(&piece).map_err(|_| fault::not_understood())? {
            match record {
                Record::Panel(answer) => on_panel(answer),
                Record::Done { .. } => return Ok(()),
            }
        }
    }
    Err(cut_short())
}

/// A body, piece by piece as it comes.
pub struct Pieces(ReadableStreamDefaultReader);

impl Pieces {
    /// `None` where there is no body.
    pub fn of(response: &Response) -> Option<Self> {
        Some(Self(response.body()?.get_reader().unchecked_into()))
    }

    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, JsValue> {
        let result = JsFuture::from(self.0.read()).await?;
        if Reflect::get(&result, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        Ok(Some(Uint8Array::new(&Reflect::get(&result, &"value".into())?).to_vec()))
    }
}
