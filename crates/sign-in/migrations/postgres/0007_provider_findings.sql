-- What was noticed of a provider while people signed in, for `rolecall doctor`: one row a provider and finding.
CREATE TABLE provider_findings (
    provider TEXT NOT NULL,
    finding TEXT NOT NULL,
    noticed_at BIGINT NOT NULL,
    PRIMARY KEY (provider, finding)
);
