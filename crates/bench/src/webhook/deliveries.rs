//! Packages of events that are new.

use anyhow::Result;
use simulator::sender::Package;
use uuid::Uuid;

use crate::ledger::scene::Scene;

/// The account groups of the members.
pub(super) struct Deliveries {
    groups: Vec<Uuid>,
}

impl Deliveries {
    /// Links the members to account groups.
    pub(super) fn new(scene: &Scene) -> Result<Self> {
        let mut admin = scene.database.admin()?;
        admin.batch_execute(
            "insert into retire.webhook_event (event_id, event_type, received_at, key_id, raw,
                 state, applied_at)
             values (md5('groups')::uuid, 'ACCOUNT_GROUP.CREATED', now(), 'bench', '', 'applied',
                 now());
             insert into retire.broker_account_group
                 (account_group_id, user_id, as_of_ns, event_id)
             select md5('group ' || upvest_user_id)::uuid, upvest_user_id, 0,
                 md5('groups')::uuid
             from retire.member;",
        )?;
        let groups = admin.query(
            "select account_group_id from retire.broker_account_group order by 1",
            &[],
        )?;
        Ok(Self {
            groups: groups.iter().map(|row| row.get(0)).collect(),
        })
    }

    /// So many packages of so many events.
    pub(super) fn packages(&self, packages: usize, events: usize) -> Vec<Package> {
        (0..packages).map(|_| self.package(events)).collect()
    }

    fn package(&self, events: usize) -> Package {
        let texts: Vec<String> = (0..events).map(|_| self.event()).collect();
        Package {
            body: format!(r#"{{"payload":[{}]}}"#, texts.join(",")).into_bytes(),
            events,
            is_forged_first: false,
        }
    }

    /// One of not more than so many octets.
    pub(super) fn package_of_octets(&self, octets: usize) -> Package {
        let each = self.event().len() + 1;
        self.package((octets - 20) / each)
    }

    fn event(&self) -> String {
        let (event, transaction, reference) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
        let index =
            usize::from(transaction.as_bytes()[0]) << 8 | usize::from(transaction.as_bytes()[1]);
        let group = self.groups[index % self.groups.len()];
        format!(
            r#"{{"id":"{event}","created_at":"2025-06-03T10:00:00.123456789Z","type":"CASH_TRANSACTION.EXECUTED","object":{{"id":"{transaction}","account_group_id":"{group}","booking_date":"2025-06-03T00:00:00Z","value_date":"2025-06-03T00:00:00Z","created_at":"2025-06-03T10:00:00Z","updated_at":"2025-06-03T10:00:00Z","type":"TOPUP","taxes":[],"references":[{{"id":"{reference}","type":"TOPUP"}}],"delta":{{"amount":"12.34","currency":"EUR"}}}},"webhook_id":"{reference}"}}"#
        )
    }
}
