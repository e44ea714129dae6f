-- Daily weather observations (src/dashboards/data/README.md tells source and licence).
CREATE TABLE weather_days (
    place TEXT NOT NULL,
    day TEXT NOT NULL,
    precipitation_mm DOUBLE PRECISION NOT NULL,
    temperature_max_c DOUBLE PRECISION NOT NULL,
    temperature_min_c DOUBLE PRECISION NOT NULL,
    wind_m_s DOUBLE PRECISION NOT NULL,
    weather TEXT NOT NULL,
    PRIMARY KEY (place, day)
);
CREATE INDEX weather_days_day ON weather_days (day, place);

-- The note of a dashboard. An edit names the version it was made from.
CREATE TABLE notes (
    dashboard TEXT PRIMARY KEY NOT NULL,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    edited_by BIGINT NOT NULL REFERENCES users (id),
    edited_at BIGINT NOT NULL
);
