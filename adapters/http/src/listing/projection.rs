//! How much of an object is shown: `fields` thins it, `expand` fills it.

use poem::{FromRequest, Request, RequestBody, Result};

use super::parameters::Parameters;
use crate::transports::Transport;

/// The parameters `fields` and `expand`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Projection {
    /// Exactly these top-level names; `None` for all.
    pub(crate) fields: Option<Vec<String>>,
    /// Whether references are shown as whole objects, where the resource has one that can be.
    pub(crate) expanded: bool,
}

impl Projection {
    /// Reads the parameters; `names` are those that `fields` may choose from.
    pub(super) fn read<T: Transport>(parameters: &mut Parameters, names: &[&str]) -> Self {
        let fields = parameters.parsed("fields", |text| {
            let chosen: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
            match chosen.iter().find(|name| !names.contains(&name.as_str())) {
                None => Ok(chosen),
                Some(unknown) => {
                    Err(format!("{unknown:?} is not a field. Choose from: {}.", names.join(", ")))
                }
            }
        });
        let Some(expandable) = T::EXPANDABLE else { return Self { fields, expanded: false } };
        let expanded = parameters.parsed("expand", |text| match text {
            text if text == expandable => Ok(()),
            _ => Err(format!("{text:?} cannot be expanded. Choose from: {expandable}.")),
        });
        let left_out = fields.as_ref().is_some_and(|fields| fields.iter().all(|name| name != expandable));
        if expanded.is_some() && left_out {
            parameters
                .refuse("expand", format!("{expandable} is left out by fields; name it there as well."));
        }
        Self { fields, expanded: expanded.is_some() }
    }
}

/// The parameters of a `GET` of one object.
pub(crate) struct ObjectParameters<T> {
    pub(crate) projection: Projection,
    resource: std::marker::PhantomData<T>,
}

impl<'a, T: Transport> FromRequest<'a> for ObjectParameters<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let mut parameters = Parameters::from_request(request, body).await?;
        let projection = Projection::read::<T>(&mut parameters, T::FIELDS);
        parameters.finish()?;
        Ok(Self { projection, resource: std::marker::PhantomData })
    }
}
