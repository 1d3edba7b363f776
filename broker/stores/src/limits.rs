//! Bounds that hold on every implementation of a port.

/// Participants of one session that are remembered at the most: the oldest give way.
pub(crate) const PARTICIPANTS: usize = 256;
/// Rotated refresh tokens of one family that are remembered at the most: the oldest are unknown again.
pub(crate) const ROTATED: usize = 945;
