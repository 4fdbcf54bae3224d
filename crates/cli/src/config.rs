//! Configuration: what is built in, then the file `reda.toml`, then the environment, then the
//! command line. The file's keys are the server's arguments, with `_` for `-`.

use crate::Cli;
use crate::error::CommandError;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use reda_server::Location;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The file, unless `REDA_CONFIG` names another.
const FILE: &str = "reda.toml";

/// What the file says.
#[derive(Default)]
struct File {
    path: PathBuf,
    is_there: bool,
    values: BTreeMap<String, String>,
}

/// The command line, with the file's values where it says nothing.
pub(crate) fn parse() -> Result<Cli, CommandError> {
    let file = File::read()?;
    let matches = with_file(Cli::command(), &file)?.get_matches();
    Cli::from_arg_matches(&matches).map_err(|error| error.exit())
}

impl File {
    fn read() -> Result<Self, CommandError> {
        let named = std::env::var_os("REDA_CONFIG").map(PathBuf::from);
        let path = named.clone().unwrap_or_else(|| FILE.into());
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::of(path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                Ok(Self { path, ..Self::default() })
            }
            Err(source) => Err(CommandError::File { path, source }),
        }
    }

    fn of(path: PathBuf, text: &str) -> Result<Self, CommandError> {
        let wrong = |why: String| CommandError::Usage(format!("{}: {why}", path.display()));
        // The error shows the line, which may hold a password; where it is says enough.
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            wrong(format!("line {line}: {}", error.message()))
        })?;
        let mut values = BTreeMap::new();
        for (key, value) in table {
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ => return Err(wrong(format!("{key} is a text, a number, true or false"))),
            };
            values.insert(key, text);
        }
        Ok(Self { path, is_there: true, values })
    }
}

/// The settings: the server's arguments that the environment can give, too.
fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    let serve = command.find_subcommand("serve").into_iter();
    serve.flat_map(Command::get_arguments).filter(|it| it.get_env().is_some())
}

/// The command with the file's values as defaults.
fn with_file(command: Command, file: &File) -> Result<Command, CommandError> {
    let known: Vec<String> = settings(&command).map(|it| it.get_id().to_string()).collect();
    if let Some(unknown) = file.values.keys().find(|key| !known.contains(key)) {
        let path = file.path.display();
        let known = known.join(", ");
        return Err(CommandError::Usage(format!(
            "{path}: no setting is named {unknown}; there are {known}"
        )));
    }
    Ok(filled(command, file))
}

fn filled(command: Command, file: &File) -> Command {
    let command = command.mut_args(|arg| {
        let value = file.values.get(arg.get_id().as_str()).filter(|_| arg.get_env().is_some());
        match value {
            // A few texts for as long as the program runs.
            Some(value) => arg.default_value(&*value.clone().leak()),
            None => arg,
        }
    });
    command.mut_subcommands(|it| filled(it, file))
}

/// What is in force and what is missing, a line each.
pub(crate) fn in_words() -> Result<Vec<String>, CommandError> {
    let file = File::read()?;
    let command = with_file(Cli::command(), &file)?;
    let matches = command.clone().try_get_matches_from(["reda", "serve"]);
    let matches = matches.map_err(|error| CommandError::Usage(error.to_string()))?;
    let Some(serve) = matches.subcommand_matches("serve") else {
        return Ok(vec![]);
    };
    let is_there = if file.is_there { "" } else { " (not there)" };
    let mut lines =
        vec![format!("Configuration, from {}{is_there} and the environment:", file.path.display())];
    lines.extend(settings(&command).map(|arg| format!("  {}", in_force(arg, serve, &file))));
    lines.extend(missing(serve));
    Ok(lines)
}

fn in_force(arg: &Arg, serve: &ArgMatches, file: &File) -> String {
    let name = arg.get_id().as_str();
    let raw = serve.try_get_raw(name).ok().flatten().and_then(|mut values| values.next());
    let value = raw.map(|value| value.to_string_lossy().into_owned());
    let shown = match value {
        None => "not set".to_owned(),
        Some(value) if name == "database" => {
            Location::parse(&value).map_or_else(|_| "unreadable".to_owned(), |it| format!("{it:?}"))
        }
        Some(_) if arg.is_hide_env_values_set() => "set".to_owned(),
        Some(value) => value,
    };
    let env = arg.get_env().map(|it| it.to_string_lossy()).unwrap_or_default();
    let source = match serve.value_source(name) {
        Some(ValueSource::EnvVariable) => format!(" ({env})"),
        Some(ValueSource::DefaultValue) if file.values.contains_key(name) => {
            format!(" ({})", file.path.display())
        }
        Some(_) => " (built in)".to_owned(),
        None => format!(" ({env})"),
    };
    format!("{name} = {shown}{source}")
}

/// What a shop would miss.
fn missing(serve: &ArgMatches) -> Vec<String> {
    let is_set = |name: &str| serve.try_get_raw(name).ok().flatten().is_some();
    let mut lines = vec![];
    if !is_set("public_url") {
        lines.push("  Missing: public_url. Without an https address customers' phones cannot show a code of their own.");
    }
    lines.push(match is_set("dev_messages") {
        true => "  For development only: dev_messages writes codes to a file in full; nothing reaches people.",
        false => "  Missing: a way to send messages. Nothing reaches people outside the app.",
    });
    lines.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<File, CommandError> {
        File::of("reda.toml".into(), text)
    }

    fn serve(text: &str, arguments: &[&str]) -> ArgMatches {
        let command = with_file(Cli::command(), &file(text).unwrap()).unwrap();
        let matches = command.get_matches_from([&["reda", "serve"], arguments].concat());
        matches.subcommand_matches("serve").unwrap().clone()
    }

    #[test]
    fn the_command_line_goes_before_the_file_and_the_file_before_what_is_built_in() {
        let text = "listen = \"127.0.0.1:4000\"\ncountry = \"UG\"\nmetrics_for_all = true";
        let of = |arguments: &[&str], name: &str| {
            let matches = serve(text, arguments);
            let raw = matches.get_raw(name).unwrap().next().unwrap().to_owned();
            raw.into_string().unwrap()
        };
        assert_eq!(of(&[], "listen"), "127.0.0.1:4000");
        assert_eq!(of(&["--listen", "127.0.0.1:5000"], "listen"), "127.0.0.1:5000");
        assert_eq!(of(&[], "registration"), "closed");
        assert!(serve(text, &[]).get_flag("metrics_for_all"));
        assert!(!serve("", &[]).get_flag("metrics_for_all"));
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named() {
        let error = with_file(Cli::command(), &file("colour = \"red\"").unwrap()).unwrap_err();
        assert!(error.to_string().contains("no setting is named colour"), "{error}");
        let error = file("listen = [1]").err().unwrap();
        assert!(error.to_string().contains("listen is a text"), "{error}");
    }

    #[test]
    fn a_broken_line_is_named_and_not_shown() {
        let error = file("country = \"KE\"\ndatabase = \"postgres://ana:secret").err().unwrap();
        let words = error.to_string();
        assert!(words.starts_with("reda.toml: line 2") && !words.contains("secret"), "{words}");
    }

    #[test]
    fn a_password_is_not_told() {
        let text = "database = \"postgres://ana:secret@db.example/reda\"";
        let file = file(text).unwrap();
        let command = with_file(Cli::command(), &file).unwrap();
        let matches = serve(text, &[]);
        let told: Vec<String> =
            settings(&command).map(|arg| in_force(arg, &matches, &file)).collect();
        assert!(
            told.contains(&"database = postgres://db.example/reda (reda.toml)".to_owned()),
            "{told:?}"
        );
        assert!(!told.concat().contains("secret"), "{told:?}");
    }
}
