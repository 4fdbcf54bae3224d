//! Serving a feed: what stands in a scope after a cursor, in adjacent intervals.

use crate::bodies;
use reda_domain::Timestamp;
use reda_domain::scope::Scope;
use reda_protocol::frame::{Changes, FRAME_BYTES_MAX, Item};
use reda_protocol::scope::{Cursor, ScopeName};
use reda_store::tables::feed;
use reda_store::{Db, StoreError};

/// Items of one interval at most.
pub(crate) const ITEMS_MAX: i64 = 200;
/// Bytes of an interval's items at most; the rest of a frame is for what is around them.
const BYTES_MAX: usize = FRAME_BYTES_MAX - 1024;

/// What a reader at a cursor gets.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// The reader has everything.
    Nothing {
        head: i64,
        epoch: i64,
    },
    Changes(Changes, i64),
    /// The reader stands in another epoch, or beyond the head.
    Reset {
        epoch: i64,
    },
}

/// The next interval after `cursor`, of one moment.
pub(crate) async fn next(
    db: &Db,
    name: ScopeName,
    cursor: Cursor,
    limit: i64,
    now: Timestamp,
) -> Result<Next, StoreError> {
    let scope = Scope::from(name);
    let mut tx = db.snapshot().await?;
    let Some(head) = feed::head(&mut tx, scope).await? else {
        return Ok(match cursor.epoch {
            None => Next::Nothing { head: 0, epoch: 0 },
            Some(_) => Next::Reset { epoch: 0 },
        });
    };
    let foreign = cursor.epoch.is_some_and(|epoch| epoch != head.epoch);
    if foreign || cursor.seq > head.seq || cursor.seq < 0 {
        return Ok(Next::Reset { epoch: head.epoch });
    }
    if cursor.seq == head.seq && cursor.epoch.is_some() {
        return Ok(Next::Nothing { head: head.seq, epoch: head.epoch });
    }
    let limit = limit.clamp(1, ITEMS_MAX);
    let places = feed::between(&mut tx, scope, cursor.seq, head.seq, limit).await?;
    let wanted: Vec<_> = places.iter().map(|place| (place.entity, place.id)).collect();
    let mut bodies = bodies::read(&mut tx, scope, &wanted, now).await?;
    let whole = i64::try_from(places.len()).is_ok_and(|n| n < limit);
    let items = places.into_iter().map(|place| {
        let body = bodies.remove(&(place.entity, place.id));
        Item { entity: place.entity, id: place.id, seq: place.seq, deleted: body.is_none(), body }
    });
    let (items, cut) = fitting(items.collect());
    // Numbers may be missing inside an interval: an entity stands at its newest only.
    let to = match items.last() {
        Some(last) if cut || !whole => last.seq,
        Some(_) | None => head.seq,
    };
    let changes = Changes { scope: name, epoch: head.epoch, from: cursor.seq, to, items };
    Ok(Next::Changes(changes, head.seq))
}

/// As many items as fit a frame, at least one; and whether some were cut off.
fn fitting(items: Vec<Item>) -> (Vec<Item>, bool) {
    let mut bytes = 0;
    let mut kept = Vec::with_capacity(items.len());
    let all = items.len();
    for item in items {
        bytes += serde_json::to_string(&item).map_or(0, |text| text.len() + 1);
        if bytes > BYTES_MAX && !kept.is_empty() {
            break;
        }
        kept.push(item);
    }
    let cut = kept.len() < all;
    (kept, cut)
}
