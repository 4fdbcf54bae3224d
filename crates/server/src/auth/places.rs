//! Who works where, as of a second ago at most: asked at every operation of a till.

use super::Auth;
use reda_domain::StaffId;
use reda_domain::business::Staff;
use reda_store::StoreError;
use reda_store::tables::staff;
use std::time::Instant;

impl Auth {
    /// A place in a shop that somebody holds.
    pub(crate) async fn place(&self, id: StaffId) -> Result<Option<Staff>, StoreError> {
        if let Some(place) = self.places.get(&id) {
            return Ok(place);
        }
        let asked = Instant::now();
        let place = staff::find(&mut self.db.snapshot().await?, id).await?;
        self.places.set(id, place.clone(), asked);
        Ok(place)
    }

    /// Lets a change of a place count here at once.
    pub(crate) fn recheck_place(&self, id: StaffId) {
        self.places.forget(&id);
    }
}
