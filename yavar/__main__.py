"""`python -m yavar` is `yavar`."""

from yavar.cli import main

if __name__ == "__main__":
    main()
