//! Changing objects, one or a thousand, all or nothing: the steps that every kind of object shares.

use std::collections::{BTreeMap, HashMap, HashSet};

use orderdesk_domain::Version;
use uuid::Uuid;

use crate::error::{Error, Problem, Result};
use crate::ports::{Aggregate, Change, Repository, StoreError, UnitOfWork};
use crate::principal::Scope;
use crate::query::{Query, Selection};
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
    /// What was found, with the object as it was read.
    rows: Vec<Option<(A, A::Details)>>,
    problems: BTreeMap<usize, Vec<Problem>>,
}

impl<A: Aggregate> Batch<A> {
    /// Reads all objects that `rows` name, in one query.
    pub(super) async fn load<C>(source: Lookup<'_, A>, scope: &Scope, rows: &[Row<C>]) -> Result<Self> {
        let mut seen = HashSet::new();
        let mut problems = BTreeMap::new();
        for (position, row) in rows.iter().enumerate() {
            if !seen.insert(row.id) {
                problems.insert(position, vec![Problem::RowRepeated]);
            }
        }
        let limit = u32::try_from(seen.len()).unwrap_or(u32::MAX);
        let query = Query::first(Selection::ids(scope, seen), limit);
        let found = source.read(&query).await?;
        let by_id: HashMap<_, _> = found.into_iter().map(|details| (A::of(&details).id(), details)).collect();
        let rows = rows.iter().map(|row| {
            let details = by_id.get(&row.id)?;
            Some((A::of(details).clone(), details.clone()))
        });
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
                    let current = row.precondition.allows(was.version());
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

    /// The objects as they have become, in the order of the request.
    pub(super) fn into_details(self) -> Vec<A::Details> {
        self.rows.into_iter().flatten().map(|(_, details)| details).collect()
    }

    fn found(&self) -> impl Iterator<Item = (usize, &A, &A)> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(position, row)| row.as_ref().map(|(was, now)| (position, was, A::of(now))))
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

/// Finds out whether the object to delete is there, and of a version on which that is wanted.
pub(super) async fn find_to_delete<A: Aggregate>(
    repository: &mut dyn Repository<A>,
    scope: &Scope,
    id: Uuid,
    precondition: &Precondition,
) -> Result<()> {
    let details = repository.find(scope, id).await?.ok_or(Problem::NotFound)?;
    if precondition.allows(A::of(&details).version()) { Ok(()) } else { Err(Problem::Stale.into()) }
}

/// The ids of all that `selection` matches, if one call may delete as many.
pub(super) async fn matching<A: Aggregate>(
    repository: &mut dyn Repository<A>,
    selection: &Selection<A::Field>,
) -> Result<Vec<Uuid>> {
    let count = repository.count(selection).await?;
    if count > u64::from(MAXIMUM_DELETIONS) {
        return Err(Problem::TooManyMatches { count, maximum: MAXIMUM_DELETIONS.into() }.into());
    }
    let found = repository.list(&Query::first(selection.clone(), MAXIMUM_DELETIONS)).await?.rows;
    Ok(found.iter().map(|details| A::of(details).id()).collect())
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
