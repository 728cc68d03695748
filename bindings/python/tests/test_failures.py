"""What goes wrong is heard: in the metrics, in logs, and with all its causes."""

import logging
import os
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import boxoffice
import pytest
from boxoffice import BoxOffice, ChargeAnswer, ChargeRequest, Charged, LookupRequest, RefundRequest, UnavailableError
from conftest import Shop


class Broken:
    """A card processor that can't be reached."""

    name = "broken"

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        raise ConnectionError("the line is dead")

    def lookup(self, request: LookupRequest) -> ChargeAnswer:
        return Charged()

    def refund(self, request: RefundRequest) -> None:
        return None


class Heard(logging.Handler):
    """Keeps records, and tells when one has come."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.come = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.come.set()


def test_a_failure_of_the_card_processor_is_heard(tmp_path: Path) -> None:
    heard = Heard()
    logger = logging.getLogger("boxoffice.gateway.worker")
    logger.addHandler(heard)
    try:
        with BoxOffice(tmp_path, gateway=Broken()) as office:
            assert office.metrics().last_error is None
            shop = Shop(office)
            office.payments.pay(shop.bob.id, shop.orders().id, "tok")
            failure = office.metrics().last_error
            assert failure is not None
            assert failure.message == "the card processor failed: Broken.charge() raised ConnectionError: the line is dead"
            assert failure.at.tzinfo is not None
            assert heard.come.wait(60)
    finally:
        logger.removeHandler(heard)
    [record] = heard.records
    assert (record.levelno, record.name) == (logging.WARNING, "boxoffice.gateway.worker")
    assert "the outcome of a charge is not known" in record.getMessage()
    assert "the line is dead" in record.__dict__["boxoffice"]["error"]


PROGRAM = """
import logging, sys
logging.basicConfig(format="%(name)s %(levelname)s %(message)s", stream=sys.stdout)
sys.path.insert(0, sys.argv[1])
from conftest import Shop
from test_failures import Broken
from boxoffice import BoxOffice
shop = Shop(BoxOffice(sys.argv[2], gateway=Broken()))
shop.office.payments.pay(shop.bob.id, shop.orders().id, "tok")
"""


def test_what_is_logged_last_is_heard_before_the_process_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr
    assert "boxoffice.gateway.worker WARNING the outcome of a charge is not known (" in ended.stdout


def test_an_error_has_all_its_causes(tmp_path: Path) -> None:
    path = tmp_path / "a file"
    path.write_text("")
    with pytest.raises(UnavailableError) as raised:
        BoxOffice(path / "below")
    error = raised.value
    assert error.code == "journal.unavailable"
    cause = error.__cause__
    assert isinstance(cause, RuntimeError)
    texts: list[str] = []
    while cause is not None:
        texts.append(str(cause))
        cause = cause.__cause__
    assert any("directory" in text.lower() for text in texts), texts
    assert "The above exception was the direct cause" in "".join(traceback.format_exception(error))


START = """
import sys
from boxoffice import BoxOffice, BoxOfficeError
sys.stdin.readline()
try:
    office = BoxOffice(sys.argv[1])
    print("open", flush=True)
except BoxOfficeError as error:
    print(error.code, flush=True)
sys.stdin.readline()
"""


def test_of_several_processes_that_begin_at_once_one_opens_and_the_others_hear_why_not(tmp_path: Path) -> None:
    for turn in range(3):
        command = [sys.executable, "-c", START, str(tmp_path / str(turn))]
        many = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
        ]
        answers: list[str] = []
        for one in many:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        for one in many:
            assert one.stdout is not None
            answers.append(one.stdout.readline().strip())
        for one in many:
            one.communicate("\n", timeout=300)
        assert sorted(answers) == ["journal.in_use"] * 3 + ["open"]


def test_a_gateway_to_stripe_without_certificate_authorities_fails_when_it_is_made() -> None:
    program = "from boxoffice import StripeGateway; StripeGateway('sk_test_51abc')"
    environment = os.environ | {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": "/nowhere"}
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, env=environment
    )
    assert ended.returncode != 0
    assert "ValidationError" in ended.stderr and "no certificate authority" in ended.stderr


def test_the_package_has_a_version() -> None:
    from importlib.metadata import metadata

    about = metadata("boxoffice")
    assert boxoffice.__version__ == about["Version"]
    assert about["License-Expression"] == "MIT OR Apache-2.0"
    assert about["Author"] == "The boxoffice developers"
    assert {"LICENSE-MIT", "LICENSE-APACHE"} <= set(about.get_all("License-File") or [])
    assert any(url.startswith("Homepage") for url in about.get_all("Project-URL") or [])
