-- What administrators ordered for namespaces; NULL leaves it as configured. A cut-off of 9223372036854775807 is never.
CREATE TABLE namespace_orders (
    namespace     TEXT PRIMARY KEY,
    cut_off       BIGINT,
    switched_off  BIGINT,
    changed_at    BIGINT NOT NULL
);
