//! What can be done with users: the work of staff.

use orderdesk_domain::{Account, Timestamp, User, UserId, UserName};

use crate::error::{Problem, Result};
use crate::ports::Reader;
use crate::principal::Caller;
use crate::services::batch::{Batch, Precondition, Row, only};
use crate::services::browse::Browse;
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;
use crate::views::UserDetails;

/// What is to change about a user; `None` keeps what is there.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// How the user is shown to others.
    pub name: Option<UserName>,
    /// Whether the user may do everything everywhere.
    pub is_staff: Option<bool>,
    /// Whether the user may do anything at all.
    pub is_active: Option<bool>,
}

impl UserChange {
    fn apply(&self, details: &mut UserDetails, caller: &Caller, now: Timestamp) -> Result<(), Vec<Problem>> {
        let present = details.user.account();
        let account = Account {
            name: self.name.clone().unwrap_or_else(|| present.name.clone()),
            email: present.email.clone(),
            is_staff: self.is_staff.unwrap_or(present.is_staff),
            is_active: self.is_active.unwrap_or(present.is_active),
        };
        if details.user.id() == caller.user.id && !(account.is_staff && account.is_active) {
            return Err(vec![Problem::OwnAccount]);
        }
        details.user.revise(account, now);
        Ok(())
    }
}

/// The use cases of users.
#[derive(Clone)]
pub struct UserService {
    desk: Desk,
}

impl Browse for UserService {
    type Entity = User;

    fn reader(&self) -> &dyn Reader<User> {
        self.desk.store.users()
    }
}

impl UserService {
    /// Works with `desk`.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Changes a user. One who is deactivated is signed out everywhere, and refused with any credential: at once by
    /// this program, and within seconds by others on the same store.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Stale`, `OwnAccount`.
    pub async fn change(&self, caller: &Caller, row: Row<UserChange>) -> Result<UserDetails> {
        let rows = &[row];
        let changed = self.desk.retry(|| async move {
            let mut work = self.desk.begin().await?;
            let mut batch = Batch::load(Lookup::Within(work.users()), caller, rows).await?;
            let now = self.desk.now();
            batch.apply(rows, |details, change| change.apply(details, caller, now));
            let stored = batch.store(&self.desk, work, |work| work.users(), |_| Problem::Stale).await?;
            if let Some(mut work) = stored {
                for row in rows.iter().filter(|row| row.change.is_active == Some(false)) {
                    work.access().end_sessions_of(UserId::new(row.id)).await?;
                }
                self.desk.commit(work, &batch.entries(&self.desk, caller), None).await?;
            }
            Ok(batch.into_details())
        });
        let changed = only(changed.await)?;
        self.desk.bearers.forget();
        Ok(changed)
    }

    /// Deactivates a user, who stays as the author of what they wrote.
    ///
    /// # Errors
    /// As for [`Self::change`].
    pub async fn deactivate(&self, caller: &Caller, id: UserId, precondition: Precondition) -> Result<()> {
        let change = UserChange { is_active: Some(false), ..UserChange::default() };
        self.change(caller, Row { id: id.uuid(), precondition, change }).await.map(drop)
    }
}
