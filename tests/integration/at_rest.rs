//! What lies in the stores cannot be read by whoever gets hold of them.

use serde_json::json;
use support::people::AN;
use support::{Pair, World, for_both_stores};

/// Everything that the stores hold, as bytes.
async fn everything(world: &World) -> Vec<u8> {
    if world.pair == Pair::Embedded {
        let files =
            ["broker.db", "broker.db-wal"].map(|f| std::fs::read(world.folder().join(f)).unwrap_or_default());
        return files.concat();
    }
    let pool = sqlx::PgPool::connect(&world.place().lasting).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut all = Vec::new();
    for table in tables {
        let rows = sqlx::AssertSqlSafe(format!("SELECT row_to_json(t)::text FROM {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&pool).await.unwrap();
        for row in rows {
            all.extend_from_slice(row.as_bytes());
            // Bytes stand in it as hexadecimal.
            for part in row.split("\\\\x").skip(1) {
                let hex: String = part.chars().take_while(char::is_ascii_hexdigit).collect();
                all.extend(data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap_or_default());
            }
        }
    }
    pool.close().await;
    let client = redis::Client::open(world.place().expiring.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    assert!(keys.len() > 3, "{keys:?}");
    for key in keys {
        all.extend_from_slice(key.as_bytes());
        let kind: String = redis::cmd("TYPE").arg(&key).query_async(&mut connection).await.unwrap();
        let values: Vec<Vec<u8>> = match kind.as_str() {
            "hash" => redis::cmd("HGETALL").arg(&key).query_async(&mut connection).await.unwrap(),
            "list" => {
                redis::cmd("LRANGE").arg(&key).arg(0).arg(-1).query_async(&mut connection).await.unwrap()
            }
            "zset" => {
                redis::cmd("ZRANGE").arg(&key).arg(0).arg(-1).query_async(&mut connection).await.unwrap()
            }
            "string" => vec![redis::cmd("GET").arg(&key).query_async(&mut connection).await.unwrap()],
            other => panic!("{key} is a {other}"),
        };
        all.extend(values.concat());
    }
    all
}

for_both_stores! {
    async fn data_at_rest_cannot_be_read(world: World) {
        let portal = world.register(json!({"consent": "ask"})).await;
        let browser = world.browser();
        let request = portal.request().with("scope", "openid profile email phone address citizen");
        let waiting = world.to_vneid(&world.browser(), &request).await;
        let tokens = world.tokens_for(&browser, &portal, &request, AN).await;
        let unused = world.at_once(&browser, &request).await.code();
        let info = portal.userinfo(&tokens.access).await.json();
        let event_waits = world.broker().stores.expiring.pending_events(10).await.unwrap().len();
        assert!(event_waits > 0);
        let mut all = everything(&world).await;
        world.jobs().drain_audit_fully().await.unwrap();
        all.extend(everything(&world).await);
        let text = String::from_utf8_lossy(&all).into_owned();
        assert!(text.contains(&portal.id), "the stores were not read");
        let secret = |token: &str| token.rsplit('.').next().unwrap().to_owned();
        let mut forbidden = vec![
            AN.number.to_owned(),
            AN.name.to_owned(),
            "NGUY".to_owned(),
            "0912000001".to_owned(),
            "Hàng Bạc".to_owned(),
            info["email"].as_str().unwrap().to_owned(),
            portal.secret.clone(),
            secret(&tokens.access),
            secret(tokens.refresh()),
            secret(&unused),
            secret(&browser.cookie("vb_session").unwrap()),
            browser.id().unwrap(),
            support::vneid::CLIENT_SECRET.to_owned(),
            "PRIVATE KEY".to_owned(),
            "\"d\":".to_owned(),
            request.get("nonce").unwrap().to_owned(),
        ];
        for (name, value) in url::form_urlencoded::parse(waiting.split_once('?').unwrap().1.as_bytes()) {
            if ["state", "nonce"].contains(&name.as_ref()) {
                forbidden.push(secret(&value));
            }
        }
        for datum in forbidden {
            assert!(!text.contains(&datum), "{datum} can be read");
        }
        // Nor can the number be found by an unkeyed hash of it.
        let plain = broker_domain::secret::s256(AN.number);
        let bytes = data_encoding::BASE64URL_NOPAD.decode(plain.as_bytes()).unwrap();
        assert!(!text.contains(&plain) && !all.windows(bytes.len()).any(|w| w == bytes));
    }
}
