use super::*;
use crate::telemetry::tests::Written;
use std::time::Instant;

fn until(out: &Written, wanted: &str) {
    let began = Instant::now();
    while out.text() != wanted {
        assert!(began.elapsed() < Duration::from_secs(10), "{}", out.text());
        std::thread::yield_now();
    }
}

fn line(sink: &Sink, at_once: bool, text: &str) {
    Line { shared: &sink.0, at_once }.write_all(text.as_bytes()).unwrap();
}

#[test]
fn lines_are_written_after_a_moment_again_and_again() {
    let out = Written::default();
    let (sink, _held) = Sink::start(out.clone()).unwrap();
    line(&sink, false, "a\n");
    line(&sink, false, "b\n");
    until(&out, "a\nb\n");
    line(&sink, false, "c\n");
    until(&out, "a\nb\nc\n");
}

#[test]
fn a_warning_is_written_at_once_behind_what_stood_before_it() {
    let out = Written::default();
    let (sink, _held) = Sink::start(out.clone()).unwrap();
    line(&sink, false, "a\n");
    line(&sink, true, "b\n");
    assert_eq!(out.text(), "a\nb\n");
}

#[test]
fn the_end_writes_all_and_afterwards_nothing_is_kept_back() {
    let out = Written::default();
    let (sink, held) = Sink::start(out.clone()).unwrap();
    line(&sink, false, "a\n");
    drop(held);
    assert_eq!(out.text(), "a\n");
    line(&sink, false, "b\n");
    assert_eq!(out.text(), "a\nb\n");
}

#[test]
fn of_many_writers_no_line_is_lost_or_torn_and_each_keeps_its_order() {
    let out = Written::default();
    let (sink, held) = Sink::start(out.clone()).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let sink = &sink;
            scope.spawn(move || {
                for n in 0..2000 {
                    line(sink, n % 97 == 0, &format!("{writer} {n} {}\n", "x".repeat(100)));
                }
            });
        }
    });
    drop(held);
    let (text, mut next) = (out.text(), [0; 8]);
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (writer, n): (usize, usize) = (words[0].parse().unwrap(), words[1].parse().unwrap());
        assert_eq!((n, words[2].len()), (next[writer], 100));
        next[writer] += 1;
    }
    assert_eq!(next, [2000; 8]);
}

/// Whoever reads the log takes nothing.
struct Stuck(Arc<(Mutex<bool>, Condvar)>, Written);

impl Write for Stuck {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let open = self.0.1.wait_while(lock(&self.0.0), |open| !*open).unwrap();
        drop(open);
        self.1.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_waits_is_bounded_when_nobody_reads() {
    let (gate, out) = (Arc::new((Mutex::new(false), Condvar::new())), Written::default());
    let (sink, held) = Sink::start(Stuck(gate.clone(), out.clone())).unwrap();
    let long = format!("{}\n", "x".repeat(1023));
    let writing = sink.clone();
    let writer = std::thread::spawn(move || (0..2000).for_each(|_| line(&writing, false, &long)));
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(100) {
        assert!(lock(&sink.0.kept).lines.len() <= MOST + 1024);
        assert!(!writer.is_finished());
    }
    *lock(&gate.0) = true;
    gate.1.notify_all();
    writer.join().unwrap();
    drop(held);
    assert_eq!(out.text().len(), 2000 * 1024);
}
