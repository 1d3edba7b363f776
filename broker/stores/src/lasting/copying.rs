//! Many new rows at once: PostgreSQL's binary COPY.

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// Rows in the binary format of COPY.
pub(super) struct Copied(Vec<u8>);

impl Copied {
    /// With room for so many bytes.
    pub(super) fn new(room: usize) -> Self {
        let mut bytes = Vec::with_capacity(room + room / 8);
        bytes.extend(SIGNATURE);
        Self(bytes)
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// What there is so far.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Forgets what was sent.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Begins a row of so many columns.
    pub(super) fn row(&mut self, columns: i16) {
        self.0.extend(columns.to_be_bytes());
    }

    /// A column of bytes or text; `None` is NULL.
    pub(super) fn bytes(&mut self, value: Option<&[u8]>) {
        match value.map(|v| (v, i32::try_from(v.len()))) {
            Some((value, Ok(length))) => {
                self.0.extend(length.to_be_bytes());
                self.0.extend(value);
            }
            // Longer than anything that is stored here.
            _ => self.0.extend((-1_i32).to_be_bytes()),
        }
    }

    /// A column of BIGINT.
    pub(super) fn number(&mut self, value: i64) {
        self.0.extend(8_i32.to_be_bytes());
        self.0.extend(value.to_be_bytes());
    }

    /// The rest of it.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.extend(END);
        self.0
    }
}
