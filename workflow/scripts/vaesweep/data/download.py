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
    content, faults, abandoned = bytearray(), list[str](), threading.Event()

    def transfer() -> None:
        request = urllib.request.Request(url, headers={"User-Agent": "vaesweep"})
        try:
            with urllib.request.urlopen(request, timeout=STALL_SECONDS) as response:
                promised = response.length  # None where the server does not say
                while not abandoned.is_set() and (chunk := response.read1(1 << 16)):
                    content.extend(chunk)
                    if len(content) > most:
                        return faults.append(f"more than the {most:,} bytes expected")
            if promised not in (None, len(content)):
                faults.append(f"broke off after {len(content):,} of {promised:,} bytes")
        except TimeoutError:
            faults.append(f"no answer for {STALL_SECONDS:.0f} s")
        except urllib.error.HTTPError as error:
            faults.append(f"HTTP status {error.code} ({error.reason})")
        except urllib.error.URLError as error:
            faults.append(f"cannot connect ({error.reason})")
        except (OSError, http.client.HTTPException, ValueError) as error:
            faults.append(f"{type(error).__name__}: {error}")

    thread = threading.Thread(target=transfer, daemon=True)  # a hung one keeps nobody alive
    began = time.monotonic()
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        late = time.monotonic() - began - GRACE_SECONDS
        if late > 0 and (size := len(content)) < late * BYTES_PER_SECOND:
            abandoned.set()
            raise UserError(f"{url}: too slow, {size:,} bytes in {late + GRACE_SECONDS:.0f} s")
    if faults:
        raise UserError(f"{url}: {faults[0]}")
    return bytes(content)
