//! Queries: checked against the columns, planned, run within limits, and cached.
