"""The report: one page that opens from disk, for somebody who has never seen the project."""
