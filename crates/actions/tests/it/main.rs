//! The rules, without a database: what single verbs do, and what no sequence of them can break.

mod books;
mod properties;
mod shop;
mod verbs;
