//! `/audit-entries/`.

use orderdesk_application::services::AuditService;
use poem::Result;
use poem_openapi::OpenApi;

use super::{Tag, list};
use crate::call::Call;
use crate::listing::ListParameters;
use crate::reply::Many;
use crate::transports::AuditEntryTransport;

/// The route of the audit.
pub(crate) struct AuditEntriesApi {
    pub(crate) service: AuditService,
}

#[OpenApi(prefix_path = "/api/v1", tag = "Tag::Audit")]
impl AuditEntriesApi {
    /// List who did what
    ///
    /// To administrators, what was done in their organizations; to staff, everything. Entries are only ever added.
    #[oai(path = "/audit-entries", method = "get", operation_id = "list_audit_entries")]
    async fn list(
        &self,
        call: Call,
        parameters: ListParameters<AuditEntryTransport>,
    ) -> Result<Many<AuditEntryTransport>> {
        Ok(list(&self.service, call, parameters).await?)
    }
}
