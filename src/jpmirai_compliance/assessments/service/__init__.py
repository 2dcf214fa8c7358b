"""What people do with rounds, answers, submissions and reviews: one function each."""
