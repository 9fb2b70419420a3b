//! The sources of settings, one over the other.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::Settings;
use super::declaration::variable;
use super::problem::Problem;
use super::raw::RawValue;
use super::sources::{Origin, Sources};
use super::values::Value;

/// What each source gives, from the weakest to the strongest, and what was found wrong so far.
pub(super) struct Layers {
    given: Vec<(Origin, BTreeMap<String, RawValue>)>,
    pub(super) origins: BTreeMap<&'static str, Origin>,
    pub(super) problems: Vec<Problem>,
}

impl Layers {
    /// Collects what every source gives, by the name of the setting, and takes note of unknown names.
    pub(super) fn gather(sources: &Sources<'_>) -> Self {
        let mut flags = sources.flags.0.clone();
        let mut variables = sources.environment.variables.clone();
        let named = flags.remove(Settings::CONFIG).or(variables.remove(&variable(Settings::CONFIG)));

        let mut gathered = Self { given: Vec::new(), origins: BTreeMap::new(), problems: Vec::new() };
        gathered.read_file(named.as_ref(), sources.read_file);
        gathered.add(Origin::Environment, variables);
        let illegible = |written: &String| Problem::Malformed {
            written: written.clone(),
            origin: Origin::Environment,
            value: RawValue::new("…"),
            reason: "expected text in UTF-8".to_owned(),
        };
        gathered.problems.extend(sources.environment.illegible.iter().map(illegible));
        let flags = flags.into_iter().map(|(name, value)| (Origin::Flag.spell(&name), value));
        gathered.add(Origin::Flag, flags.collect());
        gathered
    }

    /// The strongest value given for a setting, once all that are given were found well-formed.
    pub(super) fn resolve<V: Value>(&mut self, name: &'static str, default: &'static str) -> Option<V> {
        let mut found = V::parse(default).ok();
        for (origin, values) in &self.given {
            let Some(value) = values.get(name) else { continue };
            match V::parse(value.reveal()) {
                Ok(parsed) => {
                    found = Some(parsed);
                    self.origins.insert(name, origin.clone());
                }
                Err(reason) => self.problems.push(Problem::Malformed {
                    written: origin.spell(name),
                    origin: origin.clone(),
                    value: if V::IS_SECRET { RawValue::new("…") } else { value.clone() },
                    reason,
                }),
            }
        }
        found
    }

    fn read_file(&mut self, named: Option<&RawValue>, read: &dyn Fn(&Path) -> io::Result<String>) {
        let path = PathBuf::from(named.map_or(Settings::DEFAULT_FILE, RawValue::reveal));
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.problems.push(Problem::Unreadable { path, error }),
        };
        match text.parse::<toml::Table>() {
            Ok(table) => self.add_table(path, table),
            Err(error) => self.problems.push(syntax(&path, &text, &error)),
        }
    }

    fn add_table(&mut self, path: PathBuf, table: toml::Table) {
        let origin = Origin::File(path);
        let mut values = BTreeMap::new();
        for (written, value) in table {
            let words = in_words(&value);
            if words.is_none() && is_known(&written) {
                self.problems.push(Problem::Malformed {
                    written,
                    origin: origin.clone(),
                    value: RawValue::new(value.type_str()),
                    reason: "expected text, a whole number, true, false or a list of such".to_owned(),
                });
            } else {
                values.insert(written, RawValue::new(words.unwrap_or_default()));
            }
        }
        self.add(origin, values);
    }

    /// Adds a layer of values by the names under which `origin` writes them.
    fn add(&mut self, origin: Origin, written: BTreeMap<String, RawValue>) {
        let mut values = BTreeMap::new();
        for (written, value) in written {
            let known = Settings::DECLARATIONS.iter().find(|known| origin.spell(known.name) == written);
            if let Some(known) = known {
                values.insert(known.name.to_owned(), value);
            } else {
                let hint = hint(&origin, &written);
                self.problems.push(Problem::Unknown { written, origin: origin.clone(), hint });
            }
        }
        self.given.push((origin, values));
    }
}

fn is_known(name: &str) -> bool {
    Settings::DECLARATIONS.iter().any(|known| known.name == name)
}

/// The setting that was probably meant, else all there are.
fn hint(origin: &Origin, written: &str) -> String {
    let names = || Settings::DECLARATIONS.iter().map(|known| origin.spell(known.name));
    let distance = |name: &String| strsim::damerau_levenshtein(&name.to_lowercase(), &written.to_lowercase());
    match names().min_by_key(distance).filter(|nearest| distance(nearest) <= 3) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("there are {}.", names().collect::<Vec<_>>().join(", ")),
    }
}

/// A value of the file as the environment or a flag would write it; `None` for what they cannot.
fn in_words(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Boolean(true) => Some("on".to_owned()),
        toml::Value::Boolean(false) => Some("off".to_owned()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(members) => {
            members.iter().map(in_words).collect::<Option<Vec<_>>>().map(|members| members.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    Problem::Syntax { path: path.to_owned(), line, message: error.message().to_owned() }
}
