//! Who may do what in a business: the one table. `docs/permissions.md` is written from it.

use crate::business::Role;

macro_rules! actions {
    ($($name:ident $least:ident $what:literal;)*) => {
        /// What a member of staff can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $(#[doc = $what] $name),* }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Action] = &[$(Action::$name),*];

            /// The least role that may do it; every higher one may, too.
            pub fn least_role(self) -> Role {
                match self { $(Action::$name => Role::$least),* }
            }

            /// What it is, for people.
            pub fn what(self) -> &'static str {
                match self { $(Action::$name => $what),* }
            }
        }
    };
}

actions! {
    IdentifyCustomer Cashier "scan a code, look a customer up";
    AskCustomer Cashier "ask a customer to join, send it again, take it back";
    AwardPoints Cashier "award points";
    RequestDeduction Cashier "ask a customer for points";
    AdjustPoints Manager "correct a card, take an entry back";
    SeeCustomers Cashier "see the members, what passed with them, and open requests";
    CreateCustomer Manager "write a person down by phone number or e-mail address";
    EditCustomers Cashier "write a member's name, notes and tags";
    MergeCustomers Manager "merge two members who are one person";
    ExportCustomers Manager "take the list of members away as a file";
    SeeScans Manager "read the log of scans";
    IssuePrintedCode Manager "print a member's code, and revoke it";
    ManagePrograms Manager "make and change programmes and rewards";
    ReviewPoints Manager "see what is unusual about points";
    ManageStaff Manager "see, invite, change and remove staff below the own role; owners: all staff";
    ManageDevices Manager "see, invite, rename and revoke tills";
    ManageBusiness Owner "rename the business and change its settings, the limits among them";
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Role; 3] = [Role::Cashier, Role::Manager, Role::Owner];

    /// Whether this role may do `action`.
    pub fn may(self, action: Action) -> bool {
        self >= action.least_role()
    }

    /// Whether this role may change or remove someone who has `other`: those below, and owners
    /// everyone.
    pub fn manages(self, other: Role) -> bool {
        self.may(Action::ManageStaff) && (self == Role::Owner || other < self)
    }

    /// Whether this role may give someone the role `wanted`: nobody raises above themselves.
    pub fn grants(self, wanted: Role) -> bool {
        self.may(Action::ManageStaff) && wanted <= self
    }

    /// The role as it stands in the database.
    pub fn name(self) -> &'static str {
        match self {
            Role::Cashier => "cashier",
            Role::Manager => "manager",
            Role::Owner => "owner",
        }
    }

    /// The role of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cashier_sells_and_a_manager_also_manages() {
        assert!(Role::Cashier.may(Action::AwardPoints));
        assert!(!Role::Cashier.may(Action::ManagePrograms));
        assert!(Role::Manager.may(Action::IssuePrintedCode));
        assert!(Role::Owner.may(Action::ManagePrograms));
        assert!(!Role::Manager.may(Action::ManageBusiness));
    }

    #[test]
    fn nobody_changes_who_stands_beside_or_above_them_but_owners() {
        assert!(Role::Manager.manages(Role::Cashier));
        assert!(!Role::Manager.manages(Role::Manager));
        assert!(!Role::Manager.manages(Role::Owner));
        assert!(!Role::Cashier.manages(Role::Cashier));
        assert!(Role::Owner.manages(Role::Owner));
    }

    #[test]
    fn nobody_raises_above_themselves() {
        assert!(Role::Manager.grants(Role::Manager));
        assert!(!Role::Manager.grants(Role::Owner));
        assert!(!Role::Cashier.grants(Role::Cashier));
        assert!(Role::Owner.grants(Role::Owner));
    }
}
