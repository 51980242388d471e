"""`python -m suyuan …` is `suyuan …`."""

from suyuan.cli import main

if __name__ == "__main__":
    main()
