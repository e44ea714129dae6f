-- The e-mail address where the provider says that it has verified it, in small letters: commands find people by it.
ALTER TABLE users ADD COLUMN verified_email TEXT;
CREATE INDEX users_verified_email ON users (verified_email) WHERE verified_email IS NOT NULL;

-- With which lower role an administrator looks at Rolecall in a session, and until when, Unix milliseconds (UTC).
ALTER TABLE sign_ins ADD COLUMN view_as TEXT CHECK (view_as IN ('read', 'write'));
ALTER TABLE sign_ins ADD COLUMN view_as_until BIGINT;

-- Finds people by any three characters in a row of their name, e-mail address or subject.
CREATE VIRTUAL TABLE people_search USING fts5 (
    name, email, subject, content = 'users', content_rowid = 'id', tokenize = 'trigram'
);
INSERT INTO people_search (people_search) VALUES ('rebuild');
CREATE TRIGGER people_search_insert AFTER INSERT ON users BEGIN
    INSERT INTO people_search (rowid, name, email, subject) VALUES (new.id, new.name, new.email, new.subject);
END;
CREATE TRIGGER people_search_delete AFTER DELETE ON users BEGIN
    INSERT INTO people_search (people_search, rowid, name, email, subject)
    VALUES ('delete', old.id, old.name, old.email, old.subject);
END;
CREATE TRIGGER people_search_update AFTER UPDATE OF name, email, subject ON users
WHEN old.name IS NOT new.name OR old.email IS NOT new.email OR old.subject IS NOT new.subject
BEGIN
    INSERT INTO people_search (people_search, rowid, name, email, subject)
    VALUES ('delete', old.id, old.name, old.email, old.subject);
    INSERT INTO people_search (rowid, name, email, subject) VALUES (new.id, new.name, new.email, new.subject);
END;
