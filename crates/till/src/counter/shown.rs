//! A code shown while the counter waits for a yes about points: where the shop lets it, the
//! customer's own code of that moment is the yes (SPEC PT-5). Whether it counts is the server's rule.

use super::stage::{Stage, What};
use super::{Counter, Ctx, Effect, Shown};
use reda_domain::HandleId;
use reda_domain::code::CodeSubject;
use reda_domain::points::Points;
use reda_protocol::error::WireError;
use reda_protocol::operation::{AnswerByCode, Verb};

impl Counter {
    /// Takes up to how many points a code approves at once; nothing where the shop does not let
    /// codes approve.
    pub(crate) fn set_code_points(&mut self, max: Option<Points>) {
        self.code_points = max;
    }

    /// Whether a code would approve so many points here.
    pub(super) fn code_approves(&self, points: Points) -> bool {
        self.code_points.is_some_and(|max| points <= max)
    }

    /// What a code means while points are asked for; `None` where it means what it always does.
    /// `whose` is the member whose key is known to have signed it.
    pub(super) fn shown_for_points(
        &mut self,
        text: &str,
        subject: Option<CodeSubject>,
        whose: Option<HandleId>,
        ctx: &Ctx,
    ) -> Option<Vec<Effect>> {
        self.code_points?;
        let Stage::Spending(spending) = &mut self.stage else { return None };
        let is_theirs = whose.is_some() && whose == spending.member.customer.person.id;
        let refused = |code| Some(WireError::of(code, ctx.language));
        let Some(request) = spending.open().map(|open| open.id) else {
            // Shown before the question or after its end it is no yes, and nobody new either.
            return is_theirs.then(Vec::new);
        };
        if !is_theirs {
            spending.refused = match (subject, whose) {
                (Some(CodeSubject::Printed(_)), _) => refused("evidence_not_allowed"),
                (_, Some(_)) => refused("code_not_theirs"),
                (_, None) => return None,
            };
            return None;
        }
        if self.under_way.is_some() {
            return Some(Vec::new());
        }
        if !ctx.online {
            spending.refused = refused("offline");
            return Some(Vec::new());
        }
        spending.refused = None;
        let verb = Verb::AnswerByCode(AnswerByCode { request, code: text.to_owned() });
        let shown = self.submit_shown(What::Show, verb, Shown::OnTheCounter, ctx);
        Some(vec![Effect::CodeRead, shown])
    }

    /// Takes why a shown code is no yes; a yes is told by the request's row.
    pub(super) fn was_shown(&mut self, refused: Option<WireError>) {
        if let Stage::Spending(spending) = &mut self.stage {
            spending.refused = refused;
        }
    }
}
