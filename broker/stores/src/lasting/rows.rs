//! Several rows in one statement.

use sqlx::AssertSqlSafe;

/// Rows of one statement at the most: SQLite takes 32,766 values, PostgreSQL 65,535.
pub(super) const AT_ONCE: usize = 1000;

/// `head`, then `rows` groups of `columns` numbered placeholders, then `tail`. Only our own text and numbers: nothing to inject.
pub(super) fn many(head: &str, columns: usize, rows: usize, tail: &str) -> AssertSqlSafe<String> {
    let group = |row: usize| {
        let placeholders: Vec<String> = (1..=columns).map(|c| format!("${}", row * columns + c)).collect();
        format!("({})", placeholders.join(", "))
    };
    let groups: Vec<String> = (0..rows).map(group).collect();
    AssertSqlSafe(format!("{head} {} {tail}", groups.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_go_on_from_row_to_row() {
        let AssertSqlSafe(text) = many("INSERT INTO t (a, b) VALUES", 2, 2, "ON CONFLICT DO NOTHING");
        assert_eq!(text, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
    }
}
