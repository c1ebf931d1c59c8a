"""The exams: suites, peers, statistics and the runner behind `yavar eval`."""
