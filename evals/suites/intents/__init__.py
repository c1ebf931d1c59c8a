"""Anybody's labels: how well a head that is fitted on some of them says the others."""
