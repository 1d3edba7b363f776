//! The Lua scripts.

use redis::{Cmd, Script, cmd};
use std::sync::LazyLock;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $($file:literal)+,)*) => {
        /// A script, by what it does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Which { $($(#[$doc])* $name,)* }

        impl Which {
            /// Its name.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }

        static ALL: LazyLock<Vec<(Which, &'static str, Script)>> = LazyLock::new(|| {
            vec![$({
                let code = concat!($(include_str!(concat!("scripts/", $file, ".lua")),)+);
                (Which::$name, code, Script::new(code))
            },)*]
        });
    };
}

scripts! {
    BeginInteraction = "begin_interaction",
    SaveInteraction = "save_interaction",
    TakeReturn = "take_return",
    OpenSession = "open_session",
    RenewSession = "renew_session",
    JoinSession = "join_session",
    EndSession = "end_session",
    ListSession = "list_session",
    OpenGrant = "open_grant",
    Redeem = "family" "redeem",
    AttachTokens = "family" "attach_tokens",
    Refresh = "family" "refresh",
    RevokeFamily = "family" "revoke_family",
    RevokeRefresh = "family" "revoke_refresh",
    RevokeAccess = "revoke_access",
    DropEvents = "drop_events",
    Lease = "lease",
    Attempt = "attempt",
    TakeBack = "take_back",
    AddRate = "add_rate",
}

impl Which {
    /// The script's digest, under which a server that has seen it knows it.
    pub(super) fn digest(self) -> &'static str {
        ALL.iter().find(|(w, _, _)| *w == self).map_or("", |(_, _, s)| s.get_hash())
    }

    /// The script itself.
    pub(super) fn code(self) -> &'static str {
        ALL.iter().find(|(w, _, _)| *w == self).map_or("", |(_, code, _)| code)
    }
}

/// The commands that make a server know all scripts.
pub(super) fn load() -> impl Iterator<Item = Cmd> {
    ALL.iter().map(|(_, code, _)| {
        let mut load = cmd("SCRIPT");
        load.arg("LOAD").arg(*code);
        load
    })
}
