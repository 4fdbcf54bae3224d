//! Who may do what in a business: the one table.

use crate::business::Role;

/// What a member of staff can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    IdentifyCustomer,
    AskCustomer,
    AwardPoints,
    IssuePrintedCode,
    ManagePrograms,
}

impl Action {
    /// The least role that may do it; every higher one may, too.
    pub fn least_role(self) -> Role {
        match self {
            Action::IdentifyCustomer | Action::AskCustomer | Action::AwardPoints => Role::Cashier,
            Action::IssuePrintedCode | Action::ManagePrograms => Role::Manager,
        }
    }
}

impl Role {
    /// Whether this role may do `action`.
    pub fn may(self, action: Action) -> bool {
        self >= action.least_role()
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
        [Role::Cashier, Role::Manager, Role::Owner].into_iter().find(|role| role.name() == name)
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
    }
}
