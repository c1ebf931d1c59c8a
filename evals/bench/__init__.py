"""Speed and cost, each figure beside a peer's of the same run. Imports nothing: the command line lists the benches without loading them."""
