//! What each command does.

use std::io::{self, Write as _};

use orderdesk_application::services::NewUser;
use orderdesk_domain::{OrganizationId, Standing, UserName};
use orderdesk_http::server::Stopped;
use thiserror::Error;
use uuid::Uuid;

use crate::application::{ADMINISTRATOR, Application, StartError, open_desk};
use crate::arguments::{Command, ConfigCommand, DocumentFormat, RoleName, TokenCommand, UserCommand};
use crate::health::{self, HealthError};
use crate::identities::access;
use crate::logging::{self, LoggingError};
use crate::messaging::Messenger;
use crate::moving::{self, MovingError};
use crate::settings::{Settings, SettingsError, Sources};
use crate::{shutdown, store};

/// Why a command failed.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The settings are not acceptable.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The log could not be set up.
    #[error(transparent)]
    Logging(#[from] LoggingError),
    /// The service could not be built.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A use case refused.
    #[error("the command was refused")]
    Refused(#[from] orderdesk_application::Error),
    /// There is no user of that name.
    #[error("there is no user named {0:?}; has the service been started once?")]
    NoSuchUser(String),
    /// There is no organization of that id.
    #[error("there is no organization {0}")]
    NoSuchOrganization(Uuid),
    /// The document could not be derived.
    #[error(transparent)]
    Document(#[from] orderdesk_http::AssemblyError),
    /// The service that runs here is not ready.
    #[error(transparent)]
    Health(#[from] HealthError),
    /// Standard output or the signals of the system cannot be used.
    #[error("cannot talk to the system")]
    System(#[from] io::Error),
    /// Nothing was moved.
    #[error(transparent)]
    Moving(#[from] MovingError),
    /// Requests were cut off when the grace ran out.
    #[error("{0} connections did not finish within the grace and were cut off")]
    CutOff(usize),
}

/// Runs `command` with the settings of `sources`.
pub async fn run(command: Command, sources: &Sources<'_>) -> Result<(), CommandError> {
    if let Command::Openapi { format } = command {
        let text = match format {
            DocumentFormat::Json => orderdesk_http::openapi_json()?,
            DocumentFormat::Yaml => orderdesk_http::openapi_yaml()?,
        };
        return print(&text);
    }
    let settings = Settings::load(sources)?;
    if command == Command::Config(ConfigCommand::Check) {
        return print(&settings.report());
    }
    if command == Command::Health {
        return Ok(health::check(settings.listen).await?);
    }
    logging::install(&settings.log, settings.log_format)?;
    match command {
        Command::Serve => serve(&settings).await,
        Command::Worker => work(&settings).await,
        Command::Token(TokenCommand::Create { user }) => create_token(&settings, user).await,
        Command::User(UserCommand::Add { name, organization, role, staff }) => {
            add_user(&settings, &name, organization, role, staff).await
        }
        Command::Migrate => migrate(&settings).await,
        Command::Transfer { from, to } => Ok(moving::between_stores(&settings, &from, &to).await?),
        Command::Export { from, file } => Ok(moving::to_file(&settings, from.as_ref(), &file).await?),
        Command::Import { to, file } => Ok(moving::from_file(&settings, to.as_ref(), &file).await?),
        Command::Openapi { .. } | Command::Config(ConfigCommand::Check) | Command::Health => Ok(()),
    }
}

async fn serve(settings: &Settings) -> Result<(), CommandError> {
    let signal = shutdown::signal()?;
    let application = Application::build(settings).await?;
    match application.run(signal).await {
        Stopped::Cleanly => Ok(()),
        Stopped::CutOff(connections) => Err(CommandError::CutOff(connections)),
    }
}

/// Sends messages, whatever the settings say about the program that serves.
async fn work(settings: &Settings) -> Result<(), CommandError> {
    let signal = shutdown::signal()?;
    let mut settings = settings.clone();
    settings.sms_worker = true;
    let settings = &settings;
    let desk = open_desk(settings).await?;
    let messenger = Messenger::start(settings, &desk).map_err(StartError::from)?;
    signal.await;
    messenger.stop(settings.shutdown_grace).await;
    Ok(desk.store.close().await.map_err(StartError::from)?)
}

async fn create_token(settings: &Settings, user: Option<String>) -> Result<(), CommandError> {
    let name = user.unwrap_or_else(|| ADMINISTRATOR.to_owned());
    let parsed = UserName::parse(&name).map_err(StartError::from)?;
    let desk = open_desk(settings).await?;
    let outcome = access(settings, &desk, None).create_token(&parsed).await;
    desk.store.close().await.map_err(StartError::from)?;
    match outcome {
        Ok(secret) => print(&format!("{}\n", secret.reveal())),
        Err(orderdesk_application::Error::Refused(_)) => Err(CommandError::NoSuchUser(name)),
        Err(error) => Err(error.into()),
    }
}

async fn add_user(
    settings: &Settings,
    name: &str,
    organization: Option<Uuid>,
    role: RoleName,
    is_staff: bool,
) -> Result<(), CommandError> {
    let standing = match role {
        RoleName::Viewer => Standing::Viewer,
        RoleName::Member => Standing::Member,
        RoleName::Admin => Standing::Admin,
    };
    let new = NewUser {
        name: UserName::parse(name).map_err(StartError::from)?,
        is_staff,
        organization: organization.map(|id| (OrganizationId::new(id), standing)),
    };
    let desk = open_desk(settings).await?;
    let outcome = access(settings, &desk, None).add_user(&new).await;
    desk.store.close().await.map_err(StartError::from)?;
    match (outcome, organization) {
        (Ok(secret), _) => print(&format!("{}\n", secret.reveal())),
        (Err(orderdesk_application::Error::Refused(_)), Some(id)) => {
            Err(CommandError::NoSuchOrganization(id))
        }
        (Err(error), _) => Err(error.into()),
    }
}

async fn migrate(settings: &Settings) -> Result<(), CommandError> {
    let applied = store::migrate(settings).await.map_err(StartError::from)?;
    print(&match applied.as_slice() {
        [] => "The schema is up to date.\n".to_owned(),
        applied => format!("Applied: {}.\n", applied.join(", ")),
    })
}

fn print(text: &str) -> Result<(), CommandError> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}
