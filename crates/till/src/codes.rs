//! What the till makes of a code's text before it asks the server.

use reda_domain::code::{Code, CodeError, CodeId, CodeSubject};
use reda_domain::signature::PublicKey;
use reda_domain::{HandleId, KeyId};
use reda_protocol::entity::KeyBody;
use reda_protocol::frame::{Changes, EntityKind, Item};
use reda_scan::Verdict;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The members' keys that the replica holds, for the reader's thread; clones share them.
///
/// Printed codes are signed by the server, whose key tills do not have, so they are never more
/// than plausible here: the reader reads them twice, and the server judges.
#[derive(Clone, Debug, Default)]
pub struct KnownKeys(Arc<RwLock<Keys>>);

#[derive(Debug, Default)]
struct Keys {
    by_code: HashMap<CodeId, Known>,
    code_of: HashMap<KeyId, CodeId>,
}

#[derive(Debug)]
struct Known {
    /// As SPKI in base64: checking tens of thousands of them at the start would take seconds.
    spki: String,
    member: Option<HandleId>,
}

impl KnownKeys {
    /// The judgement of a text in view: proven to be a member's, of the right form, or neither.
    pub fn judge(&self, text: &str) -> Verdict {
        let Ok(code) = Code::parse(text) else { return Verdict::Foreign };
        match code.subject() {
            CodeSubject::Key(id) if self.signer(id, &code, |_| ()).is_some() => {
                Verdict::Mine(format!("key:{}", id.to_hex()))
            }
            CodeSubject::Key(_) | CodeSubject::Printed(_) => Verdict::Plausible,
        }
    }

    /// Forgets all and takes these.
    pub(crate) fn fill(&self, keys: Vec<KeyBody>) {
        let mut all = Keys::default();
        keys.into_iter().for_each(|key| all.take(key));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    /// Takes what changed.
    pub(crate) fn note(&self, changes: &Changes) {
        let is_key = |item: &&Item| item.entity == EntityKind::Key;
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for item in changes.items.iter().filter(is_key) {
            keys.lose(KeyId(item.id));
            let body = item.body.clone().filter(|_| !item.deleted);
            if let Some(Ok(key)) = body.map(serde_json::from_value) {
                keys.take(key);
            }
        }
    }

    /// The member whose live key signed a text; nobody where that is not proven.
    pub(crate) fn whose(&self, text: &str) -> Option<HandleId> {
        let code = Code::parse(text).ok()?;
        match code.subject() {
            CodeSubject::Key(id) => self.signer(id, &code, |known| known.member)?,
            CodeSubject::Printed(_) => None,
        }
    }

    /// What `wanted` is of the key that has this id, if it signed the code.
    fn signer<T>(&self, id: CodeId, code: &Code, wanted: impl Fn(&Known) -> T) -> Option<T> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = keys.by_code.get(&id)?;
        let key = PublicKey::from_spki_base64(&known.spki).ok()?;
        code.signed_by(&key).then(|| wanted(known))
    }
}

impl Keys {
    fn take(&mut self, key: KeyBody) {
        // What a revoked key signs the server has to refuse, in words.
        if !key.revoked {
            self.code_of.insert(key.id, key.code_id);
            let known = Known { spki: key.public_key, member: key.member };
            self.by_code.insert(key.code_id, known);
        }
    }

    fn lose(&mut self, id: KeyId) {
        if let Some(code) = self.code_of.remove(&id) {
            self.by_code.remove(&code);
        }
    }
}

/// Why a text is no code that could be asked about; `None` if it is one.
pub(crate) fn foreign(text: &str) -> Option<&'static str> {
    match Code::parse(text) {
        Ok(_) => None,
        Err(CodeError::NotACode) => Some("not_a_code"),
        Err(CodeError::Damaged) => Some("code_damaged"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reda_domain::code::ServerKeyId;
    use reda_domain::signature::PrivateKey;
    use reda_domain::{PrintedCodeId, Timestamp};
    use uuid::Uuid;

    const ID: CodeId = CodeId([7; 8]);

    fn signer(seed: u8) -> PrivateKey {
        PrivateKey::from_bytes(&[seed; 32]).unwrap()
    }

    fn key(revoked: bool) -> KeyBody {
        KeyBody {
            id: KeyId(Uuid::from_u128(1)),
            code_id: ID,
            member: None,
            public_key: signer(1).public().to_spki_base64(),
            label: None,
            revoked,
            created_at: Timestamp(0),
        }
    }

    fn changes(deleted: bool, body: Option<&KeyBody>) -> Changes {
        let item = Item {
            entity: EntityKind::Key,
            id: Uuid::from_u128(1),
            seq: 2,
            deleted,
            body: body.map(|key| serde_json::to_value(key).unwrap()),
        };
        let scope = "b:01999999-0000-7000-8000-000000000001".parse().unwrap();
        Changes { scope, epoch: 1, from: 1, to: 2, items: vec![item] }
    }

    #[test]
    fn a_known_keys_code_is_proven_and_keeps_its_subject_from_step_to_step() {
        let known = KnownKeys::default();
        known.fill(vec![key(false)]);
        let mine = Verdict::Mine("key:0707070707070707".into());
        for step in [1, 2] {
            assert_eq!(known.judge(&Code::rotating(ID, step, &signer(1)).to_text()), mine);
        }
    }

    #[test]
    fn what_cannot_be_proven_is_plausible() {
        let known = KnownKeys::default();
        known.fill(vec![key(false)]);
        let forged = Code::rotating(ID, 1, &signer(2));
        let strange = Code::rotating(CodeId([8; 8]), 1, &signer(1));
        let printed = Code::printed(ServerKeyId(1), PrintedCodeId(Uuid::nil()), &signer(1));
        for code in [forged, strange, printed] {
            assert_eq!(known.judge(&code.to_text()), Verdict::Plausible, "{code:?}");
        }
    }

    #[test]
    fn a_text_is_a_members_only_by_their_keys_signature() {
        let member = Some(HandleId(Uuid::from_u128(3)));
        let known = KnownKeys::default();
        known.fill(vec![KeyBody { member, ..key(false) }]);
        let whose = |code: Code| known.whose(&code.to_text());
        assert_eq!(whose(Code::rotating(ID, 1, &signer(1))), member);
        assert_eq!(whose(Code::rotating(ID, 1, &signer(2))), None, "forged");
        let printed = Code::printed(ServerKeyId(1), PrintedCodeId(Uuid::nil()), &signer(1));
        assert_eq!(whose(printed), None);
    }

    #[test]
    fn other_texts_are_foreign_and_say_why() {
        let known = KnownKeys::default();
        for (text, code) in [("https://example.com", "not_a_code"), ("R1AB", "code_damaged")] {
            assert_eq!(known.judge(text), Verdict::Foreign);
            assert_eq!(foreign(text), Some(code));
        }
        assert_eq!(foreign(&Code::rotating(ID, 1, &signer(1)).to_text()), None);
    }

    #[test]
    fn a_key_that_comes_is_known_and_one_that_goes_is_not() {
        let known = KnownKeys::default();
        let text = Code::rotating(ID, 1, &signer(1)).to_text();
        let is_mine = || matches!(known.judge(&text), Verdict::Mine(_));
        known.note(&changes(false, Some(&key(false))));
        assert!(is_mine());
        known.note(&changes(false, Some(&key(true))));
        assert!(!is_mine(), "revoked");
        known.note(&changes(false, Some(&key(false))));
        known.note(&changes(true, None));
        assert!(!is_mine(), "deleted");
    }
}
