//! How far a long run is: one line on a terminal's standard error, gone when the run ends.

use std::io::Write;
use std::time::{Duration, Instant};

/// How long a run may take before it says how far it is, and how often it does from then on.
const PATIENCE: Duration = Duration::from_millis(300);

/// Tells how many of the tags are judged.
pub struct Progress<'a> {
    terminal: Option<&'a mut dyn Write>,
    all: usize,
    last: Instant,
    is_shown: bool,
}

impl<'a> Progress<'a> {
    /// Says nothing where `is_terminal` is false.
    pub fn new(err: &'a mut dyn Write, is_terminal: bool, all: usize) -> Self {
        Self { terminal: is_terminal.then_some(err), all, last: Instant::now(), is_shown: false }
    }

    pub fn tell(&mut self, done: usize) {
        if let Some(terminal) = &mut self.terminal
            && self.last.elapsed() >= PATIENCE
        {
            // A terminal that is gone is no reason to stop.
            let _ = write!(terminal, "\r\x1b[Kjudged {done} of {} tags", self.all).and_then(|()| terminal.flush());
            self.last = Instant::now();
            self.is_shown = true;
        }
    }

    /// Clears the line.
    pub fn end(self) {
        if let Some(terminal) = self.terminal.filter(|_| self.is_shown) {
            let _ = write!(terminal, "\r\x1b[K").and_then(|()| terminal.flush());
        }
    }
}
