//! `#[each_engine]`: a test that runs once on SQLite and once on PostgreSQL. Part of no program.

use proc_macro::{TokenStream, TokenTree};

/// Makes of `async fn a_fact() { … }` the tests `a_fact::sqlite` and `a_fact::postgres`. Which of
/// them runs, `reda_cluster::engine()` tells.
#[proc_macro_attribute]
pub fn each_engine(_: TokenStream, test: TokenStream) -> TokenStream {
    let mut tokens = test.clone().into_iter().skip_while(|it| it.to_string() != "fn").skip(1);
    let Some(TokenTree::Ident(name)) = tokens.next() else {
        return "compile_error!(\"#[each_engine] stands before an async fn\");"
            .parse()
            .expect("Rust");
    };
    let on = |engine: &str, variant: &str| {
        format!(
            "#[::tokio::test] async fn {engine}() {{
                 ::reda_cluster::on(::reda_cluster::Engine::{variant}, super::{name}()).await
             }}"
        )
    };
    let (sqlite, postgres) = (on("sqlite", "Sqlite"), on("postgres", "Postgres"));
    let tests: TokenStream = format!("mod {name} {{ {sqlite} {postgres} }}").parse().expect("Rust");
    test.into_iter().chain(tests).collect()
}
