"""Problems: what is wrong in a file of the plan, and exactly where."""

from models.values import Value


class Problem(Value):
    """One fault of one file; ``line`` counts from 1."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        """The problem as an editor jumps to it."""
        return f"{self.file}:{self.line}: {self.field}: {self.message}"
