"""Presidio's pattern recognisers, without the language model that its defaults would download."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from evals.peers.missing import PeerMissing
from evals.spans import Marked, Span

# Its entity → our word for it.
ENTITIES = {"CREDIT_CARD": "card", "IBAN_CODE": "account number", "PHONE_NUMBER": "phone", "US_SSN": "id number", "EMAIL_ADDRESS": "e-mail"}
SURE = 0.35                    # score from which a find counts: its own default for phones is 0.4


def recognised(cases: Iterable[Marked]) -> list[list[Span]]:
    """What it finds in each message, overlaps joined. Raises PeerMissing where it is not installed."""
    engine = _engine()
    return [_joined(engine.analyze(case.text, language="en", entities=list(ENTITIES), score_threshold=SURE)) for case in cases]


def _joined(found: Sequence[Any]) -> list[Span]:
    spans: list[Span] = []
    for each in sorted(found, key=lambda one: (one.start, -one.score)):
        if not spans or each.start >= spans[-1].end:
            spans.append(Span(start=each.start, end=each.end, kind=ENTITIES[each.entity_type]))
    return spans


def _engine() -> Any:
    try:
        analyzer, recognizers = import_module("presidio_analyzer"), import_module("presidio_analyzer.predefined_recognizers")
        nlp, spacy, tld = import_module("presidio_analyzer.nlp_engine"), import_module("spacy"), import_module("tldextract")
    except ImportError as error:
        raise PeerMissing("presidio-analyzer") from error

    class Offline(recognizers.EmailRecognizer):  # type: ignore[misc, name-defined]
        """Its own asks the net for a list of suffixes."""

        known = tld.TLDExtract(suffix_list_urls=())

        def validate_result(self, pattern_text: str) -> bool:
            return bool(self.known(pattern_text).top_domain_under_public_suffix)

    blank = nlp.SpacyNlpEngine()
    blank.nlp = {"en": spacy.blank("en")}
    registry = analyzer.RecognizerRegistry(supported_languages=["en"], recognizers=[
        recognizers.CreditCardRecognizer(), recognizers.IbanRecognizer(), recognizers.UsSsnRecognizer(), Offline(),
        recognizers.PhoneRecognizer(supported_regions=("US", "GB", "DE", "SA", "AE", "EG", "JO", "IR"))])
    return analyzer.AnalyzerEngine(registry=registry, nlp_engine=blank, supported_languages=["en"])
