"""Sites where posters hang, and the page a worker reaches from one."""
