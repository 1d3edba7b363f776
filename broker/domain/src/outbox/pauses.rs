//! How long to wait between two attempts.

/// Seconds until the next attempt to deliver something to a portal, after `failed` of them.
pub const fn back_off(failed: u32) -> i64 {
    match failed {
        0 | 1 => 1,
        2 => 5,
        3 => 30,
        4 => 120,
        5 => 600,
        6 => 1800,
        _ => 3600,
    }
}

/// The same of a message: a citizen waits for it, and its code dies within minutes.
pub const fn back_off_of_message(failed: u32) -> i64 {
    match failed {
        0 | 1 => 1,
        2 => 5,
        3 => 15,
        _ => 30,
    }
}
