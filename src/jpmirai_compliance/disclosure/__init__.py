"""Public pages, badge and verification: what a member publishes."""
