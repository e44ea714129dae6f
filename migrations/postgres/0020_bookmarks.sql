-- The dashboards and apps of each person: which they marked as favourites, and when they looked at them last. A thing is named by its
-- kind and its name in addresses, as in 'dashboard/sales'. It may be gone, or closed to the person by now: lists look first.
CREATE TABLE bookmarks (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    thing TEXT NOT NULL,
    favourite_since BIGINT,
    visited_at BIGINT,
    PRIMARY KEY (user_id, thing)
);
CREATE INDEX bookmarks_visited ON bookmarks (visited_at);

-- By which it is noticed that another process saved a note.
CREATE INDEX notes_edited_at ON notes (edited_at);
