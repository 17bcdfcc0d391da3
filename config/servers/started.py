"""The servers a process runs itself: a database, and a broker where one can be had."""

import os
from dataclasses import dataclass
from typing import Self

from config.servers import binaries
from config.servers.broker import Broker
from config.servers.folder import DataFolder
from config.servers.postgres import Cluster


@dataclass
class Started:
    cluster: Cluster | None  # None: CX_DATABASE_URL decides
    broker: Broker | None  # None: CX_BROKER_URL decides, or there is none

    @classmethod
    def of(cls, folder: DataFolder, *, broker: bool = True, durable: bool = True) -> Self:
        cluster = None
        if not os.environ.get("CX_DATABASE_URL"):
            log = folder.logs / "postgres.log"
            cluster = Cluster(folder.path / "postgres", log=log, durable=durable)
        found = binaries.broker() if broker and not os.environ.get("CX_BROKER_URL") else None
        queue = Broker(found, log=folder.logs / "broker.log") if found else None
        return cls(cluster, queue)

    @property
    def database_url(self) -> str:
        return self.cluster.url() if self.cluster else os.environ["CX_DATABASE_URL"]

    @property
    def admin_url(self) -> str:
        return self.cluster.url("postgres", "postgres") if self.cluster else ""

    @property
    def broker_url(self) -> str:
        return self.broker.url() if self.broker else os.environ.get("CX_BROKER_URL", "")

    def start(self) -> None:
        """Start both; neither waits for the other."""
        if self.broker:
            self.broker.start()
        if self.cluster:
            self.cluster.start()

    def wait(self) -> None:
        if self.cluster:
            self.cluster.wait()
        if self.broker:
            self.broker.wait()

    def stop(self) -> None:
        if self.broker:
            self.broker.stop()
        if self.cluster:
            self.cluster.stop()

    def record(self, folder: DataFolder, *, command: str) -> None:
        """Which servers and versions made the folder, and where they answer now."""
        if self.cluster:
            made = {"origin": self.cluster.binaries.origin, "major": self.cluster.binaries.major}
            folder.write(postgres=made)
        if self.broker:
            server = self.broker.server
            folder.write(broker={"origin": server.origin, "version": server.version})
        children = {"postgres": self.cluster, "broker": self.broker}
        folder.write(
            running={
                "pid": os.getpid(),
                "command": command,
                "database_url": self.database_url,
                "admin_url": self.admin_url,
                "broker_url": self.broker_url,
                "pids": {n: c.process.pid for n, c in children.items() if c and c.process},
            }
        )
