//! The review queue.

use super::error::{corrupt, failed};
use super::repository::{OnPostgres, OnSqlite, Pooled, Repository};
use crate::meter::statement;
use crate::record::{pack, unpack};
use crate::sealing::Indexes;
use async_trait::async_trait;
use broker_domain::clock::Timestamp;
use broker_domain::ids::{AccountId, CitizenId, InteractionId, ReviewId};
use broker_domain::linking::{
    Case, Dossier, NewReview, Operator, Outcome, ReviewReason, Ruling, Standing, Vote,
};
use broker_domain::ports::{OpenedReview, Review, Reviews, Stepped, StoreError};

/// What is open of this matter; else what two people rejected with the same evidence.
const BEFORE: &str = "SELECT id, closed_at IS NULL AS is_open FROM reviews WHERE matter = $1
 AND (closed_at IS NULL OR ($4 AND ruling = 'reject' AND evidence_index IN ($2, $3)))
 ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, opened_at DESC LIMIT 1";
/// Of several at once one opens it; the others wait here, and add nothing.
const OPEN: &str = "INSERT INTO reviews (id, matter, reason, citizen_id, account_id, interaction, dossier, evidence_index, opened_at)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (matter) WHERE closed_at IS NULL DO NOTHING";
const SAY: &str = "INSERT INTO review_votes (review_id, nth, name, account, ruling, why, said_at)
 VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Whoever goes on with a case has it alone until the end of the transaction.
const HOLD: &str = "UPDATE reviews SET reason = reason WHERE id = $1 RETURNING id";
const CLOSE: &str = "UPDATE reviews SET closed_at = $2, ruling = $3, outcome = $4 WHERE id = $1";
const ONE: &str = "SELECT r.id, r.reason, r.citizen_id, r.account_id, r.interaction, r.dossier, r.opened_at,
 r.ruling AS ended_by, r.outcome, v.nth, v.name, v.account, v.ruling, v.why, v.said_at
 FROM reviews r LEFT JOIN review_votes v ON v.review_id = r.id WHERE r.id = $1 ORDER BY v.nth";
const MANY: &str = "SELECT r.id, r.reason, r.citizen_id, r.account_id, r.interaction, r.dossier, r.opened_at,
 r.ruling AS ended_by, r.outcome, v.nth, v.name, v.account, v.ruling, v.why, v.said_at
 FROM (SELECT * FROM reviews WHERE $1 OR closed_at IS NULL ORDER BY opened_at, id LIMIT $2) r
 LEFT JOIN review_votes v ON v.review_id = r.id ORDER BY r.opened_at, r.id, v.nth";

/// How often an opening that lost against another is tried anew.
const ATTEMPTS: usize = 16;

/// What the dossier of a case is sealed for.
pub(super) fn dossier_place(review: &str) -> String {
    format!("reviews/{review}/dossier")
}

/// What somebody's words are sealed for.
pub(super) fn why_place(review: &str, nth: i64) -> String {
    format!("review_votes/{review}/{nth}/why")
}

/// A case with one of its votes.
#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    reason: String,
    citizen_id: String,
    account_id: Option<String>,
    interaction: Option<String>,
    dossier: Vec<u8>,
    opened_at: i64,
    ended_by: Option<String>,
    outcome: Option<String>,
    nth: Option<i64>,
    name: Option<String>,
    account: Option<String>,
    ruling: Option<String>,
    why: Option<Vec<u8>>,
    said_at: Option<i64>,
}

fn matter(review: &NewReview) -> String {
    let account = review.account.as_ref().map_or("-", AccountId::as_str);
    format!("{}/{}/{account}", review.reason.as_str(), review.citizen)
}

fn ruling(text: &str) -> Result<Ruling, StoreError> {
    Ruling::parse(text).ok_or_else(|| corrupt("a ruling does not read"))
}

impl<D: Pooled> Repository<D> {
    /// The index by which the same evidence is known again.
    pub(super) fn evidence_indexes(&self, dossier: &Dossier) -> Result<Indexes, StoreError> {
        let bytes = postcard::to_stdvec(dossier).map_err(|_| corrupt("a dossier cannot be written"))?;
        Ok(self.index.of_bytes("review-evidence", &bytes))
    }

    fn vote_of(&self, row: &Row) -> Result<Option<Vote>, StoreError> {
        let (Some(nth), Some(name), Some(account), Some(said), Some(why), Some(at)) =
            (row.nth, &row.name, &row.account, &row.ruling, &row.why, row.said_at)
        else {
            return Ok(None);
        };
        let by = Operator::new(name, account).map_err(|_| corrupt("an operator does not read"))?;
        let why = unpack(&self.sealer, &why_place(&row.id, nth), why)?;
        Ok(Some(Vote { by, ruling: ruling(said)?, why, at: Timestamp::from_millis(at) }))
    }

    /// The cases of rows that stand together.
    fn gathered(&self, rows: Vec<Row>) -> Result<Vec<Review>, StoreError> {
        let mut all: Vec<(Row, Vec<Vote>)> = Vec::new();
        for row in rows {
            let vote = self.vote_of(&row)?;
            match all.last_mut() {
                Some((last, votes)) if last.id == row.id => votes.extend(vote),
                _ => all.push((row, Vec::from_iter(vote))),
            }
        }
        let whole = |(row, votes): (Row, Vec<Vote>)| {
            let reason =
                ReviewReason::parse(&row.reason).ok_or_else(|| corrupt("a review's reason does not read"))?;
            let closed = match (&row.ended_by, &row.outcome) {
                (Some(by), Some(outcome)) => {
                    let outcome =
                        Outcome::parse(outcome).ok_or_else(|| corrupt("an outcome does not read"))?;
                    Some((ruling(by)?, outcome))
                }
                _ => None,
            };
            Ok(Review {
                dossier: unpack(&self.sealer, &dossier_place(&row.id), &row.dossier)?,
                id: ReviewId::new(row.id),
                citizen: CitizenId::new(row.citizen_id),
                account: row.account_id.map(AccountId::new),
                interaction: row.interaction.map(InteractionId::new),
                opened_at: Timestamp::from_millis(row.opened_at),
                case: Case::stored(reason, votes, closed),
            })
        };
        all.into_iter().map(whole).collect()
    }
}

macro_rules! reviews {
    ($($repository:ty),*) => {$(
        impl $repository {
            async fn say<'e, E>(&self, on: E, review: &ReviewId, nth: usize, vote: &Vote) -> Result<(), StoreError>
            where
                E: sqlx::Executor<'e, Database = <Self as super::repository::On>::Database>,
            {
                let nth = i64::try_from(nth).map_err(|_| corrupt("too many votes"))?;
                let say = sqlx::query(SAY)
                    .bind(review.as_str())
                    .bind(nth)
                    .bind(vote.by.name())
                    .bind(vote.by.account())
                    .bind(vote.ruling.as_str())
                    .bind(pack(&self.sealer, &why_place(review.as_str(), nth), &vote.why)?)
                    .bind(vote.at.millis());
                statement(say.execute(on)).await.map_err(failed)?;
                Ok(())
            }

            /// Opens it, unless somebody else just did.
            async fn open_now(&self, review: &NewReview, matter: &str, index: &[u8]) -> Result<bool, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let open = sqlx::query(OPEN)
                    .bind(review.id.as_str())
                    .bind(matter)
                    .bind(review.reason.as_str())
                    .bind(review.citizen.as_str())
                    .bind(review.account.as_ref().map(AccountId::as_str))
                    .bind(review.interaction.as_ref().map(InteractionId::as_str))
                    .bind(pack(&self.sealer, &dossier_place(review.id.as_str()), &review.dossier)?)
                    .bind(index)
                    .bind(review.now.millis());
                if statement(open.execute(&mut *tx)).await.map_err(failed)?.rows_affected() == 0 {
                    statement(tx.rollback()).await.map_err(failed)?;
                    return Ok(false);
                }
                if let Some(first) = &review.first {
                    self.say(&mut *tx, &review.id, 1, first).await?;
                }
                statement(tx.commit()).await.map_err(failed)?;
                Ok(true)
            }
        }

        #[async_trait]
        impl Reviews for $repository {
            async fn open(&self, review: &NewReview) -> Result<OpenedReview, StoreError> {
                let (matter, evidence) = (matter(review), self.evidence_indexes(&review.dossier)?);
                for _ in 0..ATTEMPTS {
                    let before = sqlx::query_as::<_, (String, bool)>(BEFORE)
                        .bind(matter.as_str())
                        .bind(evidence.current.as_slice())
                        .bind(evidence.other.as_slice())
                        // What an operator asks for is theirs to ask for again.
                        .bind(review.first.is_none());
                    let before = statement(before.fetch_optional(&self.writer)).await.map_err(failed)?;
                    if let Some((id, is_open)) = before {
                        let id = ReviewId::new(id);
                        return Ok(if is_open { OpenedReview::Before(id) } else { OpenedReview::Rejected(id) });
                    }
                    if self.open_now(review, &matter, &evidence.current).await? {
                        return Ok(OpenedReview::Now(review.id.clone()));
                    }
                }
                Err(StoreError::Unavailable("others open the same case".to_owned()))
            }

            async fn review(&self, id: &ReviewId) -> Result<Option<Review>, StoreError> {
                let rows = sqlx::query_as::<_, Row>(ONE).bind(id.as_str());
                let rows = statement(rows.fetch_all(&self.reader)).await.map_err(failed)?;
                Ok(self.gathered(rows)?.pop())
            }

            async fn reviews(&self, closed_too: bool, limit: i64) -> Result<Vec<Review>, StoreError> {
                let rows = sqlx::query_as::<_, Row>(MANY).bind(closed_too).bind(limit);
                let rows = statement(rows.fetch_all(&self.reader)).await.map_err(failed)?;
                self.gathered(rows)
            }

            async fn vote(&self, id: &ReviewId, vote: &Vote) -> Result<Stepped<Standing>, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let hold = sqlx::query_scalar::<_, String>(HOLD).bind(id.as_str());
                if statement(hold.fetch_optional(&mut *tx)).await.map_err(failed)?.is_none() {
                    return Ok(Stepped::Unknown);
                }
                let rows = sqlx::query_as::<_, Row>(ONE).bind(id.as_str());
                let rows = statement(rows.fetch_all(&mut *tx)).await.map_err(failed)?;
                let Some(mut review) = self.gathered(rows)?.pop() else { return Ok(Stepped::Unknown) };
                let standing = match review.case.vote(vote.clone()) {
                    Ok(standing) => standing,
                    Err(bad) => return Ok(Stepped::No(bad)),
                };
                self.say(&mut *tx, id, review.case.votes().len(), vote).await?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(Stepped::Yes(standing))
            }

            async fn close(&self, id: &ReviewId, outcome: Outcome, now: Timestamp) -> Result<Stepped<Ruling>, StoreError> {
                let mut tx = statement(self.begin()).await.map_err(failed)?;
                let hold = sqlx::query_scalar::<_, String>(HOLD).bind(id.as_str());
                if statement(hold.fetch_optional(&mut *tx)).await.map_err(failed)?.is_none() {
                    return Ok(Stepped::Unknown);
                }
                let rows = sqlx::query_as::<_, Row>(ONE).bind(id.as_str());
                let rows = statement(rows.fetch_all(&mut *tx)).await.map_err(failed)?;
                let Some(mut review) = self.gathered(rows)?.pop() else { return Ok(Stepped::Unknown) };
                let ruling = match review.case.close(outcome) {
                    Ok(ruling) => ruling,
                    Err(bad) => return Ok(Stepped::No(bad)),
                };
                let close = sqlx::query(CLOSE)
                    .bind(id.as_str())
                    .bind(now.millis())
                    .bind(ruling.as_str())
                    .bind(outcome.as_str());
                statement(close.execute(&mut *tx)).await.map_err(failed)?;
                statement(tx.commit()).await.map_err(failed)?;
                Ok(Stepped::Yes(ruling))
            }
        }
    )*};
}

reviews!(OnPostgres, OnSqlite);
