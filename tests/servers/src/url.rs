//! Addresses of databases.

/// The same server's address with another database.
pub(crate) fn with_database(url: &str, database: &str) -> String {
    let (front, query) = url.split_once('?').map_or((url, None), |(front, query)| (front, Some(query)));
    let (scheme, rest) = front.split_once("://").unwrap_or(("", front));
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{authority}/{database}{query}")
}

/// The same address with one more parameter.
pub(crate) fn with_parameter(url: &str, parameter: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{parameter}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_changes() {
        for (url, expected) in [
            ("postgres://a:b@c:5432/d", "postgres://a:b@c:5432/new"),
            ("postgres://a@c/d?sslmode=disable", "postgres://a@c/new?sslmode=disable"),
            ("mongodb://c:1,d:2/?replicaSet=rs0", "mongodb://c:1,d:2/new?replicaSet=rs0"),
            ("mongodb://c", "mongodb://c/new"),
        ] {
            assert_eq!(with_database(url, "new"), expected);
        }
    }

    #[test]
    fn a_parameter_joins_others() {
        assert_eq!(with_parameter("mongodb://c/d", "a=b"), "mongodb://c/d?a=b");
        assert_eq!(with_parameter("mongodb://c/d?e=f", "a=b"), "mongodb://c/d?e=f&a=b");
    }
}
