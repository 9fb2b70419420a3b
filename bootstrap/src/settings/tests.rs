//! Which source wins, and what is said of mistakes.

use std::io;
use std::path::Path;

use super::*;

/// Settings out of flags, environment variables and a file of this name and text.
fn load(
    flags: &[(&str, &str)],
    variables: &[(&str, &str)],
    file: Option<(&str, &str)>,
) -> Result<Settings, SettingsError> {
    let read_file = |path: &Path| match file {
        Some((name, text)) if path == Path::new(name) => Ok(text.to_owned()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    Settings::load(&Sources {
        flags: Flags::new(flags.iter().copied()),
        environment: Environment::new(variables.iter().map(|(name, value)| (name.into(), value.into()))),
        read_file: &read_file,
    })
}

fn problems(flags: &[(&str, &str)], variables: &[(&str, &str)], file: Option<(&str, &str)>) -> Vec<String> {
    load(flags, variables, file).unwrap_err().problems().iter().map(ToString::to_string).collect()
}

/// What holds without any source.
pub(super) fn defaults() -> Settings {
    load(&[], &[], None).unwrap()
}

#[test]
fn without_any_source_the_defaults_hold() {
    let settings = load(&[], &[("PATH", "/bin"), ("HOME", "/")], None).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.store, StoreLocation::Sqlite("orderdesk.db".into()));
    assert_eq!(settings.public_url, None);
    assert!(settings.cors_origins.is_empty() && settings.trusted_proxies.is_empty());
    assert!(settings.migrate);
    assert_eq!((settings.throttle, settings.throttle_store), (Rates::default(), ThrottleStore::Memory));
    assert_eq!(settings.body_limit.get(), 1_048_576);
    assert_eq!(settings.request_timeout.get(), Duration::from_secs(30));
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_the_defaults() {
    let file =
        Some(("orderdesk.toml", "listen = '127.0.0.1:1'\nlog = 'warn'\nbody_limit = 7\nthrottle = false"));
    let variables = [("ORDERDESK_LISTEN", "127.0.0.1:2"), ("ORDERDESK_LOG", "error")];
    let settings = load(&[("listen", "127.0.0.1:3")], &variables, file).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.log.show(), "error");
    assert_eq!(settings.body_limit.get(), 7);
    assert_eq!(settings.throttle, Rates::OFF);
    let report = settings.report();
    for line in [
        "listen = 127.0.0.1:3  # command line\n",
        "log = error  # environment\n",
        "body_limit = 7  # orderdesk.toml\n",
        "migrate = on  # default\n",
        "public_url = (none)  # default\n",
    ] {
        assert!(report.contains(line), "{line}{report}");
    }
}

#[test]
fn the_file_may_use_its_own_types() {
    let text = "cors_origins = ['https://a.example', 'https://b.example:443']\ntrusted_proxies = '10.1.2.3/8, ::1'\n\
                migrate = false\nheader_timeout = 5\nshutdown_grace = '0s'";
    let settings = load(&[], &[], Some(("orderdesk.toml", text))).unwrap();
    assert_eq!(settings.cors_origins.show(), "https://a.example,https://b.example");
    assert_eq!(settings.trusted_proxies.show(), "10.0.0.0/8,::1/128");
    assert!(!settings.migrate);
    assert_eq!(settings.header_timeout.get(), Duration::from_secs(5));
    assert_eq!(settings.shutdown_grace, Duration::ZERO);
}

#[test]
fn a_named_file_must_exist_and_the_flag_names_it_before_the_environment() {
    let file = Some(("a.toml", "log = 'debug'"));
    assert_eq!(load(&[("config", "a.toml")], &[], file).unwrap().log.show(), "debug");
    assert_eq!(load(&[], &[("ORDERDESK_CONFIG", "a.toml")], file).unwrap().log.show(), "debug");
    let both = load(&[("config", "a.toml")], &[("ORDERDESK_CONFIG", "b.toml")], file);
    assert_eq!(both.unwrap().log.show(), "debug");
    let [problem] = problems(&[("config", "b.toml")], &[], file).try_into().unwrap();
    assert!(problem.starts_with("The settings file b.toml cannot be read: "), "{problem}");
}

#[test]
fn a_file_that_is_not_toml_is_named_with_its_line_but_not_quoted() {
    let file = Some(("orderdesk.toml", "log = 'info'\nstore = postgres://u:hunter2@db\n"));
    let [problem] = problems(&[], &[], file).try_into().unwrap();
    assert!(problem.starts_with("The settings file orderdesk.toml is not TOML at line 2: "), "{problem}");
    assert!(!problem.contains("hunter2"), "{problem}");
}

#[test]
fn unknown_names_are_errors_that_suggest_the_nearest() {
    let file = Some(("orderdesk.toml", "lgo = 'info'"));
    let variables = [("ORDERDESK_LISTNE", "x"), ("ORDERDESK_listen", "x"), ("orderdesk_listen", "not ours")];
    assert_eq!(
        problems(&[], &variables, file),
        [
            "`lgo` (orderdesk.toml) is not a setting; did you mean `log`?",
            "`ORDERDESK_LISTNE` (environment) is not a setting; did you mean `ORDERDESK_LISTEN`?",
            "`ORDERDESK_listen` (environment) is not a setting; did you mean `ORDERDESK_LISTEN`?",
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_an_error() {
    use std::os::unix::ffi::OsStringExt as _;
    let environment =
        Environment::new([("ORDERDESK_STORE".into(), std::ffi::OsString::from_vec(vec![0xff]))]);
    let read_file = |_: &Path| Err(io::ErrorKind::NotFound.into());
    let sources = Sources { flags: Flags::default(), environment, read_file: &read_file };
    let told = Settings::load(&sources).unwrap_err().to_string();
    assert_eq!(
        told,
        "The settings cannot be used:\n  `ORDERDESK_STORE` (environment) is `…`; expected text in UTF-8."
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let file = Some(("orderdesk.toml", "sqlite_readers = 65\n[listen]\nport = 1\n[typo_of_some_kind]"));
    let variables = [
        ("ORDERDESK_REQUEST_TIMEOUT", "soon"),
        ("ORDERDESK_LISTNE", "x"),
        ("ORDERDESK_MIGRATE", "yes"),
        ("ORDERDESK_CORS_ORIGINS", "https://a.example,*"),
    ];
    let told = problems(&[("body_limit", "-1")], &variables, file);
    let expected = [
        "`listen` (orderdesk.toml) is `table`; expected text, a whole number, true, false or a list of such.",
        "`typo_of_some_kind` (orderdesk.toml) is not a setting; there are listen, store, ",
        "`ORDERDESK_LISTNE` (environment) is not a setting; did you mean `ORDERDESK_LISTEN`?",
        "`ORDERDESK_CORS_ORIGINS` (environment) is `https://a.example,*`; expected an http or https address without path, such as https://orders.example (number 2 of",
        "`--body-limit` (command line) is `-1`; expected a whole number from 1 to 1073741824.",
        "`ORDERDESK_REQUEST_TIMEOUT` (environment) is `soon`; expected a time from 1ms to 24h",
        "`sqlite_readers` (orderdesk.toml) is `65`; expected a whole number from 1 to 64.",
        "`ORDERDESK_MIGRATE` (environment) is `yes`; expected on or off.",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
}

#[test]
fn a_malformed_value_is_an_error_even_where_another_source_wins() {
    assert_eq!(problems(&[("migrate", "on")], &[("ORDERDESK_MIGRATE", "perhaps")], None).len(), 1);
}

#[test]
fn a_password_shows_nowhere() {
    let typed = "postgres://shop:hunter2@db/orders";
    let report = load(&[], &[("ORDERDESK_STORE", typed)], None).unwrap().report();
    assert!(report.contains("store = postgres://…@db/orders"), "{report}");
    let variables = [("ORDERDESK_STORE", "postgre://shop:hunter2@db"), ("ORDERDESK_STROE", typed)];
    let told =
        load(&[], &variables, Some(("orderdesk.toml", &format!("public_url = '{typed}'")))).unwrap_err();
    let environment = Environment::new(variables.map(|(name, value)| (name.into(), value.into())));
    for shown in [report, told.to_string(), format!("{told:?}"), format!("{environment:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert!(told.to_string().contains("expected sqlite:PATH, postgres://"), "{told}");
}

#[test]
fn a_secret_that_is_refused_is_not_shown() {
    let typed = "hunter2 and a remark";
    let file = format!("twilio_auth_token = '{typed}'");
    let told = load(
        &[("sms_callback_secret", typed)],
        &[("ORDERDESK_AFRICAS_TALKING_API_KEY", typed)],
        Some(("orderdesk.toml", &file)),
    )
    .unwrap_err();
    assert_eq!(told.problems().len(), 3, "{told}");
    assert!(!told.to_string().contains("hunter2") && !format!("{told:?}").contains("hunter2"), "{told}");
}

#[test]
fn the_reference_has_a_row_for_every_setting() {
    let reference = Settings::reference();
    assert_eq!(reference.lines().count(), Settings::DECLARATIONS.len() + 2);
    assert!(
        reference.contains("| `ORDERDESK_SQLITE_READERS`, `sqlite_readers` | `--sqlite-readers` | `4` |")
    );
    assert!(reference.lines().all(|line| line.matches('|').count() == 5), "{reference}");
}
