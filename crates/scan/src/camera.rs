//! The parent's side of a camera: starts the child process, listens to it, ends it when it is
//! mute, and starts it again. Holds no device and can therefore not hang.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use std::{env, thread};

use tracing::{info, warn};

use crate::child;
use crate::sink::Sink;
use crate::state::CameraState;
use crate::stop::Stop;
use crate::wire::{self, Message, WireError};

/// How to start the process that holds the camera, and how long to trust it.
#[derive(Clone, Debug)]
pub struct ChildCommand {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    /// How long the child may say nothing before its camera is live; slow drivers take seconds.
    pub opening: Duration,
    /// How long a live camera may send nothing.
    pub silence: Duration,
}

impl ChildCommand {
    /// This very program as the child for the camera `index`, or for the first that opens.
    pub fn this_program(index: Option<u32>) -> ChildCommand {
        let index = index.map_or_else(|| "auto".to_owned(), |index| index.to_string());
        // Where the system cannot tell, the name it was started by is the next best.
        let by_name = || env::args_os().next().map(PathBuf::from).unwrap_or_default();
        ChildCommand {
            program: env::current_exe().unwrap_or_else(|_| by_name()),
            args: vec![child::ARG.into(), index.into()],
            opening: Duration::from_secs(20),
            silence: Duration::from_secs(5),
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        // The child's errors go where ours go: a driver's last words belong into the log.
        Command::new(&self.program)
            .args(&self.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
    }
}

const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How late a stop may be noticed while the child says nothing.
const STOP_LATE_MAX: Duration = Duration::from_millis(50);

/// Keeps a child process with a camera running until stopped.
pub(crate) fn supervise(command: &ChildCommand, stop: &Stop, sink: &mut Sink) {
    sink.state(CameraState::Starting);
    let mut pause = PAUSE_MIN;
    while !stop.is_set() {
        let started = Instant::now();
        let end = run_once(command, stop, sink);
        if stop.is_set() {
            return;
        }
        info!("the camera process ended: {end:?}");
        sink.state(end);
        // A child that held out is no sign of trouble; one that keeps dying is left alone longer.
        if started.elapsed() >= PAUSE_MAX {
            pause = PAUSE_MIN;
        }
        stop.wait(pause);
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// Runs one child to its end and says in which state that leaves the camera.
fn run_once(command: &ChildCommand, stop: &Stop, sink: &mut Sink) -> CameraState {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return CameraState::failed(format!("the camera process cannot be started: {error}"));
        }
    };
    let mut word = Word { to: child.stdin.take(), given_at: None };
    let end = match listen_on_thread(&mut child) {
        Ok(heard) => follow(command, &heard, &mut word, stop, sink),
        Err(error) => End::Is(CameraState::failed(format!(
            "the camera process cannot be listened to: {error}"
        ))),
    };
    let status = end_child(child);
    match end {
        End::Is(state) => state,
        End::Quiet => {
            CameraState::failed(format!("the camera process ended unexpectedly ({status})"))
        }
    }
}

enum End {
    /// The state is known.
    Is(CameraState),
    /// The child ended and did not say why.
    Quiet,
}

type Heard = Result<Option<Message>, WireError>;

fn listen_on_thread(child: &mut Child) -> io::Result<Receiver<Heard>> {
    let pipe = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    // One message at most waits: the thread that takes them does nothing slow.
    let (tell, heard) = sync_channel(1);
    thread::Builder::new().name("scan-pipe".to_owned()).spawn(move || listen(pipe, &tell))?;
    Ok(heard)
}

fn listen(mut pipe: ChildStdout, tell: &SyncSender<Heard>) {
    loop {
        let message = wire::read(&mut pipe);
        let last = !matches!(message, Ok(Some(_)));
        if tell.send(message).is_err() || last {
            return;
        }
    }
}

fn follow(
    command: &ChildCommand,
    heard: &Receiver<Heard>,
    word: &mut Word,
    stop: &Stop,
    sink: &mut Sink,
) -> End {
    let mut watchdog = Watchdog::new(command);
    // The last thing the child said, if that explains why it ends.
    let mut said = None;
    while !stop.is_set() {
        if sink.has_code_in_view() {
            word.give();
        }
        match heard.recv_timeout(STOP_LATE_MAX) {
            Ok(Ok(Some(Message::Frame(frame)))) => {
                said = None;
                watchdog.frame();
                sink.frame(frame);
            }
            Ok(Ok(Some(Message::Damaged { count, reason }))) => {
                watchdog.damaged();
                // A camera that sends nothing else must not fill the log.
                if count.is_power_of_two() {
                    warn!("{count} damaged pictures from the camera so far, the last: {reason}");
                }
            }
            Ok(Ok(Some(Message::State(state)))) => {
                watchdog.state(&state);
                said = match state {
                    // An open camera may still send nothing: only its first frame makes it live.
                    CameraState::Starting | CameraState::Live => None,
                    CameraState::None
                    | CameraState::Busy
                    | CameraState::NoPermission
                    | CameraState::Unplugged
                    | CameraState::Failed { .. } => {
                        sink.state(state.clone());
                        Some(state)
                    }
                };
            }
            Ok(Ok(None) | Err(WireError::Pipe(_))) | Err(RecvTimeoutError::Disconnected) => {
                return said.map_or(End::Quiet, End::Is);
            }
            Ok(Err(error)) => {
                warn!("the camera process sent nonsense: {error}");
                return End::Is(CameraState::failed(format!(
                    "the camera process sent nonsense: {error}"
                )));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some(trouble) = watchdog.trouble() {
            warn!("{trouble}: its process is started again");
            return End::Is(CameraState::failed(trouble));
        }
    }
    End::Quiet
}

/// A word to the child that a code is in view. Its input stays open as long as it is held.
struct Word {
    to: Option<ChildStdin>,
    given_at: Option<Instant>,
}

impl Word {
    /// Several times within what one word does (see `pace`), so that one that comes late changes nothing.
    const EVERY: Duration = Duration::from_millis(250);

    fn give(&mut self) {
        if self.given_at.is_some_and(|at| at.elapsed() < Word::EVERY) {
            return;
        }
        self.given_at = Some(Instant::now());
        if let Some(to) = &mut self.to {
            // A child that does not listen is ending, or only slower.
            let _ = to.write_all(&[0]);
        }
    }
}

/// How long the child has given no sign of a working camera.
struct Watchdog<'a> {
    command: &'a ChildCommand,
    last_at: Instant,
    live: bool,
    damaged: bool,
}

impl Watchdog<'_> {
    fn new(command: &ChildCommand) -> Watchdog<'_> {
        Watchdog { command, last_at: Instant::now(), live: false, damaged: false }
    }

    fn frame(&mut self) {
        (self.last_at, self.live, self.damaged) = (Instant::now(), true, false);
    }

    fn state(&mut self, state: &CameraState) {
        (self.last_at, self.live, self.damaged) =
            (Instant::now(), *state == CameraState::Live, false);
    }

    /// Noted, but no sign of life: a camera that sends nothing else needs a new start too.
    fn damaged(&mut self) {
        self.damaged = true;
    }

    fn trouble(&self) -> Option<&'static str> {
        let limit = if self.live { self.command.silence } else { self.command.opening };
        if self.last_at.elapsed() < limit {
            return None;
        }
        Some(match (self.live, self.damaged) {
            (_, true) => "the camera sends only damaged pictures",
            (true, false) => "the camera stopped sending pictures",
            (false, false) => "the camera did not answer",
        })
    }
}

/// Kills the child unless it has ended, and says how it ended.
fn end_child(mut child: Child) -> String {
    const GRACE: Duration = Duration::from_millis(500);
    let asked_at = Instant::now();
    // It may just have ended by itself, and then that is its status; killing comes too late to harm.
    if let Err(error) = child.kill() {
        warn!("the camera process cannot be killed: {error}");
    }
    while asked_at.elapsed() < GRACE {
        match child.try_wait() {
            Ok(Some(status)) => return status.to_string(),
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(error) => return error.to_string(),
        }
    }
    // A driver that hangs inside the kernel holds even a killed process; it must not hold us.
    let waited = thread::Builder::new().name("scan-reaper".to_owned()).spawn(move || child.wait());
    if let Err(error) = waited {
        warn!("the killed camera process is left behind: {error}");
    }
    "stuck in its driver".to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;
    use std::sync::{Arc, mpsc};

    use super::*;
    use crate::frame::Frame;
    use crate::outgoing::{Next, Outgoing};
    use crate::scanner::ScanEvent;
    use crate::slot::Slot;

    /// A child that runs a shell script, with the messages it may `cat` in the file `$0`.
    fn script(dir: &Path, messages: &[Message], script: &str) -> ChildCommand {
        let path = dir.join("messages");
        let mut bytes = Vec::new();
        for message in messages {
            wire::write(&mut bytes, message).unwrap();
        }
        std::fs::write(&path, bytes).unwrap();
        ChildCommand {
            program: "/bin/sh".into(),
            args: vec!["-c".into(), script.into(), path.into()],
            opening: Duration::from_secs(20),
            silence: Duration::from_millis(300),
        }
    }

    /// Supervises the command until `count` states were told, and returns them.
    fn states(command: &ChildCommand, count: usize) -> Vec<CameraState> {
        states_while(false, command, count)
    }

    /// The same while a code is in view, or none.
    fn states_while(in_view: bool, command: &ChildCommand, count: usize) -> Vec<CameraState> {
        let in_view = Arc::new(in_view.into());
        let (frames, outgoing, stop) =
            (Arc::new(Slot::new()), Arc::new(Outgoing::default()), Stop::default());
        let mut sink = Sink::new(frames, Arc::clone(&outgoing), in_view);
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            while let Some(next) = outgoing.next() {
                if let Next::Event(ScanEvent::State(state)) = next {
                    let _ = tell.send(state);
                }
            }
        });
        thread::scope(|scope| {
            scope.spawn(|| supervise(command, &stop, &mut sink));
            let bound = Duration::from_secs(20);
            let states: Vec<_> = (0..count).map_while(|_| told.recv_timeout(bound).ok()).collect();
            stop.set();
            states
        })
    }

    fn frame() -> Message {
        Message::Frame(Frame::grey(4, 4))
    }

    fn detail(state: &CameraState) -> &str {
        match state {
            CameraState::Failed { detail } => detail,
            other => panic!("{other:?} is not a failure"),
        }
    }

    #[test]
    fn a_camera_is_live_from_its_first_frame_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let mut command =
            script(dir.path(), &[Message::State(CameraState::Live)], "cat \"$0\"; exec sleep 60");
        let mute = states(&command, 2);
        assert_eq!(detail(&mute[1]), "the camera stopped sending pictures");
        command = script(
            dir.path(),
            &[Message::State(CameraState::Live), frame()],
            "cat \"$0\"; exec sleep 60",
        );
        assert_eq!(states(&command, 2), [CameraState::Starting, CameraState::Live]);
    }

    #[test]
    fn a_mute_camera_is_killed_and_started_again() {
        let dir = tempfile::tempdir().unwrap();
        let command = script(dir.path(), &[frame()], "cat \"$0\"; exec sleep 60");
        let states = states(&command, 4);
        assert_eq!(states[..2], [CameraState::Starting, CameraState::Live]);
        assert_eq!(detail(&states[2]), "the camera stopped sending pictures");
        assert_eq!(states[3], CameraState::Live);
    }

    #[test]
    fn a_camera_that_never_opens_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = script(dir.path(), &[], "exec sleep 60");
        command.opening = Duration::from_millis(200);
        assert_eq!(detail(&states(&command, 2)[1]), "the camera did not answer");
    }

    #[test]
    fn a_child_hears_that_a_code_is_in_view() {
        let dir = tempfile::tempdir().unwrap();
        let script_of = "cat \"$0\"; head -c 2 >\"$0.heard\"; exit 3";
        let mut command = script(dir.path(), &[frame()], script_of);
        command.silence = Duration::from_secs(20);
        let states = states_while(true, &command, 3);
        assert!(detail(&states[2]).contains('3'), "{states:?}");
        assert_eq!(std::fs::read(dir.path().join("messages.heard")).unwrap().len(), 2);
    }

    #[test]
    fn a_child_that_dies_is_started_again() {
        let dir = tempfile::tempdir().unwrap();
        let command = script(dir.path(), &[frame()], "cat \"$0\"; exit 101");
        let states = states(&command, 4);
        assert!(detail(&states[2]).contains("101"), "{states:?}");
        assert_eq!(states[3], CameraState::Live);
    }

    #[test]
    fn a_child_that_dies_within_a_frame_is_not_called_nonsense() {
        let dir = tempfile::tempdir().unwrap();
        let command = script(dir.path(), &[frame()], "head -c 20 \"$0\"; exit 101");
        assert!(detail(&states(&command, 2)[1]).contains("101"));
    }

    #[test]
    fn a_child_that_aborts_is_started_again() {
        let dir = tempfile::tempdir().unwrap();
        let command = script(dir.path(), &[frame()], "cat \"$0\"; kill -ABRT $$");
        let states = states(&command, 4);
        assert!(detail(&states[2]).contains("signal"), "{states:?}");
        assert_eq!(states[3], CameraState::Live);
    }

    #[test]
    fn what_a_child_says_before_it_ends_is_the_state() {
        let dir = tempfile::tempdir().unwrap();
        for state in [CameraState::Busy, CameraState::NoPermission, CameraState::failed("why")] {
            let command = script(dir.path(), &[Message::State(state.clone())], "exec cat \"$0\"");
            assert_eq!(states(&command, 2), [CameraState::Starting, state]);
        }
    }

    #[test]
    fn an_unplugged_camera_is_unplugged_until_it_is_live_again() {
        let dir = tempfile::tempdir().unwrap();
        let unplugged = [
            frame(),
            Message::State(CameraState::Unplugged),
            Message::State(CameraState::None),
            frame(),
        ];
        let command = script(dir.path(), &unplugged, "cat \"$0\"; exec sleep 60");
        use CameraState::{Live, Starting, Unplugged};
        assert_eq!(states(&command, 4), [Starting, Live, Unplugged, Live]);
    }

    #[test]
    fn damaged_pictures_among_good_ones_are_no_trouble_and_alone_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let damaged = Message::Damaged { count: 3, reason: "cut short".to_owned() };
        let some = [frame(), damaged.clone(), frame()];
        let command = script(dir.path(), &some, "cat \"$0\"; exec sleep 60");
        assert_eq!(states(&command, 2), [CameraState::Starting, CameraState::Live]);
        let live = Message::State(CameraState::Live);
        let flood = "head -c 16 \"$0\"; while tail -c +17 \"$0\"; do sleep 0.02; done";
        let command = script(dir.path(), &[live, damaged], flood);
        assert_eq!(detail(&states(&command, 2)[1]), "the camera sends only damaged pictures");
    }

    #[test]
    fn a_flood_of_states_and_frames_is_survived_and_can_be_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let flood = [frame(), Message::State(CameraState::Busy)];
        let command = script(dir.path(), &flood, "while cat \"$0\"; do :; done");
        let (live, busy) = (CameraState::Live, CameraState::Busy);
        assert_eq!(
            states(&command, 5),
            [CameraState::Starting, live.clone(), busy.clone(), live, busy]
        );
    }

    #[test]
    fn a_child_that_cannot_be_asked_is_killed() {
        let dir = tempfile::tempdir().unwrap();
        let stubborn = "trap '' TERM INT HUP; cat \"$0\"; while :; do sleep 1; done";
        let states = states(&script(dir.path(), &[frame()], stubborn), 4);
        assert_eq!(detail(&states[2]), "the camera stopped sending pictures");
        assert_eq!(states[3], CameraState::Live);
    }

    #[test]
    fn nonsense_and_absurd_lengths_end_the_child() {
        let dir = tempfile::tempdir().unwrap();
        // A frame of 4294967295 × 4294967295 pixels, then a driver's chatter.
        let absurd =
            r"printf 'RDC\000\377\377\377\377\377\377\377\377\377\377\377\377'; exec sleep 60";
        for nonsense in [absurd, "echo Corrupt JPEG data: 2 extraneous bytes; exec sleep 60"] {
            let command = script(dir.path(), &[], nonsense);
            assert!(detail(&states(&command, 2)[1]).contains("nonsense"));
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_a_state_and_not_a_panic() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = script(dir.path(), &[], "");
        command.program = dir.path().join("gone");
        assert!(detail(&states(&command, 2)[1]).contains("cannot be started"));
    }

    #[test]
    fn stopping_ends_the_child() {
        let dir = tempfile::tempdir().unwrap();
        let pid = dir.path().join("pid");
        let command = script(
            dir.path(),
            &[frame()],
            &format!("echo $$ > {}; cat \"$0\"; exec sleep 60", pid.display()),
        );
        states(&command, 2);
        let pid = std::fs::read_to_string(pid).unwrap();
        let alive = Command::new("/bin/sh")
            .args(["-c", &format!("kill -0 {pid}")])
            .stderr(Stdio::null())
            .status();
        assert!(!alive.unwrap().success());
    }
}
