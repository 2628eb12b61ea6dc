"""The whole product on one machine against our own sandbox of the platforms: `python -m config.demo`."""
