//! After a change of keys: the review queue.

use super::error::failed;
use super::repository::{OnPostgres, OnSqlite};
use super::reviews::{dossier_place, why_place};
use crate::record::{pack, unpack};
use broker_domain::linking::Dossier;
use broker_domain::ports::StoreError;

/// Rows of one page.
const PAGE: i64 = 500;
const REVIEWS: &str = "SELECT id, dossier, evidence_index FROM reviews WHERE id > $1 ORDER BY id LIMIT $2";
const RENEW_REVIEW: &str =
    "UPDATE reviews SET dossier = $2, evidence_index = $3 WHERE id = $1 AND dossier = $4";
const VOTES: &str = "SELECT review_id, nth, why FROM review_votes
 WHERE review_id > $1 OR (review_id = $1 AND nth > $2) ORDER BY review_id, nth LIMIT $3";
const RENEW_VOTE: &str = "UPDATE review_votes SET why = $3 WHERE review_id = $1 AND nth = $2";

macro_rules! rekey_reviews {
    ($($repository:ty),*) => {$(
        impl $repository {
            /// Seals cases and words anew; gives how many.
            pub(super) async fn rekey_reviews(&self) -> Result<u64, StoreError> {
                Ok(self.rekey_dossiers().await?.saturating_add(self.rekey_words().await?))
            }

            async fn rekey_dossiers(&self) -> Result<u64, StoreError> {
                let (mut after, mut sealed) = (String::new(), 0_u64);
                loop {
                    let page = sqlx::query_as::<_, (String, Vec<u8>, Vec<u8>)>(REVIEWS).bind(&after).bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((last, ..)) = page.last() else { return Ok(sealed) };
                    after.clone_from(last);
                    for (id, before, index) in page {
                        let place = dossier_place(&id);
                        let dossier: Dossier = unpack(&self.sealer, &place, &before)?;
                        let wanted = self.evidence_indexes(&dossier)?.current;
                        if self.sealer.is_current(&before) && wanted == index {
                            continue;
                        }
                        let renew = sqlx::query(RENEW_REVIEW)
                            .bind(id)
                            .bind(pack(&self.sealer, &place, &dossier)?)
                            .bind(wanted)
                            .bind(before);
                        let renewed = renew.execute(&self.writer).await.map_err(failed)?.rows_affected();
                        sealed = sealed.saturating_add(renewed);
                    }
                }
            }

            async fn rekey_words(&self) -> Result<u64, StoreError> {
                let (mut after, mut sealed) = ((String::new(), 0_i64), 0_u64);
                loop {
                    let page = sqlx::query_as::<_, (String, i64, Vec<u8>)>(VOTES)
                        .bind(&after.0)
                        .bind(after.1)
                        .bind(PAGE);
                    let page = page.fetch_all(&self.reader).await.map_err(failed)?;
                    let Some((review, nth, _)) = page.last() else { return Ok(sealed) };
                    after = (review.clone(), *nth);
                    for (review, nth, why) in page {
                        if let Some(new) = self.anew(&why_place(&review, nth), &why)? {
                            let renew = sqlx::query(RENEW_VOTE).bind(review).bind(nth).bind(new);
                            let renewed = renew.execute(&self.writer).await.map_err(failed)?.rows_affected();
                            sealed = sealed.saturating_add(renewed);
                        }
                    }
                }
            }
        }
    )*};
}

rekey_reviews!(OnPostgres, OnSqlite);
