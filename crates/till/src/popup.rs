//! Which notifications become native popups, once on this device. How they are shown is the
//! shell's business.

use reda_domain::business::Role;
use reda_domain::{NotificationId, StaffId, Timestamp};
use reda_protocol::entity::NotificationBody;
use std::collections::VecDeque;

/// The types that are worth interrupting someone for (SPEC NO-3, "desktop").
const KINDS: [&str; 4] = [
    "enrollment_accepted",
    "enrollment_declined",
    "points_request_approved",
    "points_request_declined",
];
/// DESIGN 6.
const TITLE_CHARS_MAX: usize = 40;
const BODY_CHARS_MAX: usize = 90;
/// Of those shown since the till started; more do not stand unread in a replica that is filled
/// anew within one run.
const REMEMBERED_MAX: usize = 256;

/// A native notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Popup {
    /// At most 40 characters.
    pub title: String,
    /// At most 90 characters.
    pub body: String,
    /// What it is about: type and id.
    pub related: Option<(String, String)>,
}

/// Decides on popups.
#[derive(Debug)]
pub(crate) struct Popups {
    /// Nobody while the till is locked.
    pub(crate) staff: Option<StaffId>,
    /// Older ones are for the inbox; unknown until the server has told its time.
    after: Option<Timestamp>,
    seen: VecDeque<NotificationId>,
    pub(crate) window_focused: bool,
}

impl Popups {
    pub(crate) fn new(staff: Option<StaffId>) -> Self {
        Self { staff, after: None, seen: VecDeque::new(), window_focused: true }
    }

    /// Says from when on notifications are news: the till's start, or the last one shown, if the
    /// server's clock was set back since. Counts once.
    pub(crate) fn start_after(&mut self, started: Timestamp, shown: Option<Timestamp>) {
        self.after.get_or_insert(shown.map_or(started, |shown| shown.max(started)));
    }

    /// The popup of a notification as the replica shows it, if it gets one now. Cashiers get
    /// theirs only while they do not see the window.
    pub(crate) fn take(&mut self, body: &NotificationBody, role: Role) -> Option<Popup> {
        let is_news = self.after.is_some_and(|after| after < body.created_at);
        let is_mine = body.staff.is_some() && body.staff == self.staff;
        let is_mine = is_mine && KINDS.contains(&body.kind.as_str());
        if !is_news || !is_mine || body.is_read || self.seen.contains(&body.id) {
            return None;
        }
        if self.seen.len() >= REMEMBERED_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back(body.id);
        if role == Role::Cashier && self.window_focused {
            return None;
        }
        Some(Popup {
            title: at_most(&body.title, TITLE_CHARS_MAX),
            body: at_most(&body.message, BODY_CHARS_MAX),
            related: body.related_type.clone().zip(body.related_id.clone()),
        })
    }
}

/// The text, cut at a word's end where it is too long.
fn at_most(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(chars_max - 1).collect();
    let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end_matches([',', '.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use uuid::Uuid;

    const ME: StaffId = StaffId(Uuid::from_u128(7));

    fn notification(id: u128, at: i64) -> NotificationBody {
        NotificationBody {
            id: NotificationId(Uuid::from_u128(id)),
            staff: Some(ME),
            kind: "enrollment_accepted".into(),
            title: "Amina joined Baraka Points".into(),
            message: "34 points were added.".into(),
            related_id: Some("r1".into()),
            related_type: Some("request".into()),
            metadata: Value::Null,
            is_read: false,
            created_at: Timestamp(at),
        }
    }

    fn started(at: i64) -> Popups {
        let mut popups = Popups::new(Some(ME));
        popups.start_after(Timestamp(at), None);
        popups
    }

    #[test]
    fn news_pops_up_once() {
        let mut popups = started(100);
        let popup = popups.take(&notification(1, 101), Role::Owner).unwrap();
        assert_eq!(popup.title, "Amina joined Baraka Points");
        assert_eq!(popup.related, Some(("request".into(), "r1".into())));
        assert_eq!(popups.take(&notification(1, 101), Role::Owner), None);
        assert!(popups.take(&notification(2, 101), Role::Owner).is_some(), "another one");
    }

    #[test]
    fn what_is_older_than_the_till_or_was_shown_before_a_restart_does_not() {
        let mut popups = Popups::new(Some(ME));
        assert_eq!(popups.take(&notification(1, 500), Role::Owner), None, "time unknown");
        popups.start_after(Timestamp(100), Some(Timestamp(150)));
        popups.start_after(Timestamp(0), None);
        assert_eq!(popups.take(&notification(1, 100), Role::Owner), None);
        assert_eq!(popups.take(&notification(2, 150), Role::Owner), None);
        assert!(popups.take(&notification(3, 151), Role::Owner).is_some());
    }

    #[test]
    fn other_peoples_read_and_other_types_do_not() {
        let mut popups = started(0);
        let mine = notification(1, 1);
        let others = NotificationBody { staff: Some(StaffId(Uuid::nil())), ..mine.clone() };
        let read = NotificationBody { is_read: true, ..mine.clone() };
        let sale = NotificationBody { kind: "sale_created".into(), ..mine };
        for body in [others, read, sale] {
            assert_eq!(popups.take(&body, Role::Owner), None, "{body:?}");
        }
    }

    #[test]
    fn a_cashier_who_sees_the_window_gets_none() {
        let mut popups = started(0);
        assert_eq!(popups.take(&notification(1, 1), Role::Cashier), None);
        popups.window_focused = false;
        assert_eq!(popups.take(&notification(1, 1), Role::Cashier), None, "its moment is over");
        assert!(popups.take(&notification(2, 2), Role::Cashier).is_some());
    }

    #[test]
    fn long_texts_are_cut_at_a_word() {
        let long = "Esther Wanjiru Kamau joined Baraka Points today, and more";
        let cut = at_most(long, TITLE_CHARS_MAX);
        assert_eq!(cut, "Esther Wanjiru Kamau joined Baraka…");
        assert!(at_most(&"x".repeat(200), BODY_CHARS_MAX).chars().count() <= BODY_CHARS_MAX);
    }
}
