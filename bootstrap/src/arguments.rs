//! The command line. Every setting is a flag; which ones there are, the table of settings says.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command as Clap, FromArgMatches, Parser, Subcommand, ValueEnum,
};

use uuid::Uuid;

use crate::settings::{Declaration, Flags, RawValue, Settings, flag, variable};

/// Takes orders from customers, keeps them, and tells the customers what became of them.
#[derive(Debug, Parser)]
#[command(name = "orderdesk", version)]
pub struct Arguments {
    /// What to do; serve unless something else is said.
    #[command(subcommand)]
    command: Option<Command>,
    /// The settings among the arguments.
    #[command(flatten)]
    flags: Flags,
}

impl Arguments {
    /// What to do, and with which settings.
    pub fn into_parts(self) -> (Command, Flags) {
        (self.command.unwrap_or(Command::Serve), self.flags)
    }
}

/// What the program can do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the API until told to stop (the default).
    Serve,
    /// Send texts, and nothing else, until told to stop. Any number of workers can share a store with any number of
    /// services.
    Worker,
    /// Manage API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Manage users who have no identity provider.
    #[command(subcommand)]
    User(UserCommand),
    /// Bring the store's schema up to date, and stop.
    Migrate,
    /// Ask the service that listens here whether it is ready; for checks by systemd or a container engine.
    Health,
    /// Move everything from one store to another, which must be empty.
    ///
    /// Organizations, users, tokens, customers, items, orders and their history go over as they are, all of them or
    /// none, from one consistent snapshot of the source. At the end the target is read again and compared with what
    /// was read from the source, by count and checksum. The source is not changed, and the service may go on writing
    /// to it; what is written after the start is not moved. MongoDB cannot hold a snapshot for longer than some
    /// minutes while others write: set `ORDERDESK_READ_ONLY=true` on the
    /// services that write to it until the move is done.
    Transfer {
        /// The store to read. Takes what --store takes.
        #[arg(long, value_name = "STORE", value_parser = raw)]
        from: RawValue,
        /// The empty store to fill. Takes what --store takes. It is created, or brought up to date, as at a start.
        #[arg(long, value_name = "STORE", value_parser = raw)]
        to: RawValue,
    },
    /// Write everything that a store holds to a file.
    ///
    /// One JSON object a line, in a documented format. The file must not exist, is readable by its owner only, and
    /// is there only once it is complete. It holds personal data, and the digests of tokens.
    Export {
        /// The store to read, if it is not that of the settings.
        #[arg(long, value_name = "STORE", value_parser = raw)]
        from: Option<RawValue>,
        /// The file to write, or - for standard output.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Fill an empty store with everything that a file holds, or with nothing if anything is wrong with it.
    Import {
        /// The empty store to fill, if it is not that of the settings.
        #[arg(long, value_name = "STORE", value_parser = raw)]
        to: Option<RawValue>,
        /// The file to read, or - for standard input.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the OpenAPI document.
    Openapi {
        /// How to write it.
        #[arg(long, value_enum, default_value_t = DocumentFormat::Json)]
        format: DocumentFormat,
    },
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// A store as it was named, to be looked at later: what clap refuses it repeats, and there may be a password in it.
#[expect(clippy::unnecessary_wraps, reason = "this is what clap calls")]
fn raw(text: &str) -> Result<RawValue, Infallible> {
    Ok(RawValue::new(text))
}

/// What can be done about API tokens.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum TokenCommand {
    /// Create a token and print its secret, once.
    Create {
        /// The name of the user for whom the bearer will act; the first administrator unless given.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
    },
}

/// What can be done about users.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum UserCommand {
    /// Add a user and print the secret of a token for them, once.
    Add {
        /// How the user is shown to others.
        #[arg(value_name = "NAME")]
        name: String,
        /// The id of the organization to which the user is to belong.
        #[arg(long, value_name = "ID")]
        organization: Option<Uuid>,
        /// As what.
        #[arg(long, value_enum, default_value_t = RoleName::Member, requires = "organization")]
        role: RoleName,
        /// The user may do everything everywhere, and look after users.
        // Not --staff: that is a setting, and so a flag of every command.
        #[arg(id = "as_staff", long = "as-staff")]
        staff: bool,
    },
}

/// A role in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Reads.
    Viewer,
    /// Reads and writes.
    Member,
    /// Also manages members and the organization itself.
    Admin,
}

/// What can be done about the settings.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Say what is wrong with the settings, or what they are and where each comes from.
    Check,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DocumentFormat {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

impl Args for Flags {
    fn augment_args(command: Clap) -> Clap {
        let config = Arg::new(Settings::CONFIG)
            .long(Settings::CONFIG)
            .value_name("PATH")
            .help(format!("The file of settings. Unless named, {} if it exists.", Settings::DEFAULT_FILE))
            .long_help(format!(
                "The file of settings. Unless named, {} if it exists.\n\n[environment: {}]",
                Settings::DEFAULT_FILE,
                variable(Settings::CONFIG),
            ));
        let settings = Settings::DECLARATIONS.iter().flat_map(arguments);
        let arguments = std::iter::once(config).chain(settings);
        command.args(arguments.map(|argument| argument.global(true).help_heading("Settings")))
    }

    fn augment_args_for_update(command: Clap) -> Clap {
        Self::augment_args(command)
    }
}

/// `--name VALUE`, and `--no-name` beside it for a switch.
fn arguments(declaration: &Declaration) -> Vec<Arg> {
    let name = declaration.name;
    let value = Arg::new(name)
        .long(flag(name))
        .value_name("VALUE")
        .help(declaration.help())
        .long_help(declaration.long_help());
    if !declaration.is_switch {
        return vec![value];
    }
    let off = Arg::new(off(name)).long(off(name)).action(ArgAction::SetTrue).conflicts_with(name);
    vec![value, off.help(format!("The same as --{} off", flag(name)))]
}

/// The flag that turns a switch off.
fn off(name: &str) -> String {
    format!("no-{}", flag(name))
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let names = Settings::DECLARATIONS.iter().map(|declaration| declaration.name);
        let given = std::iter::once(Settings::CONFIG).chain(names).filter_map(|name| {
            let value = matches.get_one::<String>(name).cloned();
            Some((name, value?))
        });
        let switches = Settings::DECLARATIONS.iter().filter(|declaration| declaration.is_switch);
        let turned_off = switches
            .filter(|declaration| matches.get_flag(&off(declaration.name)))
            .map(|declaration| (declaration.name, "off".to_owned()));
        Ok(Self::new(given.chain(turned_off)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<(Command, Flags), clap::Error> {
        let words = std::iter::once("orderdesk").chain(line.split_whitespace());
        Arguments::try_parse_from(words).map(Arguments::into_parts)
    }

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn serving_is_what_happens_unless_something_else_is_said() {
        assert_eq!(parse("").unwrap().0, Command::Serve);
        assert_eq!(parse("serve").unwrap().0, Command::Serve);
        assert_eq!(parse("migrate").unwrap().0, Command::Migrate);
        assert_eq!(parse("health").unwrap().0, Command::Health);
        assert_eq!(parse("config check").unwrap().0, Command::Config(ConfigCommand::Check));
        let format = DocumentFormat::Yaml;
        assert_eq!(parse("openapi --format yaml").unwrap().0, Command::Openapi { format });
        let user = Some("Amina".to_owned());
        assert_eq!(
            parse("token create --user Amina").unwrap().0,
            Command::Token(TokenCommand::Create { user })
        );
        let add = UserCommand::Add {
            name: "Amina".to_owned(),
            organization: None,
            role: RoleName::Member,
            staff: true,
        };
        assert_eq!(parse("user add Amina --as-staff").unwrap().0, Command::User(add));
        assert!(parse("nonsense").is_err());
    }

    #[test]
    fn a_setting_is_a_flag_before_and_after_the_command() {
        let expected = Flags::new([("listen", "[::1]:80"), ("body_limit", "5"), ("config", "a.toml")]);
        for line in [
            "--listen [::1]:80 --body-limit 5 --config a.toml",
            "--listen [::1]:80 serve --body-limit=5 --config a.toml",
            "serve --listen [::1]:80 --body-limit 5 --config=a.toml",
        ] {
            assert_eq!(parse(line).unwrap().1, expected, "{line}");
        }
        assert!(parse("--listne [::1]:80").unwrap_err().to_string().contains("'--listen'"));
    }

    #[test]
    fn a_switch_has_a_flag_that_turns_it_off() {
        assert_eq!(parse("migrate --no-migrate").unwrap().1, Flags::new([("migrate", "off")]));
        assert_eq!(parse("--throttle off").unwrap().1, Flags::new([("throttle", "off")]));
        assert!(parse("--no-migrate --migrate on").is_err());
    }

    #[test]
    fn the_help_tells_every_setting() {
        let help = Arguments::command().render_help().to_string();
        for declaration in Settings::DECLARATIONS {
            assert!(help.contains(&format!("--{}", flag(declaration.name))), "{}", declaration.name);
        }
    }

    #[test]
    fn arguments_do_not_show_a_password() {
        let arguments =
            Arguments::try_parse_from(["orderdesk", "--store", "postgres://u:hunter2@db"]).unwrap();
        assert!(!format!("{arguments:?}").contains("hunter2"));
        let words = "transfer --from postgres://u:hunter2@db --to postgers://u:hunter2@db";
        assert!(!format!("{:?}", parse(words).unwrap().0).contains("hunter2"));
        let incomplete = parse("transfer --from postgres://u:hunter2@db").unwrap_err().to_string();
        assert!(incomplete.contains("--to") && !incomplete.contains("hunter2"), "{incomplete}");
    }

    #[test]
    fn stores_to_move_between_are_named_and_those_of_the_settings_otherwise() {
        let store = RawValue::new("sqlite:a.db");
        let (from, to) = (store.clone(), RawValue::new("sqlite:b.db"));
        let line = "transfer --from sqlite:a.db --to sqlite:b.db";
        assert_eq!(parse(line).unwrap().0, Command::Transfer { from, to });
        let file = PathBuf::from("-");
        let exported = parse("export - --from sqlite:a.db").unwrap().0;
        assert_eq!(exported, Command::Export { from: Some(store.clone()), file: file.clone() });
        assert_eq!(parse("export -").unwrap().0, Command::Export { from: None, file: file.clone() });
        let imported = parse("import --to sqlite:a.db -").unwrap().0;
        assert_eq!(imported, Command::Import { to: Some(store), file });
        assert!(parse("export").is_err());
        assert!(parse("transfer --from sqlite:a.db").is_err());
    }
}
