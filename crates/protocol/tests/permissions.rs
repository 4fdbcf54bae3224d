//! `docs/permissions.md` is written from the table of permissions; this test says when it is not
//! current. `REDA_WRITE_TYPES=1 cargo test -p reda-protocol --test permissions` writes it anew.

use reda_domain::business::Role;
use reda_domain::permission::Action;
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "\
# Who may do what in a business

Written from `crates/domain/src/permission.rs` by the test `crates/protocol/tests/permissions.rs`;
`REDA_WRITE_TYPES=1 cargo test -p reda-protocol --test permissions` writes it anew. The server checks
every operation against this table; the pages hide what is not allowed.

Nobody changes the role of, removes or resets the PIN of someone who stands beside or above them;
owners do so with everyone, but for the last owner, who stays. Nobody gives a role above their own.

";

fn document() -> String {
    let mut out = String::from(HEAD);
    out.push_str("| | cashier | manager | owner |\n|---|---|---|---|\n");
    for action in Action::ALL {
        let cells = Role::ALL.map(|role| if role.may(*action) { "yes" } else { "" });
        writeln!(out, "| {} | {} |", action.what(), cells.join(" | ")).unwrap();
    }
    out
}

#[test]
fn the_committed_permissions_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md");
    let wanted = document();
    if std::env::var_os("REDA_WRITE_TYPES").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/permissions.md is stale: REDA_WRITE_TYPES=1 writes it anew");
}
