//! Goes on with what this till had asked when it ended.

use super::{Working, or_log};
use crate::counter::Wants;
use reda_domain::request::{RequestKind, RequestStatus};
use reda_protocol::entity::RequestBody;

impl Working {
    /// Takes up the question about points that this till asked last, while it is open and nobody has
    /// been at the counter since the start.
    pub(super) async fn resume(&mut self) {
        if !self.counter.is_fresh() {
            return;
        }
        let Some(requests) = or_log(self.desk.local.requests().await) else { return };
        let (now, own) = (self.desk.clocks.server_now(), Some(self.desk.device));
        // By its own clock a till ends nothing: the row will say so once the line is there.
        let is_by_server = self.desk.clocks.server.is_some();
        let waits = |it: &RequestBody| {
            it.kind == RequestKind::PointsDeduction
                && it.status == RequestStatus::Pending
                && it.asked_by == own
                && (!is_by_server || now < it.expires_at)
        };
        let mine = requests.into_iter().filter(waits).max_by_key(|it| it.asked_at);
        let Some(RequestBody { id, card, customer, .. }) = mine else { return };
        let wants = Wants { request: Some(id), card, member: customer };
        if let Some(facts) = or_log(self.desk.local.facts(wants).await) {
            self.counter.resume(&facts, now);
        }
    }
}
