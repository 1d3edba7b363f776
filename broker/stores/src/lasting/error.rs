//! What a failed statement means.

use broker_domain::ports::StoreError;

/// Never with the values that the statement carried.
pub(super) fn failed(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(e) if e.is_unique_violation() => {
            StoreError::Conflict("a row of this key".to_owned())
        }
        sqlx::Error::Database(e) if e.is_foreign_key_violation() => {
            corrupt("a row refers to one that is not there")
        }
        sqlx::Error::Database(e) => StoreError::Unavailable(
            e.code().map_or("database error".to_owned(), |c| format!("database error {c}")),
        ),
        sqlx::Error::ColumnDecode { index, .. } => StoreError::Corrupt(format!("column {index}")),
        sqlx::Error::RowNotFound => corrupt("a row is missing"),
        sqlx::Error::PoolTimedOut => StoreError::Unavailable("no connection became free in time".to_owned()),
        sqlx::Error::Io(e) => StoreError::Unavailable(format!("the database's connection: {}", e.kind())),
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// Something that does not read.
pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}
