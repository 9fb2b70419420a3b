//! Guards: what whoever refers to an object and whoever deletes it both write, so that never both succeed.
//!
//! MongoDB knows no foreign keys, and two transactions of one snapshot get into each other's way only where they write
//! the same document: one that looks for a customer and adds an order, and one that looks for orders and deletes the
//! customer, do not. So whoever refers to an object writes one of its guards, and whoever deletes it writes them all;
//! then one of the two has to run again, and sees what the other did.
//!
//! The object itself will not do as a guard: then all orders of a popular item would get into each other's way. An
//! object has many guards, of which those who refer to it take one in turn. There is a fixed number of guards, which
//! objects share; where two meet that have nothing to do with each other, one of them merely runs again.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use crate::schema::GUARDS;

/// How many groups of guards there are. An object has those of one group.
const GROUPS: u32 = 16;

/// How many guards are in a group: more than one program has transactions at work.
const GUARDS_OF_A_GROUP: u32 = 256;

/// Every guard, as it is before anybody used it.
pub(crate) fn all() -> Vec<Document> {
    (0..GROUPS * GUARDS_OF_A_GROUP).map(|number| doc! { "_id": i64::from(number), "uses": 0_i64 }).collect()
}

/// Whose turn it is, so that those who refer to one object at one time take different guards.
#[derive(Debug)]
pub(crate) struct Turn(AtomicU32);

impl Turn {
    /// `seed` is another number in every program, for those at work on one database not to go in step.
    pub(crate) fn new(seed: u32) -> Self {
        Self(AtomicU32::new(seed))
    }

    /// The command to write one guard of each of these objects, to which something is going to refer.
    pub(crate) fn refer(&self, objects: &BTreeSet<Uuid>) -> Document {
        let guards: BTreeSet<_> = objects
            .iter()
            .map(|object| {
                let turn = self.0.fetch_add(1, Ordering::Relaxed) % GUARDS_OF_A_GROUP;
                group(*object) * GUARDS_OF_A_GROUP + turn
            })
            .collect();
        let guards = guards.into_iter().map(|guard| Bson::Int64(guard.into())).collect::<Vec<_>>();
        usage(&doc! { "_id": { "$in": guards } })
    }
}

/// The command to write every guard of these objects, which are going to be deleted.
pub(crate) fn delete(objects: &BTreeSet<Uuid>) -> Document {
    let groups: BTreeSet<_> = objects.iter().map(|object| group(*object)).collect();
    let ranges = groups.into_iter().map(|group| {
        let first = i64::from(group * GUARDS_OF_A_GROUP);
        doc! { "_id": { "$gte": first, "$lt": first + i64::from(GUARDS_OF_A_GROUP) } }
    });
    usage(&doc! { "$or": ranges.collect::<Vec<_>>() })
}

fn usage(guards: &Document) -> Document {
    let update = doc! { "q": guards, "u": { "$inc": { "uses": 1_i64 } }, "multi": true };
    doc! { "update": GUARDS, "updates": [update] }
}

/// The last bytes of an id are the random ones.
fn group(object: Uuid) -> u32 {
    let [.., last] = object.into_bytes();
    u32::from(last) % GROUPS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The guards that a command writes.
    fn written(command: &Document) -> BTreeSet<i64> {
        let update = command.get_array("updates").unwrap()[0].as_document().unwrap();
        let asked = update.get_document("q").unwrap();
        let numbers = all().into_iter().map(|guard| guard.get_i64("_id").unwrap());
        if let Ok(ranges) = asked.get_array("$or") {
            let within = |number: &i64| {
                ranges.iter().any(|range| {
                    let range = range.as_document().unwrap().get_document("_id").unwrap();
                    (range.get_i64("$gte").unwrap()..range.get_i64("$lt").unwrap()).contains(number)
                })
            };
            return numbers.filter(within).collect();
        }
        let named = asked.get_document("_id").unwrap().get_array("$in").unwrap();
        numbers.filter(|number| named.contains(&Bson::Int64(*number))).collect()
    }

    #[test]
    fn whoever_refers_to_an_object_meets_whoever_deletes_it() {
        let turn = Turn::new(u32::MAX - 1);
        for number in 0..16_u128 {
            let object = BTreeSet::from([Uuid::from_u128(number)]);
            let (referring, deleting) = (written(&turn.refer(&object)), written(&delete(&object)));
            assert_eq!(referring.len(), 1);
            assert!(referring.is_subset(&deleting), "{number}");
            assert_eq!(deleting.len(), 256);
        }
    }

    #[test]
    fn those_who_refer_to_one_object_do_not_meet() {
        let (turn, object) = (Turn::new(7), BTreeSet::from([Uuid::max()]));
        let guards: BTreeSet<_> = (0..256).flat_map(|_| written(&turn.refer(&object))).collect();
        assert_eq!(guards.len(), 256);
    }
}
