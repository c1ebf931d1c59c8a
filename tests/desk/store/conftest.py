"""What is tested of the store is tested on both databases."""

import pytest


@pytest.fixture
def database_url(either_url: str) -> str:
    return either_url
