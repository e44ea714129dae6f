-- What directories provision by SCIM 2.0 (RFC 7643, RFC 7644). Times are Unix milliseconds (UTC).

-- The tokens that let them in, each for the people of one issuer.
CREATE TABLE scim_tokens (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    -- SHA-256 of the token, which is random.
    hash BYTEA NOT NULL UNIQUE,
    -- Who stands in the audit for it.
    actor_id BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX scim_tokens_name ON scim_tokens (name) WHERE revoked_at IS NULL;

-- The users. A document is the resource as JSON, without what stands in columns of its own here or is made anew.
CREATE TABLE scim_users (
    id TEXT PRIMARY KEY NOT NULL,
    issuer TEXT NOT NULL,
    -- In lower case: case does not matter in user names.
    user_name TEXT NOT NULL,
    -- The subject at the issuer of the person whom it is about.
    external_id TEXT,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT scim_users_user_name UNIQUE (issuer, user_name),
    CONSTRAINT scim_users_external_id UNIQUE (issuer, external_id)
);
CREATE INDEX scim_users_created_at ON scim_users (issuer, created_at, id);

-- The groups. Several may have one name.
CREATE TABLE scim_groups (
    id TEXT PRIMARY KEY NOT NULL,
    issuer TEXT NOT NULL,
    -- In lower case.
    display_name TEXT NOT NULL,
    external_id TEXT,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT scim_groups_external_id UNIQUE (issuer, external_id)
);
CREATE INDEX scim_groups_created_at ON scim_groups (issuer, created_at, id);
CREATE INDEX scim_groups_display_name ON scim_groups (issuer, display_name);

CREATE TABLE scim_members (
    group_id TEXT NOT NULL REFERENCES scim_groups (id),
    member_id TEXT NOT NULL REFERENCES scim_users (id),
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX scim_members_member_id ON scim_members (member_id);
