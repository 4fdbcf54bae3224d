//! An operation ready for deciding: who asks, for what.

use crate::*;
use reda_domain::business::Role;
use reda_domain::effects::Effects;
use reda_domain::needs::{Need, Needs};
use reda_domain::permission::Action;
use reda_domain::refusal::Refusal;
use reda_domain::scope::Scope;
use reda_domain::user::User;
use reda_domain::world::{NotLoaded, World};
use reda_domain::{BusinessId, DeviceId, OperationId, StaffId, Timestamp, UserId};

/// A member of staff, acting for their business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffActor {
    pub business: BusinessId,
    pub staff: StaffId,
    pub user: UserId,
    pub role: Role,
    pub device: Option<DeviceId>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Staff(StaffActor),
    /// A signed-in person, for themselves.
    Person(UserId),
    /// Someone without an account yet.
    Nobody,
    /// The server itself: seeding, and its own set-up.
    Server,
}

/// What the engine hands to a decision besides the world.
#[derive(Clone, Copy, Debug)]
pub struct Ctx {
    /// The server's time.
    pub now: Timestamp,
    /// Fresh at every attempt; secrets come from here, never from ids.
    pub random: [u8; 32],
}

/// Why there are no effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    Refused(Refusal),
    /// A verb's needs are incomplete, or another operation of the batch changed what they are.
    NotLoaded(NotLoaded),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

impl From<NotLoaded> for Stop {
    fn from(error: NotLoaded) -> Self {
        Stop::NotLoaded(error)
    }
}

/// An operation: parsed, its asker known, signatures checked.
#[derive(Clone, Debug)]
pub struct Op {
    pub id: OperationId,
    pub actor: Actor,
    /// The asker's time; the server's where the asker gave none.
    pub at: Timestamp,
    pub act: Act,
}

impl Op {
    /// The asking member of staff, if their role allows `action`.
    pub fn staff_may(&self, action: Action) -> Result<StaffActor, Refusal> {
        match self.actor {
            Actor::Staff(staff) if staff.role.may(action) => Ok(staff),
            Actor::Staff(_) | Actor::Person(_) | Actor::Nobody | Actor::Server => {
                Err(Refusal::NotAllowed)
            }
        }
    }

    /// The asking member of staff, if it is one.
    pub fn staff(&self) -> Option<StaffActor> {
        match self.actor {
            Actor::Staff(staff) => Some(staff),
            Actor::Person(_) | Actor::Nobody | Actor::Server => None,
        }
    }

    /// The signed-in person who asks for themselves.
    pub fn person(&self) -> Result<UserId, Refusal> {
        match self.actor {
            Actor::Person(user) => Ok(user),
            Actor::Staff(_) | Actor::Nobody | Actor::Server => Err(Refusal::NotAllowed),
        }
    }
}

impl Op {
    /// The account of the signed-in person who asks. One that was deleted while they asked is
    /// nobody's: whatever was written there would stay.
    pub(crate) fn account<'w>(&self, world: &'w World) -> Result<&'w User, Stop> {
        let user = world.user(self.person()?)?.filter(|user| !user.is_nobody());
        user.ok_or_else(|| Refusal::CustomerUnknown.into())
    }
}

/// What every verb is to the engine.
pub(crate) trait Verb {
    /// The keys that can be named from the operation alone.
    fn needs(&self, op: &Op) -> Needs;

    /// The keys that only the first load tells.
    fn needs_then(&self, _op: &Op, _world: &World) -> Result<Needs, NotLoaded> {
        Ok(vec![])
    }

    /// Businesses and people whose feeds it may touch, beyond the asker's.
    fn concerns(&self, _op: &Op, _world: &World) -> Result<Vec<Scope>, NotLoaded> {
        Ok(vec![])
    }

    fn decide(&self, op: &Op, world: &World, ctx: &Ctx) -> Result<Effects, Stop>;
}

macro_rules! acts {
    ($($name:ident $kind:literal;)*) => {
        /// What is asked for.
        #[derive(Clone, Debug)]
        pub enum Act { $($name($name)),* }

        impl Act {
            /// The kind, as audit and the operations' table name it.
            pub fn kind(&self) -> &'static str {
                match self { $(Act::$name(_) => $kind),* }
            }

            fn verb(&self) -> &dyn Verb {
                match self { $(Act::$name(verb) => verb),* }
            }
        }

        $(impl From<$name> for Act {
            fn from(verb: $name) -> Self { Act::$name(verb) }
        })*
    };
}

acts! {
    AddDevice "add_device";
    AddStaff "add_staff";
    AdjustPoints "adjust_points";
    AnswerByCode "answer_by_code";
    AnswerByLink "answer_by_link";
    AnswerInPerson "answer_in_person";
    AnswerRequest "answer_request";
    AskEnrollment "ask_enrollment";
    AwardPoints "award_points";
    CancelRequest "cancel_request";
    CreateBusiness "create_business";
    CreateCustomer "create_customer";
    CreateProgram "create_program";
    CreateReward "create_reward";
    ExpirePoints "expire_points";
    ExpireRequest "expire_request";
    EraseMe "erase_me";
    ExportCustomers "export_customers";
    FindCustomer "find_customer";
    InviteStaff "invite_staff";
    IssuePrintedCode "issue_printed_code";
    LeaveBusiness "leave_business";
    LeaveProgram "leave_program";
    JoinStaff "join_staff";
    LockDevice "lock_device";
    MarkAllRead "mark_all_read";
    MarkRead "mark_read";
    ProveAddress "prove_address";
    MergeCustomers "merge_customers";
    RegisterKey "register_key";
    RequestDeduction "request_deduction";
    RemoveStaff "remove_staff";
    ResendRequest "resend_request";
    ReverseEntry "reverse_entry";
    RevokeDevice "revoke_device";
    RevokeKey "revoke_key";
    RevokePrintedCode "revoke_printed_code";
    Scan "scan";
    SeeRequest "see_request";
    SetPassword "set_password";
    SignUp "sign_up";
    UpdateBusiness "update_business";
    TestNotification "test_notification";
    UpdateDevice "update_device";
    UpdateCustomer "update_customer";
    UpdateMe "update_me";
    UpdatePreferences "update_preferences";
    UpdateProgram "update_program";
    UpdateReward "update_reward";
    UpdateStaff "update_staff";
}

impl Op {
    /// The first round of keys to load.
    pub fn needs(&self) -> Needs {
        let mut needs = self.act.verb().needs(self);
        match self.actor {
            Actor::Staff(staff) => needs.push(Need::Business(staff.business)),
            Actor::Person(user) => needs.push(Need::User(user)),
            Actor::Nobody | Actor::Server => {}
        }
        needs
    }

    /// The second round, which the first one tells.
    pub fn needs_then(&self, world: &World) -> Result<Needs, NotLoaded> {
        self.act.verb().needs_then(self, world)
    }

    /// The scopes that the operation may touch: their heads are locked before it is decided.
    /// Its audit line goes to the first.
    pub fn scopes(&self, world: &World) -> Result<Vec<Scope>, NotLoaded> {
        let own = match self.actor {
            Actor::Staff(staff) => vec![Scope::Business(staff.business)],
            Actor::Person(user) => vec![Scope::Platform, Scope::User(user)],
            Actor::Nobody | Actor::Server => vec![Scope::Platform],
        };
        let concerned = self.act.verb().concerns(self, world)?;
        Ok(own.into_iter().chain(concerned).collect())
    }

    /// Decides; the world is only read.
    pub fn decide(&self, world: &World, ctx: &Ctx) -> Result<Effects, Stop> {
        self.act.verb().decide(self, world, ctx)
    }
}
