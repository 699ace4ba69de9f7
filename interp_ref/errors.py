"""The one kind of error that is meant for the person at the keyboard."""


class UserError(ValueError):
    """Something the user can mend: one sentence with what was expected, what was got and what to do.

    The command line prints the sentence and leaves with exit code 2; a stack trace is for our own bugs.
    """
