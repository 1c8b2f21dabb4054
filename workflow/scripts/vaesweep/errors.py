"""The one exception whose message is written for the person who runs the workflow."""


class UserError(Exception):
    """A problem that the user can fix.

    Its message says in one or two sentences what is wrong and where, what was found, what was
    expected, and what to do next. It is shown without a traceback.
    """
