//! What is done and what is written down about it become lasting together, or neither does.

use std::sync::Arc;

use orderdesk_application::Caller;
use orderdesk_application::error::Result;
use orderdesk_application::ports::StoreError;
use orderdesk_application::query::Filter;
use orderdesk_application::services::{
    CustomerChange, CustomerChoice, OrganizationChange, Precondition, UserChange,
};
use orderdesk_contract::builders::{person, text};
use orderdesk_contract::shop::Shop;
use orderdesk_domain::{Membership, OrderId, OrganizationName, Role, Standing, TokenId};

use crate::common::{
    FaultyStore, Step, TestDesk, catalogue, close, customer_change, done, failed, new_customer, new_item,
    new_member, new_order, new_organization, new_token, reappoint, row, verified,
};

/// Somewhere to write everything that can be written.
struct Trial {
    store: Arc<FaultyStore>,
    desk: TestDesk,
    shop: Shop,
    order: OrderId,
    colleague: Membership,
    token: TokenId,
    caller: Caller,
}

impl Trial {
    async fn new() -> Self {
        let store = Arc::new(FaultyStore::default());
        let desk = TestDesk::on(store.clone());
        let shop = desk.shop().await;
        let new = new_order(CustomerChoice::Id(shop.customer.id()), catalogue(&shop.item, 1));
        let order = desk.orders().place(&shop.caller(), new, None).await.map(done).unwrap().order.id();
        let user = desk.somebody(&[]).await;
        let colleague = desk.join(shop.organization.id(), &user, Standing::Viewer).await;
        let staff = desk.staff().await;
        desk.join(shop.organization.id(), &staff, Standing::Admin).await;
        let (token, _) = desk.token_with(&staff, |token| token).await;
        let caller = desk.caller(&staff).await;
        Self { store, desk, shop, order, colleague, token: token.id, caller }
    }

    /// Everything that is written down, each in a use case of its own.
    async fn write(&self, number: usize) -> Option<Result<()>> {
        let Self { desk, shop, caller, .. } = self;
        let (any, organization) = (Precondition::default(), shop.organization.id());
        let renamed = CustomerChange { first_name: Some(person("Njeri")), ..customer_change() };
        let name = Some(text(OrganizationName::parse, "Soko"));
        let moved = OrganizationChange { name, ..OrganizationChange::default() };
        let plain = UserChange { is_active: Some(false), ..UserChange::default() };
        Some(match number {
            0 => desk.customers().create(caller, new_customer(), None).await.map(drop),
            1 => desk.customers().change(caller, row(shop.customer.id().uuid(), renamed)).await.map(drop),
            2 => desk.items().create(caller, new_item("Rope"), None).await.map(drop),
            3 => desk.orders().change(caller, row(self.order.uuid(), close())).await.map(drop),
            4 => desk.orders().delete(caller, self.order, &any).await,
            5 => desk.orders().delete_matching(caller, Filter::everything()).await.map(drop),
            6 => desk.organizations().create(caller, new_organization("Soko"), None).await.map(drop),
            7 => desk.organizations().change(caller, row(organization.uuid(), moved)).await.map(drop),
            8 => {
                let new = new_member("juma@duka.example", Role::Viewer);
                desk.members().invite(caller, organization, new, None).await.map(drop)
            }
            9 => {
                let change = row(self.colleague.id().uuid(), reappoint(Role::Admin));
                desk.members().change(caller, change).await.map(drop)
            }
            10 => desk.members().remove(caller, self.colleague.id(), &any).await,
            11 => desk.users().change(caller, row(shop.owner.id().uuid(), plain)).await.map(drop),
            12 => desk.api_tokens().create(caller, new_token("Till"), None).await.map(drop),
            13 => desk.api_tokens().revoke(caller, self.token, &any).await,
            14 => {
                let voucher = verified("wanjiku", "wanjiku@duka.example");
                desk.access().sign_in(&voucher, None).await.map(drop)
            }
            _ => return None,
        })
    }
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_done_and_what_is_not_done_is_not_written_down() {
    for step in [Step::Append, Step::Commit] {
        for number in 0.. {
            let trial = Trial::new().await;
            let before = trial.desk.records().await;
            trial.store.fail(step, 1, || StoreError::Backend("disk full".into()));
            let Some(outcome) = trial.write(number).await else { break };
            assert!(matches!(failed(outcome), StoreError::Backend(_)), "{step:?} {number}");
            assert!(trial.store.is_spent());
            assert_eq!(trial.desk.records().await, before, "{step:?} {number}");
        }
    }
}

/// A use case that is run again writes down what it did in the end.
#[tokio::test]
async fn what_outlasts_lost_races_is_written_down_as_often_as_what_meets_none() {
    for number in 0.. {
        let undisturbed = Trial::new().await;
        let Some(outcome) = undisturbed.write(number).await else { break };
        outcome.unwrap();
        let trial = Trial::new().await;
        trial.store.fail(Step::Append, 1, || StoreError::Retry("deadlock".into()));
        trial.store.fail(Step::Commit, 2, || StoreError::Retry("deadlock".into()));
        trial.write(number).await.unwrap().unwrap();
        assert!(trial.store.is_spent());
        let told = async |trial: &Trial| {
            let entries = trial.desk.entries().await;
            entries.into_iter().map(|it| (it.entry.action, it.entry.resource)).collect::<Vec<_>>()
        };
        assert_eq!(told(&trial).await, told(&undisturbed).await, "{number}");
    }
}
