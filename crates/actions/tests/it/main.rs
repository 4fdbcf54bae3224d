//! The rules, without a database: what single verbs do, and what no sequence of them can break.

mod books;
mod lapsing;
mod model;
mod properties;
mod shop;
mod steps;
mod verbs;
