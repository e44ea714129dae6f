-- What people say of a data set, and how often that, its role or its row rules were changed: a change names the revision that it
-- was made from.
ALTER TABLE datasets ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE datasets ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- The version whose rows a version took up again.
ALTER TABLE dataset_versions ADD COLUMN restored_from BIGINT;
