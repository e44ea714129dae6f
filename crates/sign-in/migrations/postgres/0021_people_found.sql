-- The e-mail address where the provider says that it has verified it, in small letters: commands find people by it.
ALTER TABLE users ADD COLUMN verified_email TEXT;
CREATE INDEX users_verified_email ON users (verified_email) WHERE verified_email IS NOT NULL;

-- With which lower role an administrator looks at Rolecall in a session, and until when, Unix milliseconds (UTC).
ALTER TABLE sign_ins ADD COLUMN view_as TEXT CHECK (view_as IN ('read', 'write'));
ALTER TABLE sign_ins ADD COLUMN view_as_until BIGINT;

-- Finds people by any three characters in a row of their name, e-mail address or subject. Where the extension cannot be had,
-- all people are looked at instead.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX users_search ON users USING gin
        (LOWER(name) gin_trgm_ops, LOWER(email) gin_trgm_ops, LOWER(subject) gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'people are found without an index: %', SQLERRM;
END
$$;
