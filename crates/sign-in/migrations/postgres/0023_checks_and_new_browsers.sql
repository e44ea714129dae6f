-- When somebody last wanted the role of a sign-in read again at the provider: Unix milliseconds (UTC). It is not asked sooner again.
ALTER TABLE sign_ins ADD COLUMN roles_asked_at BIGINT;

-- Whether the person had not signed in with such a browser before: 0 for no, 1 for yes, 2 when they have seen that.
ALTER TABLE sign_ins ADD COLUMN new_browser BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sign_ins_new_browser ON sign_ins (user_id) WHERE new_browser = 1;
