//! Tests of the project as a whole: its architecture here, the real window and the real page in
//! `e2e`. The crates' own tests stand beside their code.
