"""Lets a department be told through addresses that configuration refuses, such as those of a drill
on loopback: `drills.told_by DEPARTMENT ADDRESS …`."""

import sys

from cx_loop import clock
from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import Department


def main() -> None:
    key, *addresses = sys.argv[1:]
    made = [endpoint_of(address, now=clock.now()) for address in addresses]
    Department.objects.filter(key=key).update(notify=[each.fingerprint for each in made])


if __name__ == "__main__":
    main()
