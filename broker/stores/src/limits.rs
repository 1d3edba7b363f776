//! Bounds that hold on every implementation of a port.

use broker_domain::ids::SessionId;
use broker_domain::ports::Written;

/// Participants of one session that are remembered at the most: the oldest give way.
pub(crate) const PARTICIPANTS: usize = 256;
/// Rotated refresh tokens of one family that are remembered at the most: the oldest are unknown again.
pub(crate) const ROTATED: usize = 945;

/// What became of a session that was opened or renewed, when these of its holder are too many beside it.
pub(crate) fn beside(too_many: Vec<SessionId>) -> Written {
    if too_many.is_empty() { Written::Done } else { Written::TooMany(too_many) }
}
