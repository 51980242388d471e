"""Make `jars.lock` anew: `python -m graph.store.relock`. For maintainers, when the version changes.

Walks the Maven descriptors of the server (over a minute), fetches every jar and writes down its
size and SHA-256. jgo compares each with the SHA-1 that Maven Central publishes beside it.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from graph.store.jars import (
    LOCK_FILE,
    NEO4J_VERSION,
    Jar,
    fetch,
    maven_context,
    sha256_of,
    write_lock,
)

# The server itself is a run-time choice of the distribution, not a dependency of `neo4j`.
ENDPOINT = f"org.neo4j:neo4j:{NEO4J_VERSION}+org.neo4j.app:neo4j-server:{NEO4J_VERSION}"


def relock(path: Path = LOCK_FILE) -> int:
    """Write the lock to `path` and return the number of jars.

    Raises StoreUnavailable when a jar cannot be fetched.
    """
    import jgo

    artifacts = [artifact for artifact in jgo.resolve(ENDPOINT) if artifact.packaging == "jar"]
    jars = [Jar(a.groupId, a.artifactId, a.version, a.classifier, 0, "") for a in artifacts]
    with tempfile.TemporaryDirectory() as staging:
        context = maven_context(Path(staging))

        def measured(jar: Jar) -> Jar:
            found = fetch(context, jar)
            return replace(jar, size_bytes=found.stat().st_size, sha256=sha256_of(found))

        with ThreadPoolExecutor(6) as pool:
            write_lock(list(pool.map(measured, jars)), path)
    return len(jars)


if __name__ == "__main__":
    print(f"{LOCK_FILE.name}: {relock()} jars")
