//! Whether there is a primary, as the driver's monitors see it: so that a unit of work need not begin, and nobody has to
//! be asked, where none would take what it writes.

use mongodb::ServerType;
use mongodb::event::EventHandler;
use mongodb::event::sdam::SdamEvent;
use tokio::sync::watch;

/// What is known of it at present.
pub(crate) struct Primary(watch::Receiver<bool>);

impl Primary {
    /// Knows of none yet, and learns by what the driver tells the handler.
    pub(crate) fn watched() -> (Self, EventHandler<SdamEvent>) {
        let (sender, receiver) = watch::channel(false);
        let handler = EventHandler::callback(move |event| {
            if let SdamEvent::TopologyDescriptionChanged(event) = event {
                let takes_writes = |kind| {
                    matches!(kind, ServerType::RsPrimary | ServerType::Mongos | ServerType::LoadBalancer)
                };
                let servers = event.new_description.servers();
                sender.send_replace(servers.values().any(|server| takes_writes(server.server_type())));
            }
        });
        (Self(receiver), handler)
    }

    /// Whether there was one when a monitor looked last.
    pub(crate) fn is_known(&self) -> bool {
        *self.0.borrow()
    }
}
