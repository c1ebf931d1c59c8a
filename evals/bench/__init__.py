"""What is measured in time, beside the suites that measure answers; never in tests."""
