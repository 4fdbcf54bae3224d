//! Two shops, three programmes and three people; one of them works in the first shop.

use crate::books::{Books, Outcome};
use reda_actions::{
    Act, Actor, AddStaff, CreateBusiness, CreateProgram, CreateReward, Ctx, Op, SignUp, StaffActor,
};
use reda_actions::{UpdateProgram, Whom};
use reda_domain::address::{Address, AddressHash, Email, Phone};
use reda_domain::business::Role;
use reda_domain::expiry::Expiry;
use reda_domain::language::Language;
use reda_domain::money::{Currency, Money};
use reda_domain::points::Points;
use reda_domain::program::{EarnRule, ProgramKind, ProgramStatus, Rounding};
use reda_domain::reward::{Gives, RewardStatus};
use reda_domain::tier::Tier;
use reda_domain::*;
use uuid::Uuid;

/// When it all starts.
const START: Timestamp = Timestamp(1_795_255_323_000);

/// Names and addresses, none of which may stand in an answer.
pub(crate) const PEOPLE: [(&str, &str); 3] = [
    ("Amina Kazungu", "+254722000412"),
    ("Brian Mutiso", "brian.mutiso@example.com"),
    ("Zuhura Njagi", "+254733000118"),
];

pub(crate) struct Shop {
    pub(crate) books: Books,
    pub(crate) now: Timestamp,
    ops: u64,
    pub(crate) people: [UserId; 3],
    /// Joseph and Zuhura at the first shop, Mary at the second.
    pub(crate) counters: [StaffActor; 3],
    /// Two of the first shop, the second of them with a welcome bonus; one of the second shop.
    pub(crate) programs: [ProgramId; 3],
    /// One of each of the first shop's programmes.
    pub(crate) rewards: [RewardId; 2],
}

pub(crate) fn address(person: usize) -> Address {
    let text = PEOPLE[person].1;
    match text.contains('@') {
        true => Address::Email(Email::parse(text).expect("an address")),
        false => Address::Phone(Phone::from_e164(text.to_owned())),
    }
}

/// By address, with a hash as a server would make it.
pub(crate) fn at(person: usize) -> Whom {
    Whom::Address(address(person), hash(person))
}

pub(crate) fn hash(person: usize) -> AddressHash {
    AddressHash(format!("hash of {}", address(person).as_str()))
}

fn person(name: &str, address: Address) -> SignUp {
    SignUp {
        name: Some(name.to_owned()),
        address,
        password_hash: "none".to_owned(),
        language: Language::En,
        verified: true,
    }
}

impl Shop {
    pub(crate) fn open() -> Self {
        let nobody = StaffActor {
            business: BusinessId(Uuid::nil()),
            staff: StaffId(Uuid::nil()),
            user: UserId(Uuid::nil()),
            role: Role::Cashier,
            device: None,
        };
        let none = ProgramId(Uuid::nil());
        let mut shop = Self {
            books: Books::default(),
            now: START,
            ops: 0,
            people: [UserId(Uuid::nil()); 3],
            counters: [nobody; 3],
            programs: [none; 3],
            rewards: [RewardId(Uuid::nil()); 2],
        };
        for (n, (name, _)) in PEOPLE.into_iter().enumerate() {
            let op = shop.op(Actor::Nobody, person(name, address(n)));
            shop.one(&op).expect("an account");
            shop.people[n] = UserId::from(op.id);
        }
        let (first, program) = shop.business("Baraka", "+254720000001");
        let (second, third_program) = shop.business("Duka Letu", "+254720000002");
        let zuhura = shop.hire(first.business, shop.people[2]);
        shop.counters = [first, zuhura, second];
        let with_bonus = shop.program(first);
        shop.programs = [program, with_bonus, third_program];
        shop.rewards = [(program, 40), (with_bonus, 60)].map(|(of, cost)| shop.reward(of, cost));
        shop
    }

    fn business(&mut self, name: &str, phone: &str) -> (StaffActor, ProgramId) {
        let op = self.op(
            Actor::Nobody,
            CreateBusiness {
                name: name.to_owned(),
                country: "KE".to_owned(),
                currency: Currency::KES,
                owner: person("Owner", Address::Phone(Phone::from_e164(phone.to_owned()))),
                program_name: "Points".to_owned(),
            },
        );
        self.one(&op).expect("a business");
        let owner = StaffActor {
            business: BusinessId::from(op.id),
            staff: StaffId(op.id.derive("staff")),
            user: UserId(op.id.derive("owner")),
            role: Role::Owner,
            device: None,
        };
        (owner, ProgramId(op.id.derive("program")))
    }

    fn hire(&mut self, business: BusinessId, user: UserId) -> StaffActor {
        let op = self.op(Actor::Server, AddStaff { business, user, role: Role::Cashier });
        self.one(&op).expect("hired");
        StaffActor {
            business,
            staff: StaffId::from(op.id),
            user,
            role: Role::Cashier,
            device: None,
        }
    }

    fn program(&mut self, by: StaffActor) -> ProgramId {
        let per = Money { amount: 5_000, currency: Currency::KES };
        let make = CreateProgram {
            name: "Tea club".to_owned(),
            kind: ProgramKind::Points,
            earn: EarnRule { points: Points(3), per, rounding: Rounding::Down },
            welcome_bonus: Points(50),
            tiers: vec![],
            expiry: Expiry::Never,
        };
        let op = self.op(Actor::Staff(by), make);
        self.one(&op).expect("a programme");
        let program = ProgramId::from(op.id);
        let tier = |name: &str, from, multiplier_percent| Tier {
            name: name.to_owned(),
            from: Points(from),
            multiplier_percent,
        };
        let start = UpdateProgram {
            tiers: Some(vec![tier("Silver", 0, 100), tier("Gold", 100, 150)]),
            expiry: Some(Expiry::AfterEarning { months: 1 }),
            ..UpdateProgram::status(program, ProgramStatus::Active)
        };
        let op = self.op(Actor::Staff(by), start);
        self.one(&op).expect("active");
        program
    }

    fn reward(&mut self, program: ProgramId, cost: i64) -> RewardId {
        let make = CreateReward {
            program,
            name: "Tea".to_owned(),
            cost: Points(cost),
            gives: Gives::Product { product: "A cup of tea".to_owned() },
            status: RewardStatus::Active,
        };
        let op = self.op(Actor::Staff(self.counters[0]), make);
        self.one(&op).expect("a reward");
        RewardId::from(op.id)
    }

    /// An operation with an id of its own.
    pub(crate) fn op(&mut self, actor: Actor, act: impl Into<Act>) -> Op {
        self.ops += 1;
        let id =
            OperationId(Uuid::from_u128(0x0199_0000_0000_7000_8000 << 48 | u128::from(self.ops)));
        Op { id, actor, at: self.now, act: act.into() }
    }

    pub(crate) fn ctx(&self) -> Ctx {
        let mut random = [0; 32];
        for (n, byte) in random.iter_mut().enumerate() {
            let mixed = self.ops.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (n % 8 * 8);
            *byte = mixed.to_le_bytes()[0];
        }
        Ctx { now: self.now, random }
    }

    /// Decides one operation and writes what it did.
    pub(crate) fn one(&mut self, op: &Op) -> Outcome {
        let ctx = self.ctx();
        self.books.one(op, &ctx)
    }

    /// How a business calls a person, if they have met.
    pub(crate) fn handle(&self, business: BusinessId, person: usize) -> Option<HandleId> {
        let user = self.people[person];
        let mut handles = self.books.handles.values();
        handles.find(|it| it.business == business && it.user == user).map(|it| it.id)
    }

    /// By handle, or by one that nobody has.
    pub(crate) fn whom(&self, business: BusinessId, person: usize) -> Whom {
        Whom::Handle(self.handle(business, person).unwrap_or(HandleId(Uuid::nil())), None)
    }
}
