-- What each process counted about itself, in slots of ten minutes. A slot is named by when it begins, Unix milliseconds (UTC).
CREATE TABLE refusals (
    slot BIGINT NOT NULL,
    instance TEXT NOT NULL,
    event TEXT NOT NULL,
    reason TEXT NOT NULL,
    provider TEXT NOT NULL,
    refusals BIGINT NOT NULL,
    PRIMARY KEY (slot, instance, event, reason, provider)
);
CREATE TABLE response_times (
    slot BIGINT NOT NULL,
    instance TEXT NOT NULL,
    route TEXT NOT NULL,
    answers BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    median_us BIGINT NOT NULL,
    p95_us BIGINT NOT NULL,
    longest_us BIGINT NOT NULL,
    PRIMARY KEY (slot, instance, route)
);
