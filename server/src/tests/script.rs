//! An upstream that does as it is told, byte for byte, and remembers what it was asked.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What is done about one request.
pub enum Deed {
    /// 200 with JSON.
    Json(String),
    /// A whole answer as it stands; the connection is closed after it.
    Raw(Vec<u8>),
    /// These bytes, and then nothing for as long as the client waits.
    HangAfter(Vec<u8>),
    /// Nothing; tells when the client has gone away.
    Silence(tokio::sync::oneshot::Sender<()>),
    /// These bytes, and those when the sender says so.
    Pieces(Vec<u8>, tokio::sync::oneshot::Receiver<()>, Vec<u8>),
    /// JSON as soon as the sender says so.
    Wait(tokio::sync::oneshot::Receiver<()>, String),
}

impl Deed {
    pub fn answer(status: &str, content_type: &str, body: &str) -> Deed {
        let length = body.len();
        Deed::Raw(
            format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}")
                .into_bytes(),
        )
    }

    /// An error as Prometheus writes it.
    pub fn refused(status: &str, kind: &str, error: &str) -> Deed {
        let body = serde_json::json!({"status": "error", "errorType": kind, "error": error});
        Deed::answer(status, "application/json", &body.to_string())
    }
}

/// One request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// The address's query or the form, decoded.
    pub params: Vec<(String, String)>,
    /// The header lines as they came.
    pub headers: Vec<(String, String)>,
}

impl Asked {
    /// Whether it measures how often is scraped, and is no panel's own query.
    pub fn is_probe(&self) -> bool {
        self.param("query").contains("count_over_time(up")
    }

    pub fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }
}

type Play = dyn Fn(&Asked) -> Deed + Send + Sync;

/// Runs until it is dropped with the test's runtime.
#[derive(Clone)]
pub struct Script {
    pub addr: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Script {
    pub async fn start(play: impl Fn(&Asked) -> Deed + Send + Sync + 'static) -> Script {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let script = Script {
            addr: socket.local_addr().unwrap(),
            asked: Arc::default(),
        };
        let (play, asked): (Arc<Play>, _) = (Arc::new(play), Arc::clone(&script.asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                tokio::spawn(connection(stream, Arc::clone(&play), Arc::clone(&asked)));
            }
        });
        script
    }

    /// Everything that was asked so far, in the order it came.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn connection(mut stream: TcpStream, play: Arc<Play>, asked: Arc<Mutex<Vec<Asked>>>) {
    let mut held = Vec::new();
    while let Some(request) = request(&mut stream, &mut held).await {
        asked.lock().unwrap().push(request.clone());
        let json = match play(&request) {
            Deed::Json(body) => body,
            Deed::Wait(go, body) => {
                go.await.unwrap();
                body
            }
            Deed::Silence(gone) => {
                let _ = stream.read(&mut [0; 1]).await;
                gone.send(()).unwrap();
                return;
            }
            Deed::Raw(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Deed::Pieces(first, go, rest) => {
                let _ = stream.write_all(&first).await;
                go.await.unwrap();
                let _ = stream.write_all(&rest).await;
                continue;
            }
            Deed::HangAfter(bytes) => {
                let _ = stream.write_all(&bytes).await;
                // Returns when the client gives up.
                let _ = stream.read(&mut [0; 1]).await;
                return;
            }
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            json.len()
        );
        if stream.write_all((head + &json).as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn request(stream: &mut TcpStream, held: &mut Vec<u8>) -> Option<Asked> {
    let head_end = loop {
        if let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, held).await?;
    };
    let head = String::from_utf8(held.drain(..head_end).collect()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    while held.len() < length {
        more(stream, held).await?;
    }
    let body: Vec<u8> = held.drain(..length).collect();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let parse = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
    Some(Asked {
        method,
        path: path.to_owned(),
        params: [parse(query.as_bytes()), parse(&body)].concat(),
        headers,
    })
}

async fn more(stream: &mut TcpStream, held: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 8192];
    let read = stream.read(&mut piece).await.ok()?;
    held.extend_from_slice(&piece[..read]);
    (read > 0).then_some(())
}
