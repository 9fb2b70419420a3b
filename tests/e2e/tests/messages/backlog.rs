//! A million texts that wait: a worker sends one after the other, and holds no more of them than it has places for.

use std::process::Stdio;
use std::time::{Duration, Instant};

use orderdesk_e2e::{Store, until};
use orderdesk_gateway::Conduct;
use tokio::process::Command;

use super::{Shop, count, placed};

#[tokio::test]
#[ignore = "takes minutes; ./tests/long runs it"]
async fn a_worker_does_not_grow_with_what_waits_in_sqlite() {
    send_some_of_a_million(Store::Sqlite).await;
}

#[tokio::test]
#[ignore = "takes minutes; ./tests/long runs it"]
async fn a_worker_does_not_grow_with_what_waits_in_postgres() {
    send_some_of_a_million(Store::Postgres).await;
}

/// How many wait, and how many of them are sent.
const WAITING: usize = 1_000_000;
const SENT: usize = 20_000;

/// In memory, in KiB. Allocators and pools have their share, whatever waits; a million texts would be ten times as much.
const GROWTH: u64 = 64 << 10;

async fn send_some_of_a_million(store: Store) {
    let shop = Shop::open(store).await;
    let (_running, client) = shop.serve_only().await;
    placed(&client).await;
    multiply(store, shop.site.setting()).await;
    assert_eq!(count(&client, "queued").await, WAITING as u64);

    shop.gateway.always(Conduct::AcceptAndAnswerAfter(Duration::from_millis(100)));
    let worker = shop.program().variable("ORDERDESK_SMS_RATE", "10000").work().await;
    shop.until_accepted(200).await;
    let (before, began, first) = (resident(worker.id()), Instant::now(), shop.log().accepted());
    let mut most = before;
    until("many are sent", async || {
        most = most.max(resident(worker.id()));
        shop.log().accepted() >= SENT || began.elapsed() > Duration::from_secs(45)
    })
    .await;
    let sent = shop.log().accepted() - first;
    println!(
        "{store:?}: {:.0} a second with a million waiting; {} MiB at the beginning, {} MiB at the most",
        f64::from(u32::try_from(sent).unwrap()) / began.elapsed().as_secs_f64(),
        before >> 10,
        most >> 10,
    );
    assert!(most < before + GROWTH, "{before} KiB became {most} KiB");
    assert_eq!(worker.signal("TERM").await.code, Some(0));
    assert_eq!(count(&client, "sent").await, shop.log().accepted() as u64);
    assert_eq!(count(&client, "sending,unknown").await, 0);
}

/// Makes as many messages of the one that there is.
async fn multiply(store: Store, setting: &str) {
    let more = WAITING - 1;
    let mut command = if store == Store::Sqlite {
        let script = format!(
            "import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
columns = [row[1] for row in store.execute('PRAGMA table_info(messages)')]
values = [{{'id': 'CAST(substr(id, 1, 6) || randomblob(10) AS BLOB)', 'order_id': 'randomblob(16)'}}.get(it, it) for it in columns]
store.execute(f'''WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {more})
    INSERT INTO messages ({{', '.join(columns)}}) SELECT {{', '.join(values)}} FROM n, (SELECT * FROM messages)''')
store.commit()"
        );
        let mut command = Command::new("python3");
        command.args(["-c", &script, setting.trim_start_matches("sqlite:")]);
        command
    } else {
        let script = format!(
            "SELECT format('INSERT INTO messages (%s) SELECT %s FROM messages, generate_series(1, {more})',
                string_agg(column_name, ', '), string_agg(CASE column_name::text
                    WHEN 'id' THEN '(left(id::text, 14) || substr(gen_random_uuid()::text, 15))::uuid'
                    WHEN 'order_id' THEN 'gen_random_uuid()' ELSE column_name::text END, ', '))
            FROM information_schema.columns WHERE table_name = 'messages' \\gexec"
        );
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "printf %s \"$1\" | PATH=\"$TEST_POSTGRES_BIN:$PATH\" psql --set ON_ERROR_STOP=1 \"$0\"",
        ]);
        command.args([setting, &script]);
        command
    };
    let made = command.stdin(Stdio::null()).output().await.unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// How much memory a process has, in KiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
