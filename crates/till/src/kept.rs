//! Hands what the line brings to the replica, and tells the desk what came.

use crate::desk::{Arrived, Message};
use crate::local::Local;
use reda_protocol::frame::Changes;
use reda_protocol::scope::{Cursors, ScopeName};
use reda_sync::{Replica, ReplicaError};
use tokio::sync::mpsc::WeakSender;

/// The replica as the line sees it.
pub(crate) struct Kept {
    pub(crate) local: Local,
    pub(crate) desk: WeakSender<Message>,
}

impl Kept {
    async fn tell(&self, arrived: Arrived) {
        if let Some(desk) = self.desk.upgrade() {
            // A desk that is gone needs no news.
            let _ = desk.send(Message::Arrived(arrived)).await;
        }
    }
}

impl Replica for Kept {
    async fn cursors(&mut self) -> Result<Cursors, ReplicaError> {
        Ok(self.local.cursors().await?)
    }

    async fn apply(&mut self, changes: Changes) -> Result<(), ReplicaError> {
        self.local.apply(&changes).await?;
        self.tell(Arrived::Changes(changes)).await;
        Ok(())
    }

    async fn reset(&mut self, scope: ScopeName, epoch: i64) -> Result<(), ReplicaError> {
        self.local.reset(scope, epoch).await?;
        self.tell(Arrived::Reset).await;
        Ok(())
    }
}
