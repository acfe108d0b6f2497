//! Who is told: a webhook of Alertmanager's own form, and the chat that speaks Slack's.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use serde_json::Value;

/// What one alert was last told to be.
#[derive(Clone, Copy, Debug)]
struct Told {
    fires: bool,
    at: Instant,
    /// When it was first told to fire, of the time that it fires or fired last.
    fired_at: Option<Instant>,
}

/// A message in the chat.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) color: String,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// What was heard.
#[derive(Debug, Default)]
struct Heard {
    /// By name and fingerprint.
    alerts: BTreeMap<(String, String), Told>,
    chat: Vec<Message>,
}

/// Listens on a free port until the program ends.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self { address: listener.local_addr().unwrap(), heard: Arc::default() };
        let to = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let to = to.clone();
                thread::spawn(move || to.answer(stream.unwrap()));
            }
        });
        receiver
    }

    /// One request on a connection; one that breaks off is sent again.
    fn answer(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let (mut path, mut length) = (String::new(), 0);
        reader.read_line(&mut path).ok()?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let line = line.trim().to_ascii_lowercase();
            if let Some(bytes) = line.strip_prefix("content-length: ") {
                length = bytes.parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        self.hear(&path, &serde_json::from_slice(&body).unwrap());
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
        reader.get_mut().write_all(answer.as_bytes()).ok()
    }

    fn hear(&self, path: &str, body: &Value) {
        let mut heard = self.heard.lock().unwrap();
        if path.starts_with("POST /chat ") {
            let part = |name: &str| body["attachments"][0][name].as_str().unwrap_or_default().to_owned();
            heard.chat.push(Message { color: part("color"), title: part("title"), text: part("text") });
            return;
        }
        for alert in body["alerts"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let key = (text(&alert["labels"]["alertname"]), text(&alert["fingerprint"]));
            let (fires, at) = (alert["status"] == "firing", Instant::now());
            let before = heard.alerts.get(&key).copied();
            match before {
                // It is repeated.
                Some(before) if before.fires == fires => {}
                Some(before) if !fires => drop(heard.alerts.insert(key, Told { fires, at, ..before })),
                _ => drop(heard.alerts.insert(key, Told { fires, at, fired_at: fires.then_some(at) })),
            }
        }
    }

    fn of(&self, alert: &str) -> Vec<Told> {
        let heard = self.heard.lock().unwrap();
        heard.alerts.iter().filter(|((name, _), _)| name == alert).map(|(_, told)| *told).collect()
    }

    /// When it was first told that an alert fires, if that was after this moment and it still does.
    pub(crate) fn fired(&self, alert: &str, since: Instant) -> Option<Instant> {
        let told = self.of(alert);
        let fires = told.iter().any(|told| told.fires);
        told.iter().filter_map(|told| told.fired_at).filter(|at| fires && *at >= since).min()
    }

    /// When it was told that the last series of an alert has resolved.
    pub(crate) fn resolved(&self, alert: &str) -> Option<Instant> {
        let told = self.of(alert);
        if told.iter().any(|told| told.fires) { None } else { told.iter().map(|told| told.at).max() }
    }

    /// The alerts that were last told to fire.
    pub(crate) fn firing(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.alerts.iter().filter(|(_, told)| told.fires).map(|((name, _), _)| name.clone()).collect()
    }

    /// The chat so far.
    pub(crate) fn chat(&self) -> Vec<Message> {
        self.heard.lock().unwrap().chat.clone()
    }
}
