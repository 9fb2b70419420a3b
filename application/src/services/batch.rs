//! Changing objects, one or a thousand, all or nothing: the steps that every kind of object shares.

use std::collections::{BTreeMap, HashMap, HashSet};

use orderdesk_domain::{Action, AuditEntry, Version};
use uuid::Uuid;

use crate::error::{Error, Problem, Result};
use crate::ports::{Aggregate, Change, Repository, StoreError, UnitOfWork};
use crate::principal::Caller;
use crate::query::{Filter, Query, Selection};
use crate::services::desk::Desk;
use crate::services::lookup::Lookup;

/// The most objects that one call deletes by filter.
const MAXIMUM_DELETIONS: u32 = 10_000;

/// The repository of one kind of object, as an accessor of the unit of work.
type RepositoryOf<A> = for<'a> fn(&'a mut (dyn UnitOfWork + 'static)) -> &'a mut (dyn Repository<A> + 'a);

/// On which versions of an object a change is wanted; by default on any.
#[derive(Debug, Clone, Default)]
pub struct Precondition(Option<Vec<Version>>);

impl Precondition {
    /// On one of these versions only.
    pub fn one_of(versions: Vec<Version>) -> Self {
        Self(Some(versions))
    }

    /// Besides, on this version only, if one is named.
    #[must_use]
    pub fn and(self, version: Option<Version>) -> Self {
        match (self.0, version) {
            (Some(versions), Some(named)) => {
                Self(Some(versions.into_iter().filter(|it| *it == named).collect()))
            }
            (None, Some(named)) => Self(Some(vec![named])),
            (versions, None) => Self(versions),
        }
    }

    fn allows(&self, version: Version) -> bool {
        self.0.as_ref().is_none_or(|versions| versions.contains(&version))
    }
}

/// One object to change.
#[derive(Debug, Clone)]
pub struct Row<C> {
    /// Which object.
    pub id: Uuid,
    /// The versions on which the change is wanted.
    pub precondition: Precondition,
    /// What is to become of it.
    pub change: C,
}

/// The objects of a request, in its order, as they are being changed.
pub(super) struct Batch<A: Aggregate> {
    /// What was found, as it was read and as it becomes.
    rows: Vec<Option<(A::Details, A::Details)>>,
    problems: BTreeMap<usize, Vec<Problem>>,
}

impl<A: Aggregate> Batch<A> {
    /// Reads all objects that `rows` name, in one query.
    ///
    /// # Errors
    /// `Forbidden` where the caller sees one of them and may not change it.
    pub(super) async fn load<C>(source: Lookup<'_, A>, caller: &Caller, rows: &[Row<C>]) -> Result<Self> {
        let mut seen = HashSet::new();
        let mut problems = BTreeMap::new();
        for (position, row) in rows.iter().enumerate() {
            if !seen.insert(row.id) {
                problems.insert(position, vec![Problem::RowRepeated]);
            }
        }
        let limit = u32::try_from(seen.len()).unwrap_or(u32::MAX);
        let query = Query::first(Selection::ids(&caller.scope(A::RESOURCE)?, seen), limit);
        let found = source.read(&query).await?;
        for details in &found {
            caller.require::<A>(Action::Change, details)?;
        }
        let by_id: HashMap<_, _> = found.into_iter().map(|details| (A::of(&details).id(), details)).collect();
        let rows =
            rows.iter().map(|row| by_id.get(&row.id).map(|details| (details.clone(), details.clone())));
        Ok(Self { rows: rows.collect(), problems })
    }

    /// Lets `apply` change every object that was found, and keeps what stands against it.
    pub(super) fn apply<C>(
        &mut self,
        rows: &[Row<C>],
        mut apply: impl FnMut(&mut A::Details, &C) -> Result<(), Vec<Problem>>,
    ) {
        for (position, (row, found)) in rows.iter().zip(&mut self.rows).enumerate() {
            let mut problems = match found {
                None => vec![Problem::NotFound],
                Some((was, details)) => {
                    let current = row.precondition.allows(A::of(was).version());
                    let mut problems = if current { Vec::new() } else { vec![Problem::Stale] };
                    problems.extend(apply(details, &row.change).err().unwrap_or_default());
                    problems
                }
            };
            self.problems.entry(position).or_default().append(&mut problems);
        }
    }

    /// Refuses objects that take a key which another object of the request takes as well, or has until now:
    /// stores disagree on whether keys may be swapped, so none does it.
    pub(super) fn keep_unique<K: Eq + std::hash::Hash>(
        &mut self,
        key: impl Fn(&A) -> K,
        taken: impl Fn(&A) -> Problem,
    ) {
        let before: HashMap<K, Uuid> = self.found().map(|(_, was, _)| (key(was), was.id())).collect();
        let mut after = HashMap::new();
        let clashing: Vec<_> = self
            .found()
            .filter(|(_, _, now)| {
                let (key, id) = (key(now), now.id());
                // Owners are objects, not rows: a repeated row is refused as that, and takes nothing from itself.
                before.get(&key).is_some_and(|owner| *owner != id) | (*after.entry(key).or_insert(id) != id)
            })
            .map(|(position, _, now)| (position, taken(now)))
            .collect();
        for (position, problem) in clashing {
            self.problems.entry(position).or_default().push(problem);
        }
    }

    /// What is to be stored, with its position in the request.
    ///
    /// # Errors
    /// Everything that stands against the request.
    pub(super) fn changes(&self) -> Result<Vec<(usize, Change<A>)>> {
        let problems: BTreeMap<_, _> = self
            .problems
            .iter()
            .filter(|(_, problems)| !problems.is_empty())
            .map(|(at, all)| (*at, all.clone()))
            .collect();
        if !problems.is_empty() {
            return Err(Error::Rows(problems));
        }
        let changed = self.found().filter(|(_, was, now)| was.version() != now.version());
        Ok(changed
            .map(|(position, was, now)| (position, Change { was: was.version(), now: now.clone() }))
            .collect())
    }

    /// Stores what has changed and answers the unit of work, to be finished; `None` where nothing has changed.
    ///
    /// # Errors
    /// Everything that stands against the request. Should the store say that a unique key is taken, a second
    /// unit of work tries the objects one by one and finds out whose.
    pub(super) async fn store(
        &self,
        desk: &Desk,
        mut work: Box<dyn UnitOfWork>,
        repository: RepositoryOf<A>,
        taken: impl Fn(&A) -> Problem,
    ) -> Result<Option<Box<dyn UnitOfWork>>> {
        let (positions, changes): (Vec<_>, Vec<_>) = self.changes()?.into_iter().unzip();
        if changes.is_empty() {
            return Ok(None);
        }
        let Err(error) = repository(&mut *work).update(&changes).await else {
            return Ok(Some(work));
        };
        drop(work);
        if let StoreError::AlreadyExists(_) = error {
            let mut trial = desk.begin().await?;
            for (position, change) in positions.into_iter().zip(&changes) {
                let outcome = repository(&mut *trial).update(std::slice::from_ref(change)).await;
                if let Err(StoreError::AlreadyExists(_)) = outcome {
                    return Err(Error::Rows(BTreeMap::from([(position, vec![taken(&change.now)])])));
                }
                outcome?;
            }
        }
        Err(error.into())
    }

    /// Lets `show` say what is shown beside every object that was found.
    pub(super) fn show(&mut self, show: impl Fn(&mut A::Details)) {
        self.rows.iter_mut().flatten().for_each(|(_, now)| show(now));
    }

    /// The objects that were found, as they are now.
    pub(super) fn now(&self) -> impl Iterator<Item = &A::Details> {
        self.rows.iter().flatten().map(|(_, now)| now)
    }

    /// What is to be written down about it.
    pub(super) fn entries(&self, desk: &Desk, caller: &Caller) -> Vec<AuditEntry> {
        let rows = self.rows.iter().flatten();
        let changed = rows.filter(|(was, now)| A::of(was).version() != A::of(now).version());
        changed.filter_map(|(was, now)| desk.entry::<A>(caller, Some(was), Some(now))).collect()
    }

    /// The objects as they have become, in the order of the request.
    pub(super) fn into_details(self) -> Vec<A::Details> {
        self.rows.into_iter().flatten().map(|(_, details)| details).collect()
    }

    fn found(&self) -> impl Iterator<Item = (usize, &A, &A)> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(position, row)| row.as_ref().map(|(was, now)| (position, A::of(was), A::of(now))))
    }
}

/// The outcome of a request for one object that was handled as a batch of one.
pub(super) fn only<D>(outcome: Result<Vec<D>>) -> Result<D> {
    match outcome {
        Ok(details) => details.into_iter().next().ok_or_else(|| Problem::NotFound.into()),
        Err(Error::Rows(problems)) => Err(Error::Refused(problems.into_values().flatten().collect())),
        Err(error) => Err(error),
    }
}

/// The object to delete, if it is there, of a version on which that is wanted, and the caller may.
pub(super) async fn find_to_delete<A: Aggregate>(
    repository: &mut dyn Repository<A>,
    caller: &Caller,
    id: Uuid,
    precondition: &Precondition,
) -> Result<A::Details> {
    let details = repository.find(&caller.scope(A::RESOURCE)?, id).await?.ok_or(Problem::NotFound)?;
    caller.require::<A>(Action::Delete, &details)?;
    if precondition.allows(A::of(&details).version()) { Ok(details) } else { Err(Problem::Stale.into()) }
}

/// All that `filter` keeps, if one call may delete as many, and the caller may delete each.
pub(super) async fn matching<A: Aggregate>(
    repository: &mut dyn Repository<A>,
    caller: &Caller,
    filter: Filter<A::Field>,
) -> Result<Vec<A::Details>> {
    let selection = Selection::new(&caller.scope(A::RESOURCE)?, filter);
    let count = repository.count(&selection).await?;
    if count > u64::from(MAXIMUM_DELETIONS) {
        return Err(Problem::TooManyMatches { count, maximum: MAXIMUM_DELETIONS.into() }.into());
    }
    let found = repository.list(&Query::first(selection, MAXIMUM_DELETIONS)).await?.rows;
    for details in &found {
        caller.require::<A>(Action::Delete, details)?;
    }
    Ok(found)
}

/// Deletes what was found, and says how many there were and what is to be written down about it.
pub(super) async fn delete_found<A: Aggregate>(
    desk: &Desk,
    repository: &mut dyn Repository<A>,
    caller: &Caller,
    found: &[A::Details],
) -> Result<(u64, Vec<AuditEntry>)> {
    let ids = found.iter().map(|details| A::of(details).id());
    let deleted = repository.delete(&Selection::ids(&caller.scope(A::RESOURCE)?, ids)).await?;
    Ok((deleted, found.iter().filter_map(|details| desk.entry::<A>(caller, Some(details), None)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: i64) -> Version {
        Version::new(number).unwrap()
    }

    fn allowed(precondition: &Precondition) -> Vec<i64> {
        (1..=3).filter(|number| precondition.allows(version(*number))).collect()
    }

    #[test]
    fn without_a_precondition_every_version_will_do() {
        assert_eq!(allowed(&Precondition::default()), [1, 2, 3]);
        assert_eq!(allowed(&Precondition::default().and(None)), [1, 2, 3]);
    }

    #[test]
    fn one_of_several_versions_can_be_asked_for() {
        let one_or_three = Precondition::one_of(vec![version(1), version(3)]);
        assert_eq!(allowed(&one_or_three), [1, 3]);
        assert_eq!(allowed(&one_or_three.and(None)), [1, 3]);
        assert_eq!(allowed(&Precondition::one_of(Vec::new())), Vec::<i64>::new());
    }

    #[test]
    fn what_header_and_body_ask_for_must_both_hold() {
        let one_or_three = Precondition::one_of(vec![version(1), version(3)]);
        assert_eq!(allowed(&Precondition::default().and(Some(version(2)))), [2]);
        assert_eq!(allowed(&one_or_three.clone().and(Some(version(3)))), [3]);
        assert_eq!(allowed(&one_or_three.and(Some(version(2)))), Vec::<i64>::new());
    }
}
