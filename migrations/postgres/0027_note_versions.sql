-- By which it is noticed that another process saved a note, whatever its clock says: the versions are counted together.
DROP INDEX notes_edited_at;
CREATE INDEX notes_version ON notes (version);
