-- The sign-ins of a person, the newest first.
CREATE INDEX sign_ins_of_person ON sign_ins (user_id, created_at, id);
DROP INDEX sign_ins_user_id;
