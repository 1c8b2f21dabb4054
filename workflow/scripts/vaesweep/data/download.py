"""Downloads that end: they succeed, or fail soon and say why."""

import http.client
import threading
import time
import urllib.error
import urllib.request

from vaesweep.errors import UserError

STALL_SECONDS = 8.0  # longest wait for a connection, and for the next bytes
GRACE_SECONDS = 15.0  # after this long ...
BYTES_PER_SECOND = 50_000  # ... a download has to keep up this average


def download(url: str, most: int) -> bytes:
    """Return what `url` answers with.

    Firewalls swallow packets and broken servers drip single bytes, and neither a name look-up nor
    a dripped header obeys a socket's time-out. So a thread downloads and this one watches it: who
    is too slow after GRACE_SECONDS is left alone.

    A UserError names `url` and what happened: no connection, an HTTP error, a stall, too slow an
    answer, a half one or one of more than `most` bytes.
    """
    transfer = _Transfer(url, most)
    began = time.monotonic()
    transfer.start()
    while transfer.is_alive():
        transfer.join(0.1)
        late = time.monotonic() - began - GRACE_SECONDS
        if late > 0 and len(transfer.content) < late * BYTES_PER_SECOND:
            transfer.abandoned = True
            size = len(transfer.content)
            raise UserError(f"{url}: too slow, {size:,} bytes in {late + GRACE_SECONDS:.0f} s")
    if transfer.fault:
        raise UserError(f"{url}: {transfer.fault}")
    return bytes(transfer.content)


class _Transfer(threading.Thread):
    """One download in the background; a daemon, so that a hung one does not keep us alive."""

    def __init__(self, url: str, most: int) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.most = most
        self.content = bytearray()
        self.fault = ""
        self.abandoned = False

    def run(self) -> None:
        request = urllib.request.Request(self.url, headers={"User-Agent": "vaesweep"})
        try:
            with urllib.request.urlopen(request, timeout=STALL_SECONDS) as response:
                self._receive(response)
        except TimeoutError:
            self.fault = f"no answer for {STALL_SECONDS:.0f} s"
        except urllib.error.HTTPError as error:
            self.fault = f"HTTP status {error.code} ({error.reason})"
        except urllib.error.URLError as error:
            self.fault = f"cannot connect ({error.reason})"
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.fault = f"{type(error).__name__}: {error}"

    def _receive(self, response: http.client.HTTPResponse) -> None:
        promised = response.length  # None where the server does not say
        while not self.abandoned and (chunk := response.read1(1 << 16)):
            self.content += chunk
            if len(self.content) > self.most:
                self.fault = f"more than the {self.most:,} bytes expected"
                return
        if promised is not None and len(self.content) != promised:
            self.fault = f"broke off after {len(self.content):,} of {promised:,} bytes"
