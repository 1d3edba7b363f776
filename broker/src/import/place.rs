//! Which file it is, and how far it was read: by hashes of its bytes, so that an import goes on only behind what it did read.

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How much of a file tells it from others, together with its length.
const HEAD: u64 = 64 * 1024;
/// Bytes that are hashed at once.
const PART: usize = 128 * 1024;

/// What tells a file from others: its length, and a hash of its beginning.
pub(super) fn mark(file: &Path) -> io::Result<(String, u64)> {
    let opened = File::open(file)?;
    let length = opened.metadata()?.len();
    let mut head = Vec::new();
    opened.take(HEAD).read_to_end(&mut head)?;
    let hash = aws_lc_rs::digest::digest(&SHA256, &head);
    Ok((format!("{}-{length}", HEXLOWER.encode(hash.as_ref().get(..16).unwrap_or_default())), length))
}

/// A running hash of a file from its beginning.
pub(super) struct Running {
    file: File,
    context: Context,
    at: u64,
    part: Vec<u8>,
}

impl Running {
    pub(super) fn open(file: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(file)?, context: Context::new(&SHA256), at: 0, part: vec![0; PART] })
    }

    /// The hash of the first `bytes` bytes, which are no fewer than those asked for before; of all, when there are not so many.
    pub(super) fn until(&mut self, bytes: u64) -> io::Result<Vec<u8>> {
        while self.at < bytes {
            let wanted = usize::try_from(bytes - self.at).unwrap_or(PART).min(PART);
            let read = self.file.read(self.part.get_mut(..wanted).unwrap_or_default())?;
            if read == 0 {
                break;
            }
            self.context.update(self.part.get(..read).unwrap_or_default());
            self.at += read as u64;
        }
        Ok(self.context.clone().finish().as_ref().to_vec())
    }
}

/// A file, looked at from beginning to end.
pub(super) struct Looked {
    /// What tells its contents from those of any other file.
    pub(super) content: String,
    /// The running hash: behind the bytes that were done before, or at the beginning when these are not the bytes that were done.
    pub(super) running: Running,
    /// Whether they are.
    pub(super) goes_on: bool,
}

/// Looks whether the first bytes of a file are those that an import had done: how many, and their hash.
pub(super) fn look(file: &Path, done: Option<(u64, &[u8])>) -> io::Result<Looked> {
    let mut all = Running::open(file)?;
    let goes_on = match done {
        Some((bytes, hash)) => all.until(bytes)? == hash && all.at == bytes,
        None => false,
    };
    let mut running = Running::open(file)?;
    if goes_on {
        io::Seek::seek(&mut running.file, io::SeekFrom::Start(all.at))?;
        (running.context, running.at) = (all.context.clone(), all.at);
    }
    let content = all.until(u64::MAX)?;
    Ok(Looked { content: HEXLOWER.encode(content.get(..20).unwrap_or_default()), running, goes_on })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash of a part is the same whether the part was read at once or in pieces, and whatever follows it.
    #[test]
    fn a_running_hash_is_the_hash_of_what_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let text: Vec<u8> = (0..400_000_u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&file, &text).unwrap();
        let mut running = Running::open(&file).unwrap();
        let hash = |end: usize| aws_lc_rs::digest::digest(&SHA256, &text[..end]).as_ref().to_vec();
        for end in [0, 1, 63, 64, 100_000, 300_001, 400_000] {
            assert_eq!(running.until(end as u64).unwrap(), hash(end), "{end}");
            let looked = look(&file, Some((end as u64, &hash(end)))).unwrap();
            assert!(looked.goes_on && looked.running.at == end as u64, "{end}");
            assert_eq!(looked.content, HEXLOWER.encode(&hash(400_000)[..20]));
            assert!(!look(&file, Some((end as u64, &hash(17)))).unwrap().goes_on);
        }
        assert_eq!(running.until(500_000).unwrap(), hash(400_000));
        assert!(!look(&file, Some((500_000, &hash(400_000)))).unwrap().goes_on);
    }
}
