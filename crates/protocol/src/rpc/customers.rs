//! What the list of customers and the enrol screen draw and send.

use super::{CardLine, PersonLine, ProgramLine};
use reda_domain::money::Money;
use reda_domain::{HandleId, ProgramId, RequestId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

views! {
    /// Which customers are looked for.
    CustomerFilter {
        /// As typed: names, tags, a phone number or a card number, or the beginnings of them.
        text: String,
        /// Only holders of this programme's card.
        program: Option<ProgramId>,
        /// Only holders of a card in a tier of this name.
        tier: Option<String>,
        seen: Seen,
        /// Only whom an open question asks to join, customers or not.
        waiting: bool,
    }
    CustomersQuery {
        filter: CustomerFilter,
        sort: CustomerSort,
        #[ts(type = "number")]
        offset: u32,
        /// At most 200.
        #[ts(type = "number")]
        limit: u32,
    }
    CustomersView {
        /// All members, whatever is looked for.
        #[ts(type = "number")]
        total: u32,
        /// All that the query finds; the page is a part of them.
        #[ts(type = "number")]
        count: u32,
        page: Vec<CustomerLine>,
        /// To choose from.
        programs: Vec<ProgramLine>,
        /// All whom an open question asks to join, whatever is looked for.
        #[ts(type = "number")]
        waiting: u32,
    }
    CustomerLine {
        person: PersonLine,
        /// The card of the programme that was asked for, else the one with the most points.
        card: Option<CardLine>,
        /// All that was ever spent here.
        spend: Money,
        #[ts(type = "number")]
        visits: i64,
        first_visit_at: Option<Timestamp>,
        last_visit_at: Option<Timestamp>,
        joined_at: Option<Timestamp>,
        /// Asked to join, and no customer yet.
        waiting: bool,
    }
    CustomerOf { customer: HandleId }
    CustomerView {
        /// Missing once the customer has left.
        line: Option<CustomerLine>,
        /// Whole, since a manager rings people up.
        phone: Option<String>,
        email: Option<String>,
        /// What staff wrote.
        notes: String,
        tags: Vec<String>,
        cards: Vec<ProgramCard>,
    }
    ProgramCard { program: String, card: CardLine }
    EnrolView {
        /// To join: those that run.
        programs: Vec<ProgramLine>,
        /// Newest first.
        open: Vec<OpenLine>,
        /// Within the last 24 hours, newest first.
        answered: Vec<AnsweredLine>,
    }
    EnrolAsk { text: String, program: ProgramId }
    WriteDown {
        /// The phone number or e-mail address, as typed.
        text: String,
        /// What the shop calls them; empty where nobody knows.
        name: String,
    }
    OfRequest { request: RequestId }
    /// A request that waits for its answer.
    OpenLine {
        request: RequestId,
        person: PersonLine,
        program: String,
        /// When it was last sent.
        asked_at: Timestamp,
        /// Until when the counter waits.
        counter_until: Timestamp,
        open_until: Timestamp,
        send_again_from: Timestamp,
        /// The customer had it on the screen.
        seen: bool,
    }
    /// A request that was answered.
    AnsweredLine {
        request: RequestId,
        /// Missing after a no, and once the customer has left.
        person: Option<PersonLine>,
        program: String,
        joined: bool,
        at: Timestamp,
    }
}

/// When a customer was here last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    #[default]
    Ever,
    /// Within seven days.
    ThisWeek,
    /// Within thirty days.
    ThisMonth,
    /// Not within ninety days.
    LongAgo,
}

/// What the list of customers goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CustomerSort {
    Name,
    Points,
    Spend,
    #[default]
    LastVisit,
    Joined,
}
