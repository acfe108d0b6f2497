//! The receivers of notifications: a webhook in Alertmanager's own format, and a chat in Slack's.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use serde_json::Value;

/// What one alert was last reported to be.
#[derive(Debug)]
struct Reported {
    /// The KPI that it is about.
    kpi: Option<String>,
    fires: bool,
    at: Instant,
    /// When it was first reported to fire, of the time that it fires or fired last.
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
    alerts: BTreeMap<(String, String), Reported>,
    chat: Vec<Message>,
}

impl Heard {
    fn of(&self, alert: &str) -> impl Iterator<Item = &Reported> {
        self.alerts
            .iter()
            .filter(move |((name, _), _)| name == alert)
            .map(|(_, reported)| reported)
    }

    fn unfinished(&self) -> impl Iterator<Item = &String> {
        let firing = self.alerts.iter().filter(|((name, _), reported)| {
            reported.fires && !self.may_end_unreported(name, reported)
        });
        firing.map(|((name, _), _)| name)
    }

    /// Whether Alertmanager may have held it back as it resolved: then it never sends that.
    fn may_end_unreported(&self, alert: &str, reported: &Reported) -> bool {
        let holds_back = |name: &&str| {
            *name != alert
                && reported.kpi.is_some()
                && self.of(name).any(|by| by.kpi == reported.kpi)
        };
        ["CypherExporterKpiDown", "CypherExporterKpiStale"]
            .iter()
            .any(holds_back)
    }
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
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            heard: Arc::default(),
        };
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
            let part = |name: &str| {
                body["attachments"][0][name]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            heard.chat.push(Message {
                color: part("color"),
                title: part("title"),
                text: part("text"),
            });
            return;
        }
        for alert in body["alerts"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let key = (
                text(&alert["labels"]["alertname"]),
                text(&alert["fingerprint"]),
            );
            let (fires, at) = (alert["status"] == "firing", Instant::now());
            let kpi = alert["labels"]["kpi"].as_str().map(str::to_owned);
            let fired_at = match heard.alerts.get(&key) {
                // It is repeated.
                Some(before) if before.fires == fires => continue,
                Some(before) if !fires => before.fired_at,
                _ => fires.then_some(at),
            };
            heard.alerts.insert(
                key,
                Reported {
                    kpi,
                    fires,
                    at,
                    fired_at,
                },
            );
        }
    }

    /// When it was first reported that an alert fires, if that was after this moment and it still does.
    pub(crate) fn fired(&self, alert: &str, since: Instant) -> Option<Instant> {
        let heard = self.heard.lock().unwrap();
        let fires = heard.of(alert).any(|reported| reported.fires);
        heard
            .of(alert)
            .filter_map(|reported| reported.fired_at)
            .filter(|at| fires && *at >= since)
            .min()
    }

    /// When it was reported that the last series of an alert has resolved.
    pub(crate) fn resolved(&self, alert: &str) -> Option<Instant> {
        let heard = self.heard.lock().unwrap();
        let fires = heard.unfinished().any(|name| name == alert);
        heard
            .of(alert)
            .filter(|reported| !fires && !reported.fires)
            .map(|reported| reported.at)
            .max()
    }

    /// The alerts of which people still have to hear that they have resolved.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        self.heard.lock().unwrap().unfinished().cloned().collect()
    }

    /// Forgets all alerts.
    pub(crate) fn forget(&self) {
        self.heard.lock().unwrap().alerts.clear();
    }

    /// The chat so far.
    pub(crate) fn chat(&self) -> Vec<Message> {
        self.heard.lock().unwrap().chat.clone()
    }
}
