//! What stands under the help of commands, after their options.

/// Under the help of the program itself.
pub(super) const AFTER: &str = "\
The first time: `secrets generate`, `config check`, `migrate`, `doctor`, `serve`; then `client add` for each portal. When something is
wrong: `doctor`. config/README.md and broker/README.md say more of every command.

Settings can also come from the environment: BROKER__LISTEN__ADDRESS is listen.address, and wins over the file.
Changes by `client`, `namespace` and `keys` are in force on running instances within a second.

Exit codes: 0 done, 1 trouble that may pass (a store is away), 2 asked wrongly, 3 the configuration cannot stand,\n4 done, and something is left for a person to look at (rows of an import, citizens of a merge, what the doctor warns of, what `serve`\nhad in hand when its time was over).";

/// Of `doctor`.
pub(super) const DOCTOR_HELP: &str = "\
Run it before the first start, after every change, and when something is wrong: it works while a store is away. Every check has a
limit of time and stands alone. No secret is printed.

Exit codes: 0 all is well, 4 something deserves a look (warn), 1 something is broken (fail), 3 the configuration cannot stand.";

/// Of `backup`.
pub(super) const BACKUP_HELP: &str = "\
The file holds everything that lasts: registrations, citizens, subjects, links, the keys that sign tokens (sealed), the audit trail.
The secrets of the installation are not in it; it opens for nobody without them. What happens after the copy is not in it: how much
may be lost is as long as the time between two backups. PostgreSQL is copied by its own tools: see deploy/README.md.";

/// Of `restore`.
pub(super) const RESTORE_HELP: &str = "\
Refused are: a database that is there (without --replace), a broker that runs, a file that is damaged, a schema newer than this program,
secrets other than those of the backup. All is checked before anything is touched. What happened after the copy is lost, and keys
that were taken away since because they had leaked are back: run `broker keys rotate --emergency` then.";

/// Of `portal merge`.
pub(super) const MERGE_HELP: &str = "\
Whoever only FROM knows is known to INTO by the same subject. Whoever both know keeps INTO's subject there, and FROM's becomes a
further name, of which INTO's clients are told. FROM's own clients see what they have always seen; FROM gives no new subjects any
more: who comes later has the same one in both. A name that INTO uses for somebody else is a conflict: that citizen is left as
they are and listed, and exit code 4 says so. It can be broken off and begun again, and a second time changes nothing. It cannot be
undone.";

/// Of `accounts import`.
pub(super) const COLUMNS_HELP: &str = "\
Columns (CSV) or members (JSON): tech_id, user_name, password_hash, kind (citizen, organization, administrator, post),
status (open, closed, locked, deceased), and the claims personal_number, old_number, passport, full_name, birth_date (a year alone
will do), gender, phone, email, address (of permanent residence), current_address, tax_code, business_code, organization_name. A
name may come in parts: family_name, middle_name, given_name. Only tech_id must be there. Password hashes: argon2id, bcrypt,
PBKDF2 as passlib, LDAP servers, Django, Spring Security and ASP.NET Identity write it, $5$ and $6$ of crypt, {SHA} and {SSHA} to
{SSHA512}, sha1:salt:hex to sha512:salt:hex with the salt before or behind the hash; config/README.md has the list. Beside a claim can
stand its _mark (green: verified; yellow, or nothing: typed in by its user; red: none), its _source, and _verified_at (RFC 3339).
A row without a readable tech_id is refused; a claim that cannot be read, and a password hash that nothing can be checked against, is
left out. Of rows with the same tech_id the last one of a file counts, and each of the others is reported, now or when the file comes
once more. All this stands in the report, one line each, and gives exit code 4.";

/// Of `keys rotate`.
pub(super) const ROTATE_HELP: &str = "\
Without an option nothing is interrupted: portals fetch the new keys before they sign. After --emergency portals that keep our
keys refuse new tokens until they fetch the keys again, and the command says what to tell them. Sessions, opaque access tokens and
refresh tokens go on, for no key signed them.";
