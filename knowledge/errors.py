"""Everything that can go wrong in the library. All of it is the operator's to mend; a docstring names the remedy.

KnowledgeError
├── BadArticle         an article's file and line
├── BadSource          a place that cannot be looked at, or has lost too much
├── EmbedderMissing    the built-in embedder does not load here
└── IndexBusy          another process holds the index

BadFile                one file of a source: it is passed over, and the report says why
"""


class KnowledgeError(Exception):
    """Something went wrong in the library."""

    def __init__(self, detail: str = "") -> None:
        said = (type(self).__doc__ or "").strip()
        super().__init__(f"{detail}. {said}" if detail else said)


class BadArticle(KnowledgeError):
    """Correct the article at that line: front matter with topic, lang, title, audience, owner and reviewed, then a lead and sections."""


class BadSource(KnowledgeError):
    """Nothing was removed from the library. Mend the source, or take it away with `yavar knowledge remove`."""


class BadFile(Exception):
    """Why a file is not taken, as a report says it. What the library holds of it already stays."""


class EmbedderMissing(KnowledgeError):
    """The built-in embedder runs on Linux x86-64 only. Elsewhere set another embedder, such as an OpenAI-compatible endpoint."""


class IndexBusy(KnowledgeError):
    """Another process holds this index, and two writers lose vectors. Ask the running server, or stop it first."""
