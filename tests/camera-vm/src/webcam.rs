//! An emulated webcam that can be plugged in, held before a code, disturbed and pulled out.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::{self, Mode, PAYLOAD_BYTES_MAX};
use crate::usbip::{self, Request, Setup};
use crate::{pictures, probe};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Nothing,
    /// No picture comes any more, though everything else is answered.
    Stalled,
    /// Every third picture ends after a third of it.
    Torn,
    /// Every third picture is noise.
    Noisy,
    /// Every picture is noise.
    OnlyNoise,
}

/// A webcam in a port; dropping it pulls it out.
pub(crate) struct Webcam {
    port: u8,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// To the kernel; answers come from two threads.
    cable: Mutex<UnixStream>,
}

struct State {
    modes: Vec<Mode>,
    /// The mode being talked about, and whether the host has settled on it.
    mode: Mode,
    settled: bool,
    text: String,
    trouble: Trouble,
    wanted: VecDeque<Wanted>,
    pictures: Pictures,
    unplugged: bool,
}

struct Wanted {
    number: u32,
    bytes_max: usize,
}

/// The picture on its way.
struct Pictures {
    packed: HashMap<(String, Mode), Vec<u8>>,
    now: Vec<u8>,
    sent_bytes: usize,
    count: u32,
    due: Instant,
}

impl Webcam {
    /// Plugs in a webcam that has these modes and looks at a code with this text.
    pub(crate) fn plug(modes: &[Mode], text: &str) -> Webcam {
        // Another port each time: the one before may still be busy with being pulled out.
        static PLUGGED: AtomicU8 = AtomicU8::new(0);
        let port = PLUGGED.fetch_add(1, Ordering::Relaxed) % usbip::PORTS;
        let cable = usbip::attach(port).expect("a free port");
        let listening = cable.try_clone().expect("a second descriptor");
        let state = State {
            modes: modes.to_owned(),
            mode: modes[0],
            settled: false,
            text: text.to_owned(),
            trouble: Trouble::Nothing,
            wanted: VecDeque::new(),
            pictures: Pictures {
                packed: HashMap::new(),
                now: Vec::new(),
                sent_bytes: 0,
                count: 0,
                due: Instant::now(),
            },
            unplugged: false,
        };
        let (state, cable) = (Mutex::new(state), Mutex::new(cable));
        let shared = Arc::new(Shared { state, changed: Condvar::new(), cable });
        let (serving, streaming) = (Arc::clone(&shared), Arc::clone(&shared));
        thread::spawn(move || serving.serve(listening));
        thread::spawn(move || streaming.stream());
        Webcam { port, shared }
    }

    /// Holds another code before the lens.
    pub(crate) fn show(&self, text: &str) {
        text.clone_into(&mut self.shared.locked().text);
    }

    pub(crate) fn suffer(&self, trouble: Trouble) {
        self.shared.locked().trouble = trouble;
        self.shared.changed.notify_all();
    }

    /// The mode that the host has chosen.
    pub(crate) fn mode(&self) -> Option<Mode> {
        let state = self.shared.locked();
        state.settled.then_some(state.mode)
    }
}

impl Drop for Webcam {
    fn drop(&mut self) {
        usbip::detach(self.port).expect("a webcam in the port");
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cable(&self) -> MutexGuard<'_, UnixStream> {
        self.cable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes requests until the cable is pulled.
    fn serve(&self, mut listening: UnixStream) {
        while usbip::read(&mut listening).and_then(|request| self.handle(request)).is_ok() {}
        self.locked().unplugged = true;
        self.changed.notify_all();
    }

    fn handle(&self, request: Request) -> io::Result<()> {
        match request {
            Request::Bulk { number, bytes_max } => {
                self.locked().wanted.push_back(Wanted { number, bytes_max });
                self.changed.notify_all();
                Ok(())
            }
            Request::Unlink { number, unwanted } => {
                let in_time = self.locked().take_back(unwanted);
                usbip::unlinked(&mut *self.cable(), number, in_time)
            }
            Request::Control { number, setup, data } => {
                let answer = self.locked().answer(setup, &data);
                let mut cable = self.cable();
                match answer {
                    Some(answer) if setup.asks() => {
                        let wanted = answer.len().min(setup.length.into());
                        usbip::give(&mut *cable, number, &answer[..wanted])
                    }
                    Some(_) => usbip::taken(&mut *cable, number, data.len()),
                    None => usbip::refuse(&mut *cable, number),
                }
            }
        }
    }

    /// Sends pictures at their rate, as far as they are asked for.
    fn stream(&self) {
        while let Some((number, payload)) = self.next_payload() {
            if usbip::give(&mut *self.cable(), number, &payload).is_err() {
                return;
            }
        }
    }

    fn next_payload(&self) -> Option<(u32, Vec<u8>)> {
        let mut state = self.locked();
        loop {
            if state.unplugged {
                return None;
            }
            let now = Instant::now();
            let early = state.pictures.due.saturating_duration_since(now);
            if state.wanted.is_empty() || state.trouble == Trouble::Stalled {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else if state.pictures.sent_bytes == 0 && !early.is_zero() {
                let waited = self.changed.wait_timeout(state, early);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            } else {
                let Wanted { number, bytes_max } = state.wanted.pop_front()?;
                return Some((number, state.payload(bytes_max)));
            }
        }
    }
}

impl State {
    /// Forgets a transfer that was not answered yet; the picture on its way is lost by that.
    fn take_back(&mut self, unwanted: u32) -> bool {
        let before = self.wanted.len();
        self.wanted.retain(|wanted| wanted.number != unwanted);
        let in_time = self.wanted.len() < before;
        if in_time {
            self.pictures.sent_bytes = 0;
        }
        in_time
    }

    /// The answer to a control request; `None` for one that a webcam need not know.
    fn answer(&mut self, setup: Setup, data: &[u8]) -> Option<Vec<u8>> {
        if let Some(answer) = self.answer_any_device(setup) {
            return Some(answer);
        }
        let control = probe::Control::of(setup)?;
        match control.request {
            probe::GET_LEN => Some(probe::LENGTH.to_vec()),
            probe::GET_INFO => Some(vec![3]),
            probe::SET_CUR => {
                self.mode = probe::nearest(&self.modes, data)?;
                self.settled = control.settles;
                self.pictures.sent_bytes = 0;
                Some(vec![])
            }
            _ => Some(probe::current(&self.modes, self.mode)),
        }
    }

    /// What every USB device is asked (USB 2.0, 9.4).
    fn answer_any_device(&self, setup: Setup) -> Option<Vec<u8>> {
        let [low, high] = setup.value.to_le_bytes();
        match (setup.kind, setup.request) {
            (0x80, 6) => match high {
                1 => Some(model::DEVICE.to_vec()),
                2 => Some(model::configuration(&self.modes)),
                3 => model::string(low),
                _ => None,
            },
            // The status, the configuration and the setting of an interface.
            (0x80..=0x82, 0) => Some(vec![0, 0]),
            (0x80, 8) => Some(vec![1]),
            (0x81, 10) => Some(vec![0]),
            // The address, the configuration, an interface's setting, a halt that is over.
            (0x00, _) | (0x01, 11) | (0x02, 1) => Some(vec![]),
            _ => None,
        }
    }

    /// A header of two bytes and the next piece of the picture.
    fn payload(&mut self, bytes_max: usize) -> Vec<u8> {
        const END_OF_HEADER: u8 = 0x80;
        const END_OF_PICTURE: u8 = 0x02;
        if self.pictures.sent_bytes == 0 {
            self.start_picture();
        }
        let Pictures { now, sent_bytes, count, .. } = &mut self.pictures;
        let room = bytes_max.min(PAYLOAD_BYTES_MAX as usize) - 2;
        let rest = &now[*sent_bytes..];
        let piece = &rest[..rest.len().min(room)];
        // The lowest bit changes from picture to picture.
        let mut flags = END_OF_HEADER | u8::from(count.is_multiple_of(2));
        if piece.len() == rest.len() {
            flags |= END_OF_PICTURE;
            *sent_bytes = 0;
        } else {
            *sent_bytes += piece.len();
        }
        [&[2, flags], piece].concat()
    }

    fn start_picture(&mut self) {
        let pictures = &mut self.pictures;
        pictures.count += 1;
        pictures.due = Instant::now() + Duration::from_secs(1) / self.mode.fps;
        let key = (self.text.clone(), self.mode);
        let whole = pictures
            .packed
            .entry(key)
            .or_insert_with_key(|(text, mode)| pictures::packed(text, *mode));
        let third = pictures.count.is_multiple_of(3);
        pictures.now = match self.trouble {
            Trouble::Torn if third => whole[..whole.len() / 3].to_vec(),
            Trouble::Noisy if third => pictures::noise(),
            Trouble::OnlyNoise => pictures::noise(),
            Trouble::Nothing | Trouble::Stalled | Trouble::Torn | Trouble::Noisy => whole.clone(),
        };
    }
}
