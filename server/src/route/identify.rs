//! Puts the caller into the request, and takes the credential out of it: no handler sees a raw token.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::header::{AUTHORIZATION, COOKIE},
    middleware::Next,
    response::Response,
};

use crate::{app::App, error::Fault};

pub async fn identify(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Result<Response, Fault> {
    let caller = app.identity.caller(request.method(), request.headers(), app.now())?;
    if let Some(sessions) = app.identity.sessions().filter(|_| caller.has_session()) {
        sessions.stands(request.headers(), app.now()).await?;
    }
    request.headers_mut().remove(AUTHORIZATION);
    request.headers_mut().remove(COOKIE);
    request.extensions_mut().insert(Arc::new(caller));
    Ok(next.run(request).await)
}
