"""The one family of expected trouble."""


class MedviewError(Exception):
    """Trouble that the user can understand: a message, a hint and a stable code.

    ``message`` names the file or thing and the reason; ``hint`` says what to do next;
    ``code`` is a short kebab-case word that scripts and tests can match.
    """

    def __init__(self, message: str, *, hint: str = "", code: str = "error") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Cancelled(Exception):
    """Raised inside a job by ``Progress`` after the user pressed Cancel."""
